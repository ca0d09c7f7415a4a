-- law: a service ends a call by SQL, and that is an end inferred by the API
-- sabotage: alter table voice_calls disable trigger voice_calls_calculate_duration_trigger
select test.as_service();
insert into voice_calls (room_sid, first_event_at, last_alive_at)
  select 'RM_' || n, test.at(0), test.at(1) from generate_series(1, 4) n;
insert into call_participants (call_id, participant_sid, participant_identity, kind, joined_at)
  select test.call('RM_' || n), 'PA_1', 'x', 'STANDARD', test.at(1) from generate_series(1, 4) n;
do $$
declare
  call voice_calls;
begin
  update voice_calls set status = 'completed', ended_at = test.at(9) where room_sid = 'RM_1' returning * into call;
  assert (call.status, call.ended_at, call.end_reason, call.duration_seconds)
      = ('completed', test.at(9), 'ended_by_api', 480), 'the seed''s UPDATE ends a call';
  update voice_calls set status = 'completed' where room_sid = 'RM_2' returning * into call;
  assert (call.status, call.ended_at) = ('completed', now()), 'an end without a time is now';
  update voice_calls set last_alive_at = now() + interval '1 hour' where room_sid = 'RM_3';
  update voice_calls set status = 'completed' where room_sid = 'RM_3' returning * into call;
  assert call.status = 'completed', 'an end that is said now is later than all that was seen, clocks askew or not';
  update voice_calls set end_inferred_at = test.at(0), end_inferred_reason = 'reconciled' where room_sid = 'RM_4';
  update voice_calls set ended_at = test.at(9) where room_sid = 'RM_4' returning * into call;
  assert call.end_reason = 'ended_by_api', 'the reason is that of the inference that holds';
  update voice_calls set end_reported_at = test.at(8) where room_sid = 'RM_4' returning * into call;
  assert (call.ended_at, call.end_reason) = (test.at(8), 'room_finished'), 'what LiveKit reports still beats it';
  update voice_calls set status = 'active', duration_seconds = 1, end_reason = 'reconciled'
    where room_sid = 'RM_4' returning * into call;
  assert (call.status, call.duration_seconds, call.end_reason) = ('completed', 420, 'room_finished'),
    'derived columns follow the facts, whatever is written into them';
end $$;

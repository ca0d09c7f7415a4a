-- law: an inferred end holds only while nothing was reported and nobody was seen alive after it
-- sabotage: alter table voice_calls disable trigger voice_calls_calculate_duration_trigger
select test.as_service();
insert into voice_calls (room_sid, first_event_at) values ('RM_a', test.at(0));
insert into call_participants (call_id, participant_sid, participant_identity, kind, joined_at)
  values (test.call('RM_a'), 'PA_1', 'x', 'STANDARD', test.at(1));
do $$
declare
  call voice_calls;
begin
  update voice_calls set end_inferred_at = test.at(10), end_inferred_reason = 'reconciled',
    last_alive_at = test.at(10) returning * into call;
  assert (call.status, call.ended_at, call.end_reason, call.duration_seconds)
      = ('completed', test.at(10), 'reconciled', 540), 'an inferred end ends a call';
  update voice_calls set last_alive_at = test.at(11) returning * into call;
  assert call.status = 'active' and call.ended_at is null, 'who is seen alive after an inferred end disproves it';
  update voice_calls set end_inferred_at = test.at(12) returning * into call;
  assert call.ended_at = test.at(12), 'a later inference holds again';
  update voice_calls set restarted_at = test.at(13) returning * into call;
  assert call.ended_at is null, 'a later start of the room disproves it too';
  update voice_calls set end_reported_at = test.at(14) returning * into call;
  assert (call.ended_at, call.end_reason) = (test.at(14), 'room_finished'), 'a reported end beats an inferred one';
end $$;

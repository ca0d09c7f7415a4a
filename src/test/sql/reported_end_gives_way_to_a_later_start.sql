-- law: the end that LiveKit reported holds until the same room is started again after it
-- sabotage: alter table voice_calls disable trigger voice_calls_calculate_duration_trigger
-- sabotage: create or replace function voiceledger.whole_seconds(from_at timestamptz, to_at timestamptz) returns integer language sql as 'select 7'
select test.as_service();
insert into voice_calls (room_sid, room_created_at, restarted_at) values ('RM_a', test.at(0), test.at(0));
insert into call_participants (call_id, participant_sid, participant_identity, kind, joined_at)
  values (test.call('RM_a'), 'PA_1', 'x', 'STANDARD', test.at(1));
do $$
declare
  call voice_calls;
begin
  update voice_calls set end_reported_at = test.at(10), last_alive_at = test.at(11) returning * into call;
  assert (call.status, call.ended_at, call.end_reason, call.duration_seconds)
      = ('completed', test.at(10), 'room_finished', 540), 'a reported end holds though somebody was seen after it';
  update voice_calls set end_inferred_at = test.at(30), end_inferred_reason = 'reconciled' returning * into call;
  assert (call.ended_at, call.end_reason) = (test.at(10), 'room_finished'), 'a reported end beats an inferred one';
  update voice_calls set restarted_at = test.at(10) returning * into call;
  assert call.status = 'completed', 'a start at the very second of the end is not after it';
  update voice_calls set restarted_at = test.at(20), last_alive_at = test.at(40) returning * into call;
  assert (call.status, call.completeness) = ('active', 'live')
      and num_nulls(call.ended_at, call.end_reason, call.duration_seconds) = 3,
    'a room that was started again is open again';
  update voice_calls set end_reported_at = test.at(50) returning * into call;
  assert (call.status, call.duration_seconds) = ('completed', 49 * 60) and call.completeness <> 'live',
    'and its later end ends it';
  assert call.started_at = test.at(0), 'a call started when its room was created, restarts or not';
end $$;

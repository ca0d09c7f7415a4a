-- law: a duration is never negative, however far clocks are apart, and counts whole seconds
-- sabotage: create or replace function voiceledger.whole_seconds(from_at timestamptz, to_at timestamptz) returns integer language sql as 'select round(extract(epoch from to_at - from_at))::integer'; alter table voice_calls drop constraint voice_calls_duration_is_not_negative; alter table call_participants drop constraint call_participants_duration_is_not_negative
-- sabotage: create or replace function voiceledger.whole_seconds(from_at timestamptz, to_at timestamptz) returns integer language sql as 'select greatest(0, round(extract(epoch from to_at - from_at)))::integer where from_at is not null and to_at is not null'
do $$
declare
  skew int;
  own boolean;
  call uuid;
begin
  perform test.as_service();
  foreach skew in array array[-60, 0, 60] loop
    insert into voice_calls (room_sid, room_created_at) values ('RM_' || skew, test.at(0));
    call := test.call('RM_' || skew);
    insert into call_participants (call_id, participant_sid, kind, joined_at, left_reported_at)
      values (call, 'PA_1', 'STANDARD', test.at(skew), test.at(0) + interval '1.999 s');
    update voice_calls set end_reported_at = test.at(0) + interval '1.999 s' where id = call;
    insert into voice_calls (session_id, connected_at, ended_at) values ('own' || skew, test.at(skew), test.at(0));
  end loop;
  assert (select bool_and(duration_seconds >= 0) from voice_calls), 'no call has a negative duration';
  assert (select bool_and(duration_seconds >= 0) from call_participants), 'no participant has a negative duration';
  assert (select count(*) from voice_calls where status = 'completed') = 6, 'no authentic event is refused for its time';
  assert (select duration_seconds from voice_calls where room_sid = 'RM_0') = 1, 'seconds are cut off, not rounded';
  assert (select duration_seconds from call_participants where call_id = test.call('RM_-60')) = 3601,
    'a participant''s seconds run from joining to leaving';
end $$;

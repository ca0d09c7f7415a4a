-- law: who is still in when the call ends left with it
-- sabotage: alter table voice_calls disable trigger _200_leaving_follows_the_end
-- sabotage: alter table call_participants disable trigger call_participants_calculate_duration_trigger
create function pg_temp.left_at(sid text) returns timestamptz language sql as
  $$ select left_at from call_participants where participant_sid = sid $$;
select test.as_service();
insert into voice_calls (room_sid, room_created_at) values ('RM_a', test.at(0));
insert into call_participants (call_id, participant_sid, kind, joined_at, left_reported_at, left_inferred_at, last_alive_at)
  values (test.call('RM_a'), 'PA_told', 'STANDARD', test.at(1), test.at(5), null, null),
         (test.call('RM_a'), 'PA_in', 'STANDARD', test.at(1), null, null, null),
         (test.call('RM_a'), 'PA_gone', 'STANDARD', test.at(1), null, test.at(6), test.at(6)),
         (test.call('RM_a'), 'PA_seen', 'STANDARD', test.at(1), null, test.at(6), test.at(7)),
         (test.call('RM_a'), 'PA_missed', 'STANDARD', test.at(1), null, test.at(12), null);
do $$
begin
  assert pg_temp.left_at('PA_in') is null, 'nobody leaves an open call unsaid';
  assert pg_temp.left_at('PA_gone') = test.at(6), 'an inferred leaving holds';
  assert pg_temp.left_at('PA_seen') is null, 'until its participant is seen alive after it';
  update voice_calls set end_reported_at = test.at(10);
  assert pg_temp.left_at('PA_in') = test.at(10) and pg_temp.left_at('PA_seen') = test.at(10),
    'who was in left with the call';
  assert pg_temp.left_at('PA_told') = test.at(5), 'a reported leaving stands';
  assert pg_temp.left_at('PA_missed') = test.at(10), 'nobody is inferred to have outstayed the call';
  assert (select duration_seconds from call_participants where participant_sid = 'PA_in') = 540,
    'the duration follows';
  update call_participants set left_reported_at = test.at(9) where participant_sid = 'PA_in';
  assert pg_temp.left_at('PA_in') = test.at(9), 'a reported leaving beats the call''s end';
  update voice_calls set restarted_at = test.at(11);
  assert pg_temp.left_at('PA_seen') is null, 'when the call is open again nobody left with it';
  assert pg_temp.left_at('PA_missed') = test.at(12), 'and what was inferred holds again';
  update voice_calls set end_reported_at = test.at(20);
  insert into call_participants (call_id, participant_sid, kind, joined_at)
    values (test.call('RM_a'), 'PA_late', 'STANDARD', test.at(2));
  assert pg_temp.left_at('PA_late') = test.at(20), 'who turns up after the end had left with it';
end $$;

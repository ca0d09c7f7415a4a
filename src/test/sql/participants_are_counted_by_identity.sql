-- law: a call counts the identities that connected
-- sabotage: alter table call_participants disable trigger _300_call_counts_its_participants_on_insert
-- sabotage: alter table call_participants disable trigger _300_call_counts_its_participants_on_update
-- sabotage: alter table call_participants disable trigger _300_call_counts_its_participants_on_delete
create function pg_temp.counted() returns voice_calls language sql as $$ select c from voice_calls c $$;
select test.as_service();
insert into voice_calls (room_sid) values ('RM_a');
insert into call_participants (call_id, participant_sid, participant_identity, kind, is_recorder, joined_at)
  values (test.call('RM_a'), 'PA_rec', 'rec', 'EGRESS', false, test.at(1)),
         (test.call('RM_a'), 'PA_in', 'stream', 'INGRESS', false, test.at(1)),
         (test.call('RM_a'), 'PA_rec2', 'rec2', 'STANDARD', true, test.at(1)),
         (test.call('RM_a'), 'PA_no', 'aborted', 'STANDARD', false, null);
do $$
begin
  assert (pg_temp.counted()).participant_count = 0 and (pg_temp.counted()).connected_at is null,
    'recorders, ingress and the aborted are nobody''s connection';
  insert into call_participants (call_id, participant_sid, participant_identity, kind, joined_at)
    values (test.call('RM_a'), 'PA_1', 'x', 'STANDARD', test.at(4)),
           (test.call('RM_a'), 'PA_2', 'x', 'STANDARD', test.at(3)),
           (test.call('RM_a'), 'PA_3', 'bot', 'AGENT', test.at(5)),
           (test.call('RM_a'), 'PA_4', '+49', 'SIP', test.at(6));
  assert (pg_temp.counted()).participant_count = 3, 'a reconnect is the same identity again, agents and callers count';
  assert (pg_temp.counted()).connected_at = test.at(3), 'a call is connected when the first of them is';
  assert (pg_temp.counted()).status = 'active', 'and then it is active';
  update call_participants set joined_at = test.at(2) where participant_sid = 'PA_no';
  assert (pg_temp.counted()).participant_count = 4 and (pg_temp.counted()).connected_at = test.at(2),
    'who turns out to have joined is counted';
  update call_participants set kind = 'EGRESS' where participant_sid = 'PA_no';
  assert (pg_temp.counted()).participant_count = 3 and (pg_temp.counted()).connected_at = test.at(3),
    'who turns out to be a recorder is not';
  delete from call_participants where participant_sid in ('PA_1', 'PA_2');
  assert (pg_temp.counted()).participant_count = 2, 'who is deleted is not';
end $$;

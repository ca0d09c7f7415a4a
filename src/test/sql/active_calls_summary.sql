-- law: the summary shows calls under way with who is in them now
-- sabotage: alter view active_calls_summary set (security_invoker = false)
-- sabotage: revoke select on active_calls_summary from authenticated
select test.as_service();
insert into voice_calls (room_sid, room_name, user_id, room_created_at)
  values ('RM_a', 'a', test.ann(), test.at(0)), ('RM_over', 'over', test.ann(), test.at(0)),
         ('RM_new', 'new', test.ann(), test.at(0)), ('RM_eve', 'eve', test.eve(), test.at(0));
insert into call_participants (call_id, participant_sid, participant_identity, participant_name, kind, joined_at, left_reported_at)
  values (test.call('RM_a'), 'PA_1', 'x', 'Xaver', 'STANDARD', test.at(3), null),
         (test.call('RM_a'), 'PA_2', 'bot', '', 'AGENT', test.at(1), null),
         (test.call('RM_a'), 'PA_3', 'x', 'Xaver', 'STANDARD', test.at(2), null),
         (test.call('RM_a'), 'PA_4', 'gone', 'Gone', 'STANDARD', test.at(1), test.at(2)),
         (test.call('RM_a'), 'PA_5', 'rec', 'Rec', 'EGRESS', test.at(1), null),
         (test.call('RM_eve'), 'PA_6', 'y', 'Y', 'STANDARD', test.at(1), test.at(2)),
         (test.call('RM_over'), 'PA_7', 'x', 'X', 'STANDARD', test.at(1), null);
update voice_calls set end_reported_at = test.at(9) where room_sid = 'RM_over';
do $$
declare
  a active_calls_summary;
begin
  perform test.as_user(test.ann());
  assert not test.refused('select from active_calls_summary', '42501'), 'people see the summary of their calls';
  assert (select count(*) from active_calls_summary) = 1, 'only calls under way, and of those only one''s own';
  select * into a from active_calls_summary;
  assert (a.id, a.session_id, a.room_name, a.user_name, a.user_email)
      = (test.call('RM_a'), 'RM_a', 'a', 'Ann', 'ann@example.org'), 'call, room and user are named';
  assert (a.participant_count, a.participant_names) = (2, array['bot', 'Xaver']),
    'participants that are in now, each identity once, in the order of their coming';
  assert (a.connected_at, a.ai_agent_used, a.agent_name) = (test.at(1), true, 'bot'), 'with the agent';
  perform test.as_admin(test.ada());
  assert (select array_agg(participant_count order by room_name) from active_calls_summary) = array[2, 0],
    'admins see all, those with nobody in at present too';
  perform test.as_anon();
  assert test.refused('select from active_calls_summary', '42501'), 'anonymous people see nothing';
end $$;

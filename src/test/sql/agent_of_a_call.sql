-- law: the agent named at creation is the call's agent, else the first that connected
-- sabotage: alter table voice_calls disable trigger _150_call_names_its_agent
-- sabotage: alter table call_participants disable trigger _300_call_counts_its_participants_on_insert
select test.as_service();
insert into voice_calls (room_sid, agent_named) values ('RM_named', 'front-desk');
insert into voice_calls (room_sid) values ('RM_late'), ('RM_any');
do $$
begin
  assert (select agent_name = 'front-desk' and not ai_agent_used from voice_calls where room_sid = 'RM_named'),
    'an agent that was asked for is named before it comes';
  insert into call_participants (call_id, participant_sid, participant_identity, kind, joined_at)
    select id, s.sid, s.sid, 'AGENT', s.at from voice_calls,
      (values ('agent-2', test.at(2)), ('agent-1', test.at(1)), ('aborted', null)) s (sid, at);
  assert (select bool_and(ai_agent_used) from voice_calls), 'an agent that connected was used';
  assert (select agent_name from voice_calls where room_sid = 'RM_any') = 'agent-1', 'the first agent gives its identity';
  update voice_calls set agent_named = 'front-desk' where room_sid = 'RM_late';
  assert (select bool_and(agent_name = 'front-desk') from voice_calls where agent_named is not null),
    'the name that was asked for beats it, whichever was known first';
end $$;

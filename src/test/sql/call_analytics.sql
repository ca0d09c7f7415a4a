-- law: the analytics of a call count its messages by role and carry its totals
-- sabotage: alter view call_analytics set (security_invoker = false)
-- sabotage: alter table voice_messages disable trigger voice_messages_update_tokens_trigger
select test.as_service();
insert into voice_calls (room_sid, user_id, room_created_at)
  values ('RM_a', test.ann(), test.at(0)), ('RM_none', test.ann(), test.at(0)), ('RM_eve', test.eve(), test.at(0));
insert into call_participants (call_id, participant_sid, participant_identity, kind, joined_at)
  values (test.call('RM_a'), 'PA_1', 'x', 'STANDARD', test.at(1));
insert into voice_messages (call_id, role, content, input_tokens, output_tokens, cost_usd)
  select test.call('RM_a'), r::message_role, 'x', 2, 1, 0.01
  from unnest(array['user', 'user', 'assistant', 'assistant', 'assistant', 'system', 'function']) r;
update voice_calls set end_reported_at = test.at(3) where room_sid = 'RM_a';
do $$
declare
  a call_analytics;
begin
  perform test.as_user(test.ann());
  assert (select count(*) from call_analytics) = 2, 'people see the figures of their own calls';
  select * into a from call_analytics where session_id = 'RM_a';
  assert (a.user_messages, a.assistant_messages, a.system_messages, a.function_messages, a.message_count) = (2, 3, 1, 1, 7),
    'messages are counted by role';
  assert (a.total_tokens_used, a.input_tokens, a.output_tokens, a.cost_usd, a.cost_cents) = (21, 14, 7, 0.07, 7),
    'tokens and cost are the call''s';
  assert (a.status, a.duration_seconds, a.participant_count, a.ai_agent_used) = ('completed', 120, 1, false), 'so is the rest';
  assert (select user_messages + message_count from call_analytics where session_id = 'RM_none') = 0,
    'a call without messages has none';
  perform test.as_anon();
  assert test.refused('select from call_analytics', '42501'), 'anonymous people see nothing';
end $$;

-- Views answer as whoever asks (security_invoker): the policies of the tables beneath hold. V011
-- drops two that are made here.

-- The calls under way, with who is in them.
create or replace view active_calls_summary with (security_invoker = true) as
  select c.id, c.session_id, c.room_name, c.title, c.user_id, u.name as user_name, u.email as user_email,
    c.started_at, c.connected_at, c.created_at,
    p.participant_count, p.participant_names, c.ai_agent_used, c.agent_name
  from voice_calls c
  left join users u on u.id = c.user_id
  cross join lateral (
    select count(*)::integer as participant_count,
      coalesce(array_agg(i.name order by i.joined_at, i.participant_sid), '{}') as participant_names
    from (
      select distinct on (coalesce(q.participant_identity, q.participant_sid))
        coalesce(nullif(q.participant_name, ''), q.participant_identity, q.participant_sid) as name,
        q.joined_at, q.participant_sid
      from call_participants q
      where q.call_id = c.id and q.joined_at is not null and q.left_at is null
        and not (q.is_recorder or q.kind in ('EGRESS', 'INGRESS') is true)
      order by coalesce(q.participant_identity, q.participant_sid), q.joined_at, q.participant_sid) i) p
  where c.status = 'active';
comment on view active_calls_summary is 'Calls under way: room, user, and the participants that are in now.';

-- What a call came to.
create or replace view call_analytics with (security_invoker = true) as
  select c.id, c.session_id, c.room_name, c.user_id, c.status, c.started_at, c.connected_at, c.ended_at,
    c.duration_seconds, c.ai_agent_used, c.participant_count, c.message_count,
    m.user_messages, m.assistant_messages, m.system_messages, m.function_messages,
    c.total_tokens_used, c.input_tokens, c.output_tokens, c.cost_usd, c.cost_cents, c.created_at
  from voice_calls c
  left join lateral (
    select count(*) filter (where v.role = 'user') as user_messages,
      count(*) filter (where v.role = 'assistant') as assistant_messages,
      count(*) filter (where v.role = 'system') as system_messages,
      count(*) filter (where v.role = 'function') as function_messages
    from voice_messages v where v.call_id = c.id) m on true;
comment on view call_analytics is 'Figures of a call: messages by role, tokens, cost and duration.';

-- Seed 000's table as a view: the same fourteen columns, readable and writable by the rules of voice_calls.
create or replace view voice_conversations with (security_invoker = true) as
  select id, user_id, session_id, started_at, ended_at, duration_seconds, total_tokens_used as total_tokens,
    input_tokens, output_tokens, cost_cents, summary, metadata, created_at, updated_at
  from voice_calls;
comment on view voice_conversations is 'A call seen as a conversation session; rows can be inserted, updated and deleted as in voice_calls.';

revoke all on active_calls_summary, call_analytics, voice_conversations from public, anon, authenticated;
grant select on active_calls_summary, call_analytics, voice_conversations to authenticated, service_role;
grant insert (user_id, session_id, started_at, summary, metadata), update (summary, metadata), delete
  on voice_conversations to authenticated;
grant insert, update, delete on voice_conversations to service_role;

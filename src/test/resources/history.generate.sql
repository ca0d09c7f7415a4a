-- 100,000 calls of 1,000 people, each with its owner and one more who took part: 200 rows
-- of access a person. The first person owns 1,000 calls, the second took part in 1,000. Made
-- without triggers, and as the triggers would have left it.
set session_replication_role = replica;
set synchronous_commit = off;
insert into users (id) select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid
  from generate_series(0, 999) n;
insert into voice_calls (id, session_id, room_sid, room_name, user_id, status, started_at, room_created_at,
    connected_at, ended_at, end_reported_at, duration_seconds, end_reason, completeness, participant_count,
    ai_agent_used, agent_name, message_count, total_tokens_used, message_tokens, cost_usd, message_cost_usd, metadata)
  select md5('call' || n)::uuid, 'RM_' || n, 'RM_' || n, 'room ' || n % 5000,
    ('00000000-0000-4000-8000-' || lpad(case when n <= 1000 then 0 else n % 999 + 1 end::text, 12, '0'))::uuid,
    case when n % 20 = 0 then 'failed' when n % 997 = 0 then 'active' else 'completed' end::call_status,
    t, t, t + interval '2 s', case when n % 997 <> 0 or n % 20 = 0 then t + n % 1800 * interval '1 s' end,
    case when n % 997 <> 0 or n % 20 = 0 then t + n % 1800 * interval '1 s' end,
    case when n % 20 <> 0 and n % 997 <> 0 then n % 1800 end,
    case when n % 20 = 0 then 'never_connected' when n % 997 <> 0 then 'room_finished' end,
    'complete', 2, n % 3 = 0, case when n % 3 = 0 then 'agent-' || n % 50 end, 20,
    n * 7919 % 10007, n * 7919 % 10007, n * 7919 % 10007 / 10000.0, n * 7919 % 10007 / 10000.0,
    case when n % 10 = 0 then jsonb_build_object('tenant', 't' || n % 1000, 'batch', n % 3) else '{}' end
  from generate_series(1, 100000) n, lateral (select timestamptz '2026-01-01' + n * 7919 % 100003 * interval '5 min' as t) s;
insert into call_participants (call_id, participant_sid, participant_identity, kind, user_id, joined_at)
  select c.id, 'PA_' || p.n, p.who::text, 'STANDARD', p.who, c.connected_at
  from voice_calls c cross join lateral (
    select 1 as n, c.user_id as who
    union all select 2, ('00000000-0000-4000-8000-' || lpad(
      case when substr(c.session_id, 4)::int between 1001 and 2000 then 1 else substr(c.session_id, 4)::int * 31 % 999 + 1 end::text,
      12, '0'))::uuid) p;
insert into call_access (user_id, call_id, is_owner, is_participant, started_at)
  select p.user_id, p.call_id, bool_or(p.user_id = c.user_id), true, c.started_at
  from call_participants p join voice_calls c on c.id = p.call_id group by p.user_id, p.call_id, c.started_at;
insert into call_figures select id, started_at, coalesce(duration_seconds, 0), total_tokens_used, cost_usd
  from voice_calls where ended_at is not null;
reset session_replication_role;

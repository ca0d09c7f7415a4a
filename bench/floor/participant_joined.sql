-- Made by write.js from ../peer/statements.js. How to run it: ../README.md
\if random(1, 50) > 1
\set call :first + :n * :clients / 20 + random(0, 299)
\set n :n + 1
\set event random(1, 9000000000000000)
\set person :call * 2 + random(0, 1)
\endif
\set at :start + :n * 10
with event as (
  insert into webhook_events (id, event, session_id, created_at, body)
  values (:event::text, 'participant_joined'::text, nullif(:call::text, ''),
    to_timestamp(:at::float8 / 1000), :body::text)
  on conflict do nothing returning id
), call as (
  insert into voice_calls as c
    (session_id, room_name, started_at, connected_at, ai_agent_used, status)
  select :call::text, :call::text, to_timestamp(:start::float8 / 1000),
    x.joined, 'user'::text = 'agent',
    case when x.joined is null then 'pending' else 'active' end::call_status
  from event, (select case when 'participant_joined'::text <> 'participant_connection_aborted'
    then to_timestamp(:at::float8 / 1000) end as joined) x
  on conflict (session_id) do update set
    room_name = coalesce(c.room_name, excluded.room_name),
    started_at = least(c.started_at, excluded.started_at),
    connected_at = least(c.connected_at, excluded.connected_at),
    ended_at = greatest(c.ended_at, excluded.ended_at),
    ai_agent_used = c.ai_agent_used or excluded.ai_agent_used,
    status = case
      when coalesce(c.ended_at, excluded.ended_at) is not null then
        case when coalesce(c.connected_at, excluded.connected_at) is null then 'failed'
          else 'completed' end
      when coalesce(c.connected_at, excluded.connected_at) is not null then 'active'
      else 'pending' end::call_status
  returning id
)
insert into call_participants as p (call_id, participant_sid, participant_identity,
    participant_name, participant_type, joined_at, left_at)
  select call.id, :person::text, :person::text, nullif(:person::text, ''),
    'user'::text::participant_type,
    case when 'participant_joined'::text <> 'participant_connection_aborted'
      then to_timestamp(:at::float8 / 1000) end,
    case when 'participant_joined'::text <> 'participant_joined'
      then to_timestamp(:at::float8 / 1000) end
  from call
  on conflict (call_id, participant_sid) do update set
    participant_name = coalesce(excluded.participant_name, p.participant_name),
    participant_type = excluded.participant_type,
    joined_at = least(p.joined_at, excluded.joined_at),
    left_at = greatest(p.left_at, excluded.left_at);

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
  values (:event::text, 'room_finished'::text, nullif(:call::text, ''),
    to_timestamp(:at::float8 / 1000), :body::text)
  on conflict do nothing returning id
)
insert into voice_calls as c (session_id, room_name, started_at, ended_at, status)
  select :call::text, :call::text, to_timestamp(:start::float8 / 1000),
    case when 'room_finished'::text = 'room_finished' then to_timestamp(:at::float8 / 1000) end,
    case when 'room_finished'::text = 'room_finished' then 'failed' else 'pending' end::call_status
  from event
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
      else 'pending' end::call_status;

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
  values (:event::text, 'track_published'::text, nullif(:call::text, ''),
    to_timestamp(:at::float8 / 1000), :body::text)
  on conflict do nothing returning id
), made as (
  insert into voice_calls (session_id, room_name)
  select :call::text, :call::text from event
  where not exists (select from voice_calls where session_id = :call::text)
  on conflict do nothing returning id
), call as (
  select id from made union all select id from voice_calls where session_id = :call::text
)
insert into call_participants (call_id, participant_sid, participant_identity)
  select call.id, :person::text, :person::text from event, call
  where not exists (select from call_participants p
    where p.call_id = call.id and p.participant_sid = :person::text)
  on conflict do nothing;

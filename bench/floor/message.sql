-- Made by write.js from ../peer/statements.js. How to run it: ../README.md
\if random(1, 50) > 1 or :segment = 0
\set call :first + :n * :clients / 20 + random(0, 299)
\set n :n + 1
\set spoken :call
\set segment random(1, 9000000000000000)
\set tokens random(1, 400)
\endif
with made as (
  insert into voice_calls (session_id)
  select :spoken::text where not exists (select from voice_calls where session_id = :spoken::text)
  on conflict do nothing returning id
), call as (
  select id from made union all select id from voice_calls where session_id = :spoken::text
)
insert into voice_messages (id, call_id, sequence_number, segment_id, role,
    content, input_modality, provider, model_used, tokens_used, input_tokens, output_tokens,
    cost_usd, latency_ms, metadata, "timestamp")
  select coalesce(null::uuid, gen_random_uuid()), call.id,
    coalesce(null::int, 1 + coalesce((select max(m.sequence_number)
      from voice_messages m where m.call_id = call.id), 0)),
    :segment::text, 'assistant'::text::message_role, :body::text, 'voice'::text,
    'openai'::text, 'gpt-4o-mini'::text, :tokens::int, :tokens::int, 0::int, 0.000125::numeric,
    420::int, '{}'::text::jsonb, coalesce(null::timestamptz, now())
  from call
  on conflict do nothing
  returning id, call_id, sequence_number, "timestamp", created_at;

-- Messages of a half of the calls, every second one an answer with tokens, cost and latency.
set session_replication_role = replica;
set synchronous_commit = off;
insert into voice_messages (id, call_id, sequence_number, role, content, input_modality, "timestamp", segment_id,
    participant_identity, posted_by, provider, model_used, tokens_used, input_tokens, output_tokens, cost_usd,
    latency_ms, created_at, updated_at)
  select m.id, b.id, k, case when a.answer then 'assistant' else 'user' end::message_role,
    (array['Could you look whether the order that I placed last week has been sent already?',
      'It left the warehouse this morning and should be with you by tomorrow afternoon.',
      'And if I am not at home, is there somebody in the house who could take it in?',
      'I have made a note of that. Is there anything else that I can do for you today?'])[1 + k % 4] || ' (' || k || ')',
    'voice', said, 'id:' || m.id, case when a.answer then 'agent-' || h % 50 else owner::text end,
    'agent:agent-' || h % 50, case when a.answer then provider else 'deepgram' end,
    case when a.answer then 'a-model' else 'nova-3' end, case when a.answer then input + output end,
    case when a.answer then input end, case when a.answer then output end, case when a.answer then 0.000150 end,
    case when a.answer then 300 + k % 700 end, said, said
  from bench_calls b cross join generate_series(1, b.messages) k
    cross join lateral (select k % 2 = 0 as answer) a
    cross join lateral (select joined + k * interval '6 seconds' as said, md5(b.n || '/' || k)::uuid as id) m
  where b.n > current_setting('bench.calls')::integer * current_setting('bench.from')::float8
    and b.n <= current_setting('bench.calls')::integer * current_setting('bench.to')::float8;

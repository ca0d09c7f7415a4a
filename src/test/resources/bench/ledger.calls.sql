-- Calls and what hangs on them, but for messages; bench.calls says how many.
-- Made without triggers, and as the triggers would have left it (LargeLedgerTest has them look).
-- Rows lie in the order of time, as they do in a ledger that has grown; what differs from call to
-- call comes from a hash of its number, so that two runs of one size are alike.
set session_replication_role = replica;
set synchronous_commit = off;
create unlogged table bench_calls as
  with sized as (select current_setting('bench.calls')::integer as calls),
  numbered as (
    select n, hashint4(n) & 2147483647 as h, hashint4(n + s.calls) & 2147483647 as g, s.calls,
      greatest(s.calls / 20, 2) - 1 as others,
      date_trunc('second', now()) - interval '1 hour' - (s.calls - n) * (interval '365 days' / s.calls) as created,
      n > s.calls - s.calls / 1000 as open, n - s.calls / 4 as power
    from sized s cross join generate_series(1, s.calls) n),
  fated as (
    select *, h % 20 <> 0 or power between 1 and log(calls / 10.0) as connected,
      case when n % (calls / 1000) = 1 % (calls / 1000) then 0 else 1 + h / 4800 % others end as owner,
      1 + g % others as guest,
      case when power between 1 and log(calls / 10.0) then 10 ^ power else 1 + h / 20 % 20 end::integer as length
    from numbered),
  said as (
    select *, case when connected then length else 0 end as messages,
      connected and h / 400 % 3 <> 0 as agent,
      connected and h / 1200 % 4 = 0 and guest <> owner as guested,
      case when connected then created + interval '2 seconds' end as joined,
      case when not open then created + interval '5 minutes' + h % 600 * interval '1 second'
        + case when connected then length * interval '6 seconds' else interval '0' end end as ended
    from fated)
  select n, h, 'RM_bench' || n as sid, voiceledger.call_id_of_room('RM_bench' || n) as id,
    ('00000000-0000-4000-8000-' || lpad(owner::text, 12, '0'))::uuid as owner,
    case when guested then ('00000000-0000-4000-8000-' || lpad(guest::text, 12, '0'))::uuid end as guest,
    created, joined, ended, connected, agent, messages, 100 + h % 50 as input, 20 + h % 30 as output,
    agent and not open and h % 5 = 0 as reported, connected and not open and h % 10 = 3 as recorded,
    (array['openai', 'anthropic', 'google'])[1 + h / 60 % 3] as provider
  from said;

insert into users (id, email, name)
  select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'person' || n || '@example.org', 'Person ' || n
  from generate_series(0, greatest(current_setting('bench.calls')::integer / 20, 2) - 1) n;

-- What is said of each answer, and what the reports of sessions say of the calls that have one.
create unlogged table bench_sums as
  select b.id, messages / 2 * input as input, messages / 2 * output as output, messages / 2 * 0.000150 as cost,
    case when reported then messages / 2 * input + 10 end as llm_input,
    case when reported then messages / 2 * output end as llm_output,
    case when reported and h % 2 = 0 then 0.010000 end as llm_cost, case when reported then 0.002000 else 0 end as other_cost
  from bench_calls b;

insert into voice_calls (id, session_id, room_sid, room_name, user_id, status, started_at, connected_at, ended_at,
    duration_seconds, end_reason, completeness, participant_count, ai_agent_used, agent_name, recording_url,
    message_count, message_seq, total_tokens_used, input_tokens, output_tokens, cost_usd, cost_cents,
    room_created_at, first_event_at, last_alive_at, end_reported_at, message_tokens, message_input_tokens,
    message_output_tokens, message_cost_usd, llm_usage_reported, usage_input_tokens, usage_output_tokens,
    usage_llm_cost_usd, usage_other_cost_usd, agent_reported, metadata, opened_by, created_at, updated_at)
  select b.id, sid, sid, 'room ' || h % 5000, owner,
    case when connected and ended is null then 'active' when connected then 'completed'
      when ended is null then 'pending' else 'failed' end::call_status,
    created, joined, ended, voiceledger.whole_seconds(joined, ended),
    case when ended is not null then case when connected then 'room_finished' else 'never_connected' end end,
    case when ended is null then 'live' when reported then 'complete'
      when ended <= now() - interval '10 minutes' then 'complete' else 'settling' end,
    case when connected then 1 + agent::integer + (guest is not null)::integer else 0 end,
    agent, case when agent then 'agent-' || h % 50 end, case when recorded then 'https://example.org/' || n || '.mp4' end,
    messages, messages,
    case when reported then llm_input + llm_output else s.input + s.output end,
    coalesce(llm_input, s.input), coalesce(llm_output, s.output),
    coalesce(llm_cost, s.cost) + other_cost, round((coalesce(llm_cost, s.cost) + other_cost) * 100),
    created, created, joined, ended, s.input + s.output, s.input, s.output, s.cost,
    reported, coalesce(llm_input, 0), coalesce(llm_output, 0), llm_cost, other_cost, reported,
    case when h % 10 = 0 then jsonb_build_object('tenant', 't' || h % 1000) else '{}' end,
    'user:' || owner, created, coalesce(ended, joined, created)
  from bench_calls b join bench_sums s on s.id = b.id order by n;

insert into call_participants (call_id, participant_sid, participant_identity, participant_name, kind, user_id,
    participant_type, joined_at, left_at, left_reported_at, duration_seconds, last_alive_at, created_at, updated_at)
  select b.id, 'PA_' || n || '_' || p.place, p.identity, p.name, p.kind, p.who, p.type::participant_type, joined, ended, ended,
    voiceledger.whole_seconds(joined, ended), joined, joined, coalesce(ended, joined)
  from bench_calls b cross join lateral (
    select 1 as place, owner::text as identity, 'Somebody' as name, 'STANDARD' as kind, owner as who, 'user' as type
    union all select 2, 'agent-' || h % 50, 'Agent', 'AGENT', null, 'agent' where agent
    union all select 3, guest::text, 'A guest', 'STANDARD', guest, 'user' where guest is not null) p
  where connected order by n, p.place;

insert into call_access (user_id, call_id, is_owner, is_participant, started_at)
  select owner, id, true, connected, created from bench_calls
  union all select guest, id, false, true, created from bench_calls where guest is not null;

insert into call_usage (call_id, source, type, provider, model, input_tokens, output_tokens, audio_seconds, cost_usd)
  select b.id, 'job:AJ_' || n, u.type, u.provider, u.model, u.input, u.output, u.seconds, u.cost
  from bench_calls b join bench_sums s on s.id = b.id cross join lateral (
    select 'llm_usage' as type, provider, 'a-model' as model, llm_input as input, llm_output as output, 0 as seconds, llm_cost as cost
    union all select 'stt_usage', 'deepgram', 'nova-3', 0, 0, messages * 3, other_cost) u
  where reported order by n;

insert into call_recordings (call_id, egress_id, status, url, started_at, ended_at, duration_seconds, size_bytes, info_key)
  select id, 'EG_' || n, 'EGRESS_COMPLETE', 'https://example.org/' || n || '.mp4', joined, ended,
    voiceledger.whole_seconds(joined, ended), messages * 48000, '9'
  from bench_calls where recorded order by n;

insert into call_figures (call_id, started_at, duration_seconds, total_tokens_used, cost_usd)
  select id, started_at, coalesce(duration_seconds, 0), total_tokens_used, cost_usd
  from voice_calls where ended_at is not null;

-- The raw inbox is kept for a while only: that of the last fiftieth of all calls.
insert into webhook_events (id, event, room_sid, call_id, state, created_at, received_at, applied_at, body)
  select 'EV_' || n || '_' || e.place, e.event, sid, id, 'applied', e.at, e.at, e.at,
    convert_to(json_build_object('id', 'EV_' || n || '_' || e.place, 'event', e.event,
      'room', json_build_object('sid', sid, 'name', 'room ' || h % 5000),
      'padding', repeat(md5(n::text), 15))::text, 'UTF8')
  from bench_calls b cross join lateral (
    select 1 as place, 'room_started' as event, created as at
    union all select 2, 'participant_joined', joined where connected
    union all select 3, 'track_published', joined where connected
    union all select 4, 'participant_left', ended where connected and ended is not null
    union all select 5, 'room_finished', ended where ended is not null) e
  where n > current_setting('bench.calls')::integer * 0.98 order by n, e.place;

-- The words of search are made by the service: without them, and without being made later.
delete from transcript_words_backfill;

-- The peer's tables: what the seeds' authors designed, reduced to what the benchmark touches.
-- Seed 001 (LiveKit voice calls): enums, voice_calls, voice_messages, call_participants, the
-- indexes and all four triggers, names kept. Seed 002 (Deepgram): the role `function` and
-- `input_modality`. Seed 003 (conversation sessions): provider, cost and latency of a message.
-- Seed 004 (coaching app): webhook_events, the raw inbox.
-- Not theirs: the unique keys on (call_id, participant_sid) and (call_id, segment_id), without
-- which nothing could be idempotent. Row level security is left out: this service would come in
-- as the owner. Leaving it out makes the peer faster, not slower.

create type call_status as enum ('pending', 'active', 'completed', 'failed');
create type message_role as enum ('user', 'assistant', 'system', 'function');
create type participant_type as enum ('user', 'agent', 'admin');

create table webhook_events (
  id text primary key,
  event text not null,
  session_id text,
  created_at timestamptz not null,
  received_at timestamptz not null default now(),
  body text not null
);
create index idx_webhook_events_session_id on webhook_events (session_id);
create index idx_webhook_events_received_at on webhook_events (received_at);

create table voice_calls (
  id uuid primary key default gen_random_uuid(),
  user_id uuid,
  session_id text not null,
  room_name text,
  title text,
  status call_status not null default 'pending',
  started_at timestamptz,
  connected_at timestamptz,
  ended_at timestamptz,
  duration_seconds integer,
  recording_url text,
  transcript text,
  transcript_url text,
  summary text,
  ai_agent_used boolean not null default false,
  total_tokens_used integer not null default 0,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_voice_calls_user_id on voice_calls (user_id) where user_id is not null;
create unique index idx_voice_calls_session_id on voice_calls (session_id);
create index idx_voice_calls_active on voice_calls (created_at desc) where status = 'active';
create index idx_voice_calls_ai_agent on voice_calls (created_at desc) where ai_agent_used;

create table call_participants (
  id uuid primary key default gen_random_uuid(),
  call_id uuid not null references voice_calls (id) on delete cascade,
  user_id uuid,
  participant_sid text not null,
  participant_identity text not null,
  participant_name text,
  participant_type participant_type not null default 'user',
  joined_at timestamptz,
  left_at timestamptz,
  duration_seconds integer,
  is_muted boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index idx_call_participants_call_sid on call_participants (call_id, participant_sid);
create index idx_call_participants_user_id on call_participants (user_id)
  where user_id is not null;

create table voice_messages (
  id uuid primary key default gen_random_uuid(),
  call_id uuid not null references voice_calls (id) on delete cascade,
  sequence_number integer not null,
  segment_id text,
  role message_role not null,
  content text not null,
  input_modality text not null default 'voice' check (input_modality in ('voice', 'text')),
  audio_url text,
  provider text,
  model_used text,
  tokens_used integer,
  input_tokens integer,
  output_tokens integer,
  cost_usd numeric(12, 6),
  latency_ms integer,
  metadata jsonb not null default '{}',
  "timestamp" timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create index idx_voice_messages_call_sequence on voice_messages (call_id, sequence_number);
create unique index idx_voice_messages_call_segment on voice_messages (call_id, segment_id);

-- Seed 001, trigger 1: how long a call was, from its connection to its end.
create function voice_calls_calculate_duration() returns trigger language plpgsql as $$
begin
  if new.ended_at is not null and new.connected_at is not null then
    new.duration_seconds := floor(extract(epoch from new.ended_at - new.connected_at));
  end if;
  return new;
end $$;
create trigger voice_calls_calculate_duration_trigger before insert or update on voice_calls
  for each row execute function voice_calls_calculate_duration();

-- Seed 001, trigger 2: the call's tokens, summed anew over all its messages at each message.
-- This is the seed's idea, kept on purpose: the cost grows with the length of the call, and two
-- messages posted at once do not see each other, so a total can stay short.
create function voice_messages_update_tokens() returns trigger language plpgsql as $$
begin
  update voice_calls set total_tokens_used =
      (select coalesce(sum(tokens_used), 0) from voice_messages where call_id = new.call_id)
    where id = new.call_id;
  return null;
end $$;
create trigger voice_messages_update_tokens_trigger after insert or update on voice_messages
  for each row execute function voice_messages_update_tokens();

-- Seed 001, trigger 3: how long a participant stayed.
create function call_participants_calculate_duration() returns trigger language plpgsql as $$
begin
  if new.left_at is not null and new.joined_at is not null then
    new.duration_seconds := floor(extract(epoch from new.left_at - new.joined_at));
  end if;
  return new;
end $$;
create trigger call_participants_calculate_duration_trigger
  before insert or update on call_participants
  for each row execute function call_participants_calculate_duration();

-- Seed 001, trigger 4: when a call's row last changed.
create function voice_calls_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end $$;
create trigger voice_calls_updated_at_trigger before update on voice_calls
  for each row execute function voice_calls_updated_at();

-- What was said.

create type message_role as enum ('user', 'assistant', 'system', 'function');
comment on type message_role is 'Who speaks: a person, the agent, the application, or a tool that the agent called.';

create table voice_messages (
  id                   uuid not null default gen_random_uuid(),
  call_id              uuid not null references voice_calls (id) on delete cascade,
  sequence_number      integer not null,
  role                 message_role not null,
  content              text not null,
  input_modality       text not null default 'text',
  "timestamp"          timestamptz not null default now(),
  segment_id           text collate "C" not null,
  final                boolean not null default true,
  interrupted          boolean not null default false,
  participant_identity text,
  posted_by            text,
  audio_url            text,
  provider             text,
  model_used           text,
  tokens_used          integer,
  input_tokens         integer,
  output_tokens        integer,
  cost_usd             numeric(14, 6),
  latency_ms           integer,
  metadata             jsonb not null default '{}',
  created_at           timestamptz not null default now(),
  updated_at           timestamptz not null default now(),

  constraint voice_messages_pkey primary key (call_id, id),
  constraint voice_messages_number_is_not_negative check (sequence_number >= 0),
  constraint voice_messages_time_is_a_time check (isfinite("timestamp")),
  constraint voice_messages_modality_is_known check (input_modality in ('voice', 'text')),
  constraint voice_messages_metadata_is_an_object check (jsonb_typeof(metadata) = 'object'),
  constraint voice_messages_are_not_negative check (tokens_used >= 0 and input_tokens >= 0
    and output_tokens >= 0 and cost_usd >= 0 and latency_ms >= 0)
);
alter table voice_messages enable row level security;
alter table voice_messages force row level security;
create policy voice_messages_owner on voice_messages to current_user using (true) with check (true);
comment on table voice_messages is 'One row for each thing said in a call, in the order of sequence_number.';
comment on policy voice_messages_owner on voice_messages is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column voice_messages.segment_id is 'The speaker''s segment; id: and the message''s id where the poster named none, so that one key serves both kinds of repeat.';

create unique index idx_voice_messages_call_sequence on voice_messages (call_id, sequence_number);
create unique index idx_voice_messages_call_segment on voice_messages (call_id, segment_id);

-- What one statement changed in the messages of one call; see R__030.
create type voiceledger.message_delta as (
  call_id uuid, messages bigint, sequence_number integer,
  tokens bigint, input_tokens bigint, output_tokens bigint, cost_usd numeric);
comment on type voiceledger.message_delta is 'What one statement changed in the messages of one call.';

-- Calls and what hangs on them. Columns under "facts" are what LiveKit, the API and the reconciler
-- said; columns under "derived" follow from them by trigger (R__010, R__020) and by nothing else.

create type call_status as enum ('pending', 'active', 'completed', 'failed');
comment on type call_status is 'pending: nobody connected yet; active: somebody did; completed: over; failed: over and never connected, or the room could not be made.';

create type participant_type as enum ('user', 'agent', 'admin');
comment on type participant_type is 'agent where LiveKit says AGENT, admin where users.role says so, else user.';

-- One LiveKit room session is one call.
create table voice_calls (
  id                    uuid primary key default gen_random_uuid(),
  session_id            text not null,
  room_sid              text,
  room_name             text collate "C",
  title                 text,
  user_id               uuid references users (id),

  -- derived
  status                call_status not null default 'pending',
  started_at            timestamptz,
  connected_at          timestamptz,
  ended_at              timestamptz,
  duration_seconds      integer,
  end_reason            text,
  completeness          text not null default 'live',
  participant_count     integer not null default 0,
  ai_agent_used         boolean not null default false,
  agent_name            text collate "C",
  recording_url         text,
  message_count         integer not null default 0,
  total_tokens_used     integer not null default 0,
  input_tokens          integer not null default 0,
  output_tokens         integer not null default 0,
  cost_usd              numeric(14, 6) not null default 0,
  cost_cents            integer not null default 0,

  -- facts about the room's life
  room_created_at       timestamptz,
  first_event_at        timestamptz,
  restarted_at          timestamptz,
  last_alive_at         timestamptz,
  end_reported_at       timestamptz,
  end_inferred_at       timestamptz,
  end_inferred_reason   text collate "C",
  room_info_key         text collate "C",
  room_metadata         text,
  agent_named           text,

  -- facts about what was said, kept by the triggers of voice_messages and call_usage
  message_seq           integer not null default 0,
  message_tokens        integer not null default 0,
  message_input_tokens  integer not null default 0,
  message_output_tokens integer not null default 0,
  message_cost_usd      numeric(14, 6) not null default 0,
  llm_usage_reported    boolean not null default false,
  usage_input_tokens    integer not null default 0,
  usage_output_tokens   integer not null default 0,
  usage_llm_cost_usd    numeric(14, 6),
  usage_other_cost_usd  numeric(14, 6) not null default 0,

  -- what people and applications write
  transcript            text,
  transcript_url        text,
  summary               text,
  metadata              jsonb not null default '{}',
  invited_user_ids      uuid[] not null default '{}',
  context_type          text,
  voice_session_id      text,
  extracted_intent      text,
  intent_payload        jsonb,
  linked_goal_id        uuid,
  linked_task_id        uuid,
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),

  constraint voice_calls_session_id_is_given check (session_id <> '' and length(session_id) <= 512),
  constraint voice_calls_session_is_its_room check (room_sid is null or session_id = room_sid),
  constraint voice_calls_start_is_a_time check (isfinite(started_at)),
  constraint voice_calls_duration_is_not_negative check (duration_seconds >= 0),
  constraint voice_calls_end_reason_is_known check (end_reason in
    ('room_finished', 'ended_by_api', 'reconciled', 'never_connected', 'room_not_created')),
  constraint voice_calls_completeness_is_known check (completeness in ('live', 'settling', 'complete')),
  constraint voice_calls_inference_has_a_reason check ((end_inferred_at is null) = (end_inferred_reason is null)),
  constraint voice_calls_metadata_is_an_object check (jsonb_typeof(metadata) = 'object'),
  constraint voice_calls_title_is_short check (length(title) <= 1000),
  constraint voice_calls_invitations_are_few check (cardinality(invited_user_ids) <= 1000),
  constraint voice_calls_context_type_is_known check (context_type in
    ('onboarding', 'goal', 'task', 'reschedule', 'voice')),
  constraint voice_calls_intent_is_known check (extracted_intent in
    ('GOAL', 'NEW_TASK', 'RESCHEDULE_TASK'))
);
alter table voice_calls enable row level security;
alter table voice_calls force row level security;
create policy voice_calls_owner on voice_calls to current_user using (true) with check (true);
comment on table voice_calls is 'One row for each LiveKit room session (or call without a room). The id derives from room_sid.';
comment on policy voice_calls_owner on voice_calls is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column voice_calls.session_id is 'The room sid; for a call without a room what its writer gave, or a random one. Never changes.';
comment on column voice_calls.room_metadata is 'LiveKit''s room metadata as sent. metadata holds only what the API and SQL wrote.';
comment on column voice_calls.room_info_key is 'Register key of room_metadata: seconds, rank and id of the event it came from; the greatest wins.';
comment on column voice_calls.end_reported_at is 'The latest room_finished that LiveKit sent.';
comment on column voice_calls.end_inferred_at is 'The latest end that the API or the reconciler concluded.';
comment on column voice_calls.last_alive_at is 'The latest joining, publishing, restart or listing: an inferred end before it does not hold.';
comment on column voice_calls.restarted_at is 'The latest room_started: a reported end before it does not hold.';
comment on column voice_calls.message_seq is 'High-water mark of sequence_number; falls never, message_count may.';

create unique index idx_voice_calls_session_id on voice_calls (session_id);
create index idx_voice_calls_user_id on voice_calls (user_id, started_at desc, id desc) where user_id is not null;
create index idx_voice_calls_started_at on voice_calls (started_at desc, id desc);
create index idx_voice_calls_status on voice_calls (status, started_at desc, id desc);
create index idx_voice_calls_active on voice_calls (created_at desc) where status = 'active';
create index idx_voice_calls_ai_agent on voice_calls (started_at desc) where ai_agent_used;
create index idx_voice_calls_room_name on voice_calls (room_name, started_at desc);

-- One connection of somebody to a call. A full reconnect is a new sid and so a new row.
create table call_participants (
  call_id              uuid not null references voice_calls (id) on delete cascade,
  participant_sid      text collate "C" not null,
  participant_identity text collate "C",
  participant_name     text,
  kind                 text,
  is_recorder          boolean not null default false,
  user_id              uuid references users (id),
  is_muted             boolean not null default false,
  metadata             text,
  attributes           jsonb not null default '{}',

  -- derived
  participant_type     participant_type not null default 'user',
  left_at              timestamptz,
  duration_seconds     integer,

  -- facts
  joined_at            timestamptz,
  last_alive_at        timestamptz,
  left_reported_at     timestamptz,
  left_inferred_at     timestamptz,
  disconnect_reason    text collate "C",
  info_key             text collate "C",
  created_at           timestamptz not null default now(),
  updated_at           timestamptz not null default now(),

  constraint call_participants_pkey primary key (call_id, participant_sid),
  constraint call_participants_sid_is_given check (participant_sid <> ''),
  constraint call_participants_duration_is_not_negative check (duration_seconds >= 0),
  constraint call_participants_attributes_are_an_object check (jsonb_typeof(attributes) = 'object')
);
alter table call_participants enable row level security;
alter table call_participants force row level security;
create policy call_participants_owner on call_participants to current_user using (true) with check (true);
comment on table call_participants is 'One row for each participant sid of a call. joined_at is null for whoever never became active.';
comment on policy call_participants_owner on call_participants is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column call_participants.kind is 'LiveKit''s word: STANDARD, AGENT, SIP, EGRESS, INGRESS, … Null while only a track spoke of the participant.';
comment on column call_participants.info_key is 'Register key of name, kind, metadata and attributes; the greatest wins and carries them as one.';

create index idx_call_participants_identity on call_participants (participant_identity);
create index idx_call_participants_user_id on call_participants (user_id) where user_id is not null;

-- One egress of a call.
create table call_recordings (
  call_id          uuid not null references voice_calls (id) on delete cascade,
  egress_id        text collate "C" not null,
  status           text not null,
  url              text,
  started_at       timestamptz,
  ended_at         timestamptz,
  duration_seconds integer,
  size_bytes       bigint,
  error            text,
  info_key         text collate "C" not null,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),

  constraint call_recordings_pkey primary key (call_id, egress_id),
  constraint call_recordings_duration_is_not_negative check (duration_seconds >= 0),
  constraint call_recordings_size_is_not_negative check (size_bytes >= 0)
);
alter table call_recordings enable row level security;
alter table call_recordings force row level security;
create policy call_recordings_owner on call_recordings to current_user using (true) with check (true);
comment on table call_recordings is 'One row for each LiveKit egress of a call. url is where the finished file lies.';
comment on policy call_recordings_owner on call_recordings is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column call_recordings.info_key is 'Register key: rank of the status (a terminal one is greatest), time and event id; the greatest wins.';

-- What a session used of models. Rows are cumulative: a later report of the same key replaces.
create table call_usage (
  call_id          uuid not null references voice_calls (id) on delete cascade,
  source           text not null,
  type             text not null,
  provider         text not null default '',
  model            text not null default '',
  input_tokens     integer not null default 0,
  output_tokens    integer not null default 0,
  characters_count integer not null default 0,
  audio_seconds    numeric(14, 3) not null default 0,
  cost_usd         numeric(14, 6),
  details          jsonb not null default '{}',
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),

  constraint call_usage_pkey primary key (call_id, source, type, provider, model),
  constraint call_usage_is_not_negative check (input_tokens >= 0 and output_tokens >= 0
    and characters_count >= 0 and audio_seconds >= 0 and cost_usd >= 0)
);
alter table call_usage enable row level security;
alter table call_usage force row level security;
create policy call_usage_owner on call_usage to current_user using (true) with check (true);
comment on table call_usage is 'What each session of a call used of each model, as its last report said. cost_usd is null where no price is known.';
comment on policy call_usage_owner on call_usage is 'Triggers and later migrations run as the owner and see every row; no request ever does.';

-- Who may see a call, in one narrow place that every other policy asks, so that none needs another.
create table call_access (
  user_id        uuid not null,
  call_id        uuid not null references voice_calls (id) on delete cascade,
  is_owner       boolean not null default false,
  is_participant boolean not null default false,
  is_invited     boolean not null default false,

  constraint call_access_pkey primary key (user_id, call_id),
  constraint call_access_has_a_reason check (is_owner or is_participant or is_invited)
);
alter table call_access enable row level security;
alter table call_access force row level security;
create policy call_access_owner on call_access to current_user using (true) with check (true);
comment on table call_access is 'Who may see which call and why. Kept by triggers from owners, participants and invitations.';
comment on policy call_access_owner on call_access is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
create index idx_call_access_call_id on call_access (call_id);

-- What remains of an erased call: its id, for a room a hash of the room's sid.
create table erased_calls (
  call_id   uuid primary key,
  erased_at timestamptz not null default now()
);
alter table erased_calls enable row level security;
alter table erased_calls force row level security;
create policy erased_calls_owner on erased_calls to current_user using (true) with check (true);
comment on table erased_calls is 'Tombstones: an event or a post for one of these ids is kept out.';
comment on policy erased_calls_owner on erased_calls is 'Triggers and later migrations run as the owner and see every row; no request ever does.';

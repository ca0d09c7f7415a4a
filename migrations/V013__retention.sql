-- What is forgotten in time, and what operators want to know. The steps are in R__080.

-- One row for each table that is walked: whose turn it is, and how far the walk has come.
create table retention_sweeps (
  subject          text collate "C" not null,
  holder           uuid,
  held_until       timestamptz,
  reached_at       timestamptz not null default '-infinity',
  reached_provider text collate "C" not null default '',
  reached_id       text collate "C" not null default '',
  swept_at         timestamptz,

  constraint retention_sweeps_pkey primary key (subject),
  constraint retention_sweeps_subject_is_known check (subject in ('webhook_events', 'voice_calls')),
  constraint retention_sweeps_lease_ends check ((holder is null) = (held_until is null))
);
alter table retention_sweeps enable row level security;
alter table retention_sweeps force row level security;
create policy retention_sweeps_owner on retention_sweeps to current_user using (true) with check (true);
comment on table retention_sweeps is 'Where retention stands: one row for each table that it walks.';
comment on policy retention_sweeps_owner on retention_sweeps is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column retention_sweeps.holder is 'The replica that walks now, by a random id of its process; null when none does.';
comment on column retention_sweeps.held_until is 'When another replica may take over.';
comment on column retention_sweeps.reached_at is 'The last row walked, with reached_provider and reached_id; the next step goes on behind it, past rows that stay.';
comment on column retention_sweeps.swept_at is 'When a walk last came to its end.';
insert into retention_sweeps (subject) values ('webhook_events'), ('voice_calls');

-- When each key was last heard. The ledger knows nothing of it: replicas write it every few seconds.
create table livekit_keys_heard (
  key           text collate "C" not null,
  last_heard_at timestamptz not null,

  constraint livekit_keys_heard_pkey primary key (key),
  constraint livekit_keys_heard_key_is_short check (length(key) between 1 and 4096)
);
alter table livekit_keys_heard enable row level security;
alter table livekit_keys_heard force row level security;
create policy livekit_keys_heard_owner on livekit_keys_heard to current_user using (true) with check (true);
comment on table livekit_keys_heard is 'For each key that signed a webhook, when it last did; a few seconds old.';
comment on policy livekit_keys_heard_owner on livekit_keys_heard is 'Triggers and later migrations run as the owner and see every row; no request ever does.';

-- Calls that are not done with are counted here. It may be there already.
create index if not exists idx_voice_calls_settling on voice_calls (ended_at)
  where completeness = 'settling';

-- Rows go at one end while they come at the other: their room is to be used again soon, not when a
-- fifth of a large table is dead.
alter table webhook_events set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000);

-- What a person's history, its sorting by figures, idempotent creation and erasure need. The laws
-- over these tables are in R__040. Old replicas may write until that file has run, so what is
-- filled here in bulk is filled up there once more, under the locks that its triggers take.

-- A person's history is read here, newest first, whatever the reason of access.
alter table call_access add column started_at timestamptz;
comment on column call_access.started_at is 'started_at of the call, so that a history is one walk of one index. Kept by trigger.';
update call_access a set started_at = c.started_at from voice_calls c where c.id = a.call_id;
create index idx_call_access_user_started on call_access (user_id, started_at desc, call_id desc);

-- Ended calls by their figures. Messages change these, so no index of voice_calls may name them;
-- this table is written behind the ledger instead, and its indexes cost no message anything.
create table call_figures (
  call_id           uuid primary key references voice_calls (id) on delete cascade,
  started_at        timestamptz not null,
  duration_seconds  integer not null,
  total_tokens_used integer not null,
  cost_usd          numeric(14, 6) not null,
  cost_micros       bigint not null generated always as ((cost_usd * 1000000)::bigint) stored
);
alter table call_figures enable row level security;
alter table call_figures force row level security;
create policy call_figures_owner on call_figures to current_user using (true) with check (true);
comment on table call_figures is 'Figures of ended calls, for sorting and filtering; written behind the ledger, seconds later.';
comment on policy call_figures_owner on call_figures is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column call_figures.cost_micros is 'cost_usd in millionths, to filter and sort by. Comparisons of numeric are not leakproof: under row level security they use no statistics, and no index where a policy must be asked first.';
comment on column call_figures.duration_seconds is 'As in voice_calls, but 0 for a call that never connected, so that pages can go on after it.';
insert into call_figures (call_id, started_at, duration_seconds, total_tokens_used, cost_usd)
  select c.id, coalesce(c.started_at, c.created_at), coalesce(c.duration_seconds, 0),
    c.total_tokens_used, c.cost_usd
  from voice_calls c where c.ended_at is not null;
create index idx_call_figures_duration on call_figures (duration_seconds, call_id);
create index idx_call_figures_tokens on call_figures (total_tokens_used, call_id);
create index idx_call_figures_cost on call_figures (cost_micros, call_id);

-- Whose figures are to be taken again. Rows are only ever added and taken away, never changed, so
-- that no writer waits for whoever takes them. No foreign key: a call that is gone is due as well.
create table call_figures_due (
  call_id uuid not null,
  id      bigint not null generated always as identity,

  constraint call_figures_due_pkey primary key (call_id, id)
);
alter table call_figures_due set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table call_figures_due enable row level security;
alter table call_figures_due force row level security;
create policy call_figures_due_owner on call_figures_due to current_user using (true) with check (true);
comment on table call_figures_due is 'Calls whose figures changed since call_figures was written. Append-only; see refresh_figures.';
comment on policy call_figures_due_owner on call_figures_due is 'Triggers and later migrations run as the owner and see every row; no request ever does.';

-- Filters of a history that no index served. Neither names a column that a message changes. Calls
-- without an agent or metadata, as most webhooks make them, are in neither and pay for neither.
create index idx_voice_calls_agent_name on voice_calls (agent_name, started_at desc, id desc)
  where agent_name is not null;
-- A query says metadata <> '{}' too, else it is not seen to fit. Without fastupdate each writer
-- pays for its own row, and none for a list of everybody's.
create index idx_voice_calls_metadata on voice_calls using gin (metadata jsonb_path_ops)
  with (fastupdate = off) where metadata <> '{}';

-- A call that was asked for twice with one key is made once.
create table idempotency_keys (
  caller      text collate "C" not null,
  key         text collate "C" not null,
  body_sha256 bytea not null,
  call_id     uuid,
  created_at  timestamptz not null default now(),

  constraint idempotency_keys_pkey primary key (caller, key),
  constraint idempotency_keys_are_short check (length(caller) between 1 and 1024
    and length(key) between 1 and 255),
  constraint idempotency_keys_body_is_a_hash check (octet_length(body_sha256) = 32)
);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy idempotency_keys_owner on idempotency_keys to current_user using (true) with check (true);
comment on table idempotency_keys is 'Keys under which calls were asked for, for 24 hours; one key of one caller is one call.';
comment on policy idempotency_keys_owner on idempotency_keys is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column idempotency_keys.call_id is 'The call that the key made; null while its first request is under way.';
comment on column idempotency_keys.body_sha256 is 'SHA-256 of the request''s body, 32 bytes: the same key with another body is another request.';
create index idx_idempotency_keys_created_at on idempotency_keys (created_at);
create index idx_idempotency_keys_call_id on idempotency_keys (call_id) where call_id is not null;

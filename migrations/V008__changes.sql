-- What changed, numbered in the order in which it became visible: for live pages, and for whoever
-- else follows (consumers). Writers leave what they changed in a queue, in their own transaction
-- and without a lock or a NOTIFY, which would make commits wait for each other; whoever numbers
-- takes it from there, after the commit. See R__060.

-- Rows are only ever added and taken away. No foreign key: an erased call has changed as well.
create table call_changes_due (
  id       bigint not null generated always as identity,
  kind     text not null,
  call_ids uuid[] not null,
  keys     text[] not null,
  at       timestamptz not null default clock_timestamp(),

  constraint call_changes_due_pkey primary key (id),
  constraint call_changes_due_kind_is_known check (kind in
    ('call', 'participant', 'recording', 'message', 'erased'))
);
alter table call_changes_due set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table call_changes_due enable row level security;
alter table call_changes_due force row level security;
create policy call_changes_due_owner on call_changes_due to current_user using (true) with check (true);
comment on table call_changes_due is 'What was changed and has no number yet: one row for a statement. Append-only; see number_changes.';
comment on policy call_changes_due_owner on call_changes_due is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column call_changes_due.keys is 'Beside each call the changed row''s own key: participant_sid, egress_id, a message''s id; empty for the call itself.';
comment on column call_changes_due.at is 'When the row was written; its commit came after.';

-- The log. Who has read up to a number has seen all that was given a number before.
create table call_changes (
  last       bigint not null,
  kinds      text[] not null,
  call_ids   uuid[] not null,
  keys       text[] not null,
  changed_at timestamptz not null,
  at         timestamptz not null default clock_timestamp(),

  constraint call_changes_pkey primary key (last)
);
alter table call_changes set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table call_changes enable row level security;
alter table call_changes force row level security;
create policy call_changes_owner on call_changes to current_user using (true) with check (true);
comment on table call_changes is 'What changed, in the order in which it became visible, for 15 minutes: item i of n in a row has the number last - n + i. Ids only, no contents.';
comment on policy call_changes_owner on call_changes is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column call_changes.last is 'The number of the row''s last item.';
comment on column call_changes.changed_at is 'When the oldest of the changes was written.';
comment on column call_changes.at is 'When they were numbered.';

-- One row: whoever gives numbers locks it, so that of all replicas one goes at a time.
create table call_changes_position (
  last     bigint not null,
  due_from bigint not null,
  mark_id  bigint not null,
  mark_xid xid8 not null
);
create unique index idx_call_changes_position_is_one on call_changes_position ((true));
alter table call_changes_position enable row level security;
alter table call_changes_position force row level security;
create policy call_changes_position_owner on call_changes_position to current_user using (true) with check (true);
comment on table call_changes_position is 'The last number given, in one row.';
comment on policy call_changes_position_owner on call_changes_position is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column call_changes_position.due_from is 'No row of call_changes_due below it will be seen any more: whoever numbers need not pass over the dead ones there, which stay for as long as an old transaction is open.';
comment on column call_changes_position.mark_id is 'The next due_from, once every transaction before mark_xid is over.';
insert into call_changes_position values (0, 0, 0, '0');

-- Calls that were erased and of which the log has yet to be rid.
create table call_changes_scrubs (
  last     bigint not null,
  done     bigint not null default 0,
  call_ids uuid[] not null,

  constraint call_changes_scrubs_pkey primary key (last)
);
alter table call_changes_scrubs enable row level security;
alter table call_changes_scrubs force row level security;
create policy call_changes_scrubs_owner on call_changes_scrubs to current_user using (true) with check (true);
comment on table call_changes_scrubs is 'Erased calls of which the log still tells more than that; see scrub_changes.';
comment on policy call_changes_scrubs_owner on call_changes_scrubs is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column call_changes_scrubs.last is 'Up to which number the log may tell of them.';
comment on column call_changes_scrubs.done is 'Up to which number it does not any more.';

-- Who reads the log on behalf of others, and how far it is.
create table call_changes_consumers (
  name text not null,
  last bigint not null,

  constraint call_changes_consumers_pkey primary key (name)
);
alter table call_changes_consumers enable row level security;
alter table call_changes_consumers force row level security;
create policy call_changes_consumers_owner on call_changes_consumers to current_user using (true) with check (true);
comment on table call_changes_consumers is 'Who must have read a change before it is forgotten, and how far it has read; nobody is waited for longer than 24 hours.';
comment on policy call_changes_consumers_owner on call_changes_consumers is 'Triggers and later migrations run as the owner and see every row; no request ever does.';

-- No JSON has this number, though it is not less than 0. Rows of before are not looked at.
alter table voice_messages add constraint voice_messages_cost_usd_is_a_number
  check (cost_usd <> 'NaN') not valid;
alter table call_usage add constraint call_usage_cost_usd_is_a_number check (cost_usd <> 'NaN') not valid;

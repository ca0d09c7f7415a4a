-- What the reconciler needs: whose turn it is and what it remembers, in one row; a register for
-- muting, of which only listings tell; and the way to recordings that nobody finished.

create table reconciler (
  only_row boolean not null default true,
  holder   uuid,
  until    timestamptz,
  memory   jsonb not null default '{}',

  constraint reconciler_pkey primary key (only_row),
  constraint reconciler_is_one_row check (only_row),
  constraint reconciler_lease_ends check ((holder is null) = (until is null)),
  constraint reconciler_memory_is_an_object check (jsonb_typeof(memory) = 'object')
);
alter table reconciler enable row level security;
alter table reconciler force row level security;
create policy reconciler_owner on reconciler to current_user using (true) with check (true);
comment on table reconciler is 'One row: which replica compares calls with LiveKit, and when LiveKit last listed each open call.';
comment on policy reconciler_owner on reconciler is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column reconciler.holder is 'The replica that reconciles, by a random id of its process; null when none does.';
comment on column reconciler.until is 'When another replica may take over.';
comment on column reconciler.memory is 'By call id: when its room, and when its participants were last listed, in Unix milliseconds.';
insert into reconciler default values;

alter table call_participants add column muted_key text collate "C";
comment on column call_participants.muted_key is 'Register key of is_muted; the greatest wins. Null while no listing told of the participant.';

create index idx_call_recordings_open on call_recordings (egress_id)
  where status not in ('EGRESS_COMPLETE', 'EGRESS_FAILED', 'EGRESS_ABORTED', 'EGRESS_LIMIT_REACHED');

-- The raw inbox: every authentic event as it was sent.

create type webhook_event_state as enum ('applied', 'ignored', 'failed');
comment on type webhook_event_state is 'applied: in the rows; ignored: nothing in it for the rows; failed: refused for its content, may be replayed.';

create table webhook_events (
  provider    text collate "C" not null default 'livekit',
  id          text collate "C" not null,
  event       text,
  room_sid    text,
  call_id     uuid,
  state       webhook_event_state not null,
  error       text,
  created_at  timestamptz,
  received_at timestamptz not null default now(),
  applied_at  timestamptz,
  body        bytea not null,

  constraint webhook_events_pkey primary key (provider, id),
  constraint webhook_events_id_is_given check (id <> ''),
  constraint webhook_events_failure_has_a_reason check ((state = 'failed') <= (error is not null))
);
-- Bodies of about 1 KB sit in the row; larger ones go out of line, compressed fast where they can be.
alter table webhook_events alter column body set storage main;
alter table webhook_events enable row level security;
alter table webhook_events force row level security;
create policy webhook_events_owner on webhook_events to current_user using (true) with check (true);
comment on table webhook_events is 'Every authentic event as sent, secrets overwritten, with what became of it.';
comment on policy webhook_events_owner on webhook_events is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column webhook_events.created_at is 'When the provider says that it happened; received_at is ours.';

create index idx_webhook_events_received_at on webhook_events (received_at desc, provider desc, id desc);
create index idx_webhook_events_call_id on webhook_events (call_id) where call_id is not null;
create index idx_webhook_events_failed on webhook_events (received_at desc) where state = 'failed';

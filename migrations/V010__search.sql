-- Words of transcripts, written behind the ledger. The service folds them (cases, accents, widths)
-- and cuts them to pieces, so that neither the database's locale nor a dictionary decides what is
-- found: scripts with spaces, without spaces and symbols alike. See R__070.

create table transcript_words (
  call_id     uuid not null references voice_calls (id) on delete cascade,
  part        integer not null,
  message_ids uuid[] not null,
  folded      text collate "C" not null,
  words       tsvector,
  changed_at  timestamptz not null default now(),

  constraint transcript_words_pkey primary key (call_id, part),
  constraint transcript_words_part_is_not_negative check (part >= 0)
);
alter table transcript_words enable row level security;
alter table transcript_words force row level security;
create policy transcript_words_owner on transcript_words to current_user using (true) with check (true);
comment on table transcript_words is 'What was said in 64 numbers of a call, folded for searching; written behind the ledger, seconds later.';
comment on policy transcript_words_owner on transcript_words is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column transcript_words.part is 'sequence_number / 64 of its messages.';
comment on column transcript_words.message_ids is 'Its messages in their order, one for each line of folded.';
comment on column transcript_words.folded is 'A line for each message: its words in one case and without accents, a space before each; signs of scripts without spaces stand together.';
comment on column transcript_words.words is 'Pieces of folded, for the index: beginnings of words, and all threes of letters, signs and twos of signs. A * alone where they are too many, null while the part still grows: then folded is looked through.';

-- Written by a job for which nobody waits, so each row goes to its place at once and readers have
-- no list of pending ones to look through.
create index idx_transcript_words_words on transcript_words using gin (words) with (fastupdate = off);
create index idx_transcript_words_open on transcript_words (call_id) where words is null;

-- Which parts are to be taken again. Rows are only ever added and taken away, never changed, so
-- that no writer waits for whoever takes them. No foreign key: a call that is gone is due as well.
create table transcript_words_due (
  call_id uuid not null,
  part    integer not null,
  id      bigint not null generated always as identity,
  at      timestamptz not null default clock_timestamp(),

  constraint transcript_words_due_pkey primary key (call_id, part, id)
);
create index idx_transcript_words_due_at on transcript_words_due (at, id);
alter table transcript_words_due set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table transcript_words_due enable row level security;
alter table transcript_words_due force row level security;
create policy transcript_words_due_owner on transcript_words_due to current_user using (true) with check (true);
comment on table transcript_words_due is 'Parts of transcripts whose words changed since transcript_words was written. Append-only; see take_words_due.';
comment on policy transcript_words_due_owner on transcript_words_due is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column transcript_words_due.at is 'When it changed, later of what is put off; infinity of what was there before there was a search, which waits for all else.';

-- How far what was there before is queued: all at once, a large ledger would be read in one statement.
create table transcript_words_backfill (
  after uuid not null,

  constraint transcript_words_backfill_pkey primary key (after)
);
create unique index idx_transcript_words_backfill_one on transcript_words_backfill ((true));
alter table transcript_words_backfill enable row level security;
alter table transcript_words_backfill force row level security;
create policy transcript_words_backfill_owner on transcript_words_backfill to current_user using (true) with check (true);
comment on table transcript_words_backfill is 'One row while calls from before are still to be queued in transcript_words_due, in the order of their ids.';
comment on policy transcript_words_backfill_owner on transcript_words_backfill is 'Triggers and later migrations run as the owner and see every row; no request ever does.';
comment on column transcript_words_backfill.after is 'The last call whose parts are queued.';

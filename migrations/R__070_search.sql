-- Words of transcripts follow the messages, behind the ledger. What changed is in the numbered log
-- of R__060; what it does not say, which number a message had before, is left by triggers here.

-- The part that a message left, or was taken from, is to be read again.
create or replace function voiceledger.words_are_due() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.transcript_words_due (call_id, part)
    select distinct r.call_id, r.sequence_number / 64 from changed_rows r
    where exists (select from public.voice_calls c where c.id = r.call_id);
  return null;
end $$;
comment on function voiceledger.words_are_due() is 'The part that a message was taken from is to be read again; with the whole call its words go anyway.';
create or replace trigger _960_words_are_due_on_delete after delete on voice_messages
  referencing old table as changed_rows
  for each statement execute function voiceledger.words_are_due();
comment on trigger _960_words_are_due_on_delete on voice_messages is 'The part that a message was taken from is to be read again.';

create or replace function voiceledger.words_have_moved() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.transcript_words_due (call_id, part)
    values (old.call_id, old.sequence_number / 64), (new.call_id, new.sequence_number / 64);
  return null;
end $$;
comment on function voiceledger.words_have_moved() is 'Of a message that changes its number both parts are to be read again.';
create or replace trigger _960_words_have_moved after update on voice_messages
  for each row when ((old.call_id, old.sequence_number) is distinct from (new.call_id, new.sequence_number))
  execute function voiceledger.words_have_moved();
comment on trigger _960_words_have_moved on voice_messages is 'Of a message that changes its number both parts are to be read again.';

-- Everything that is there is due, after all that changes: when there was no search before, and
-- when the log was pruned before it was read (which it is after a day).
create or replace function voiceledger.all_words_are_due() returns void
language sql security definer set search_path = '' as $$
  delete from public.transcript_words_backfill;
  insert into public.transcript_words_backfill (after) values ('00000000-0000-0000-0000-000000000000');
  insert into public.call_changes_consumers (name, last)
    select 'search', p.last from public.call_changes_position p
    on conflict (name) do update set last = excluded.last;
$$;
comment on function voiceledger.all_words_are_due() is 'Every part of every transcript is to be read, after all that changes meanwhile; see some_words_are_due.';

-- The next calls from before: few at a time, and of each a look at the index for each part, so that
-- a run takes no longer however much was said.
create or replace function voiceledger.some_words_are_due() returns void
language plpgsql security definer set search_path = '' as $$
declare
  calls_max constant integer := 500;
  calls uuid[];
begin
  select array_agg(c.id order by c.id) into calls from (
    select c.id from public.voice_calls c
    where c.id > (select b.after from public.transcript_words_backfill b) order by c.id limit calls_max) c;
  with recursive parts (call_id, part) as (
      select c.id, (select min(m.sequence_number) from public.voice_messages m where m.call_id = c.id) / 64
      from unnest(calls) c (id)
      union all
      select p.call_id, (select min(m.sequence_number) from public.voice_messages m
        where m.call_id = p.call_id and m.sequence_number >= (p.part + 1)::bigint * 64) / 64
      from parts p where p.part is not null)
  insert into public.transcript_words_due (call_id, part, at)
    select p.call_id, p.part, 'infinity' from parts p where p.part is not null;
  if cardinality(calls) = calls_max then
    update public.transcript_words_backfill b set after = calls[calls_max];
  else
    delete from public.transcript_words_backfill;
  end if;
end $$;
comment on function voiceledger.some_words_are_due() is 'Queues the parts of the next 500 calls that were there before there was a search.';
do $$
begin
  if not exists (select from public.call_changes_consumers c where c.name = 'search') then
    perform voiceledger.all_words_are_due();
  end if;
end $$;

-- Moves what the log says to the queue.
create or replace function voiceledger.queue_words() returns void
language plpgsql security definer set search_path = '' as $$
declare
  rows_max constant integer := 10;
  steps_max constant integer := 10;
  was bigint;
begin
  select c.last into was from public.call_changes_consumers c where c.name = 'search';
  if was is null or (
      select coalesce(
          (select l.last - cardinality(l.call_ids) from public.call_changes l where l.last > was
            order by l.last limit 1), p.last) > was
      from public.call_changes_position p) then
    perform voiceledger.all_words_are_due();
  else
    with log as (
        select l.* from public.call_changes l where l.last > was order by l.last limit rows_max),
      said as materialized (
        select i.call_id, i.key::uuid as id, l.changed_at
        from log l cross join unnest(l.kinds, l.call_ids, l.keys) i (kind, call_id, key)
        where i.kind = 'message'),
      left_due as (
        insert into public.transcript_words_due (call_id, part, at)
          select m.call_id, m.sequence_number / 64, min(s.changed_at)
          from said s join public.voice_messages m on m.call_id = s.call_id and m.id = s.id
          group by 1, 2)
      update public.call_changes_consumers c set last = l.last
      from (select max(l.last) as last from log l) l
      where c.name = 'search' and l.last is not null;
  end if;
  for step in 1..steps_max loop
    exit when not exists (select from public.transcript_words_backfill)
      or exists (select from public.transcript_words_due d where d.at = 'infinity');
    perform voiceledger.some_words_are_due();
  end loop;
end $$;
comment on function voiceledger.queue_words() is 'Moves some of what the numbered log says of messages to the queue, and where that is empty some of what was there before.';

-- Moves what the log says to the queue and takes some parts of it. One goes at a time, to the end
-- of its transaction, which writes what it read: so words never go back to an older state, and a
-- crash loses nothing. Exact for the same reasons as refresh_figures: a due row is taken first and
-- its messages are read after that. The key share lock keeps an erasure from running in between;
-- calls that are being erased this moment stay in the queue.
create or replace function voiceledger.take_words_due(parts_max integer)
returns table (call_id uuid, part integer, quiet boolean)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  till timestamptz;
  steady uuid[];
begin
  if not pg_try_advisory_xact_lock(hashtextextended('voiceledger.transcript_words', 0)) then
    return;
  end if;
  perform voiceledger.queue_words();
  till := clock_timestamp();
  with taken as (
      select d.call_id, d.part, d.id, d.at from public.transcript_words_due d
      where d.at <= till or d.at = 'infinity' order by d.at, d.id limit parts_max)
    select array(select c.id from public.voice_calls c where c.id in (select t.call_id from taken t)
      order by c.id for key share skip locked) into steady;
  return query
    with taken as (
        select d.call_id, d.part, d.id from public.transcript_words_due d
          where d.at <= till or d.at = 'infinity' order by d.at, d.id limit parts_max),
      gone as (
        delete from public.transcript_words_due d using taken t
        where (d.call_id, d.part, d.id) = (t.call_id, t.part, t.id)
          and (d.call_id = any (steady) or not exists (select from public.voice_calls c where c.id = d.call_id))
        returning d.call_id, d.part, d.at)
    select g.call_id, g.part, min(g.at) = 'infinity' from gone g
    where g.call_id = any (steady) group by g.call_id, g.part order by g.call_id, g.part;
end $$;
comment on function voiceledger.take_words_due(integer) is 'Takes at most so many due parts, for whoever then writes their words in the same transaction; quiet where nothing changed lately. None: nothing is due, or somebody else is at it.';

-- A part whose words cannot be written is not to be the first again and again. With what was written
-- its way from the log to the queue was taken back, so that is gone again first.
create or replace function voiceledger.put_words_off(call_id uuid, part integer) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('voiceledger.transcript_words', 0));
  perform voiceledger.queue_words();
  delete from public.transcript_words_due d where d.call_id = $1 and d.part = $2;
  insert into public.transcript_words_due (call_id, part, at) values ($1, $2, clock_timestamp() + interval '1 minute');
end $$;
comment on function voiceledger.put_words_off(uuid, integer) is 'A part is due in a minute, and no sooner unless it changes.';

-- While a part grows with each message, its pieces would be written into the index again and again;
-- they are once, when it is full or nothing came for a while.
create or replace function voiceledger.open_words(parts_max integer)
returns table (call_id uuid, part integer, folded text)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if not pg_try_advisory_xact_lock(hashtextextended('voiceledger.transcript_words', 0)) then
    return;
  end if;
  return query
    select w.call_id, w.part, w.folded from public.transcript_words w
    where w.words is null and w.changed_at < now() - interval '30 seconds' limit parts_max;
end $$;
comment on function voiceledger.open_words(integer) is 'At most so many parts that have no pieces yet and stopped growing, for whoever then writes them in the same transaction.';

-- How old the oldest change is that cannot be found yet; 0 where all can.
create or replace function voiceledger.words_lag_seconds() returns double precision
language sql stable security definer set search_path = '' as $$
  select coalesce(greatest(0, extract(epoch from clock_timestamp() - least(
    (select min(d.at) from public.transcript_words_due d where d.at < 'infinity'),
    (select l.changed_at from public.call_changes l, public.call_changes_consumers c
      where c.name = 'search' and l.last > c.last order by l.last limit 1)))), 0)::double precision;
$$;
comment on function voiceledger.words_lag_seconds() is 'How many seconds ago the oldest message came or changed that a search does not know yet.';

revoke all on all functions in schema voiceledger from public;
grant execute on function voiceledger.take_words_due(integer), voiceledger.open_words(integer),
  voiceledger.put_words_off(uuid, integer), voiceledger.words_lag_seconds() to service_role;

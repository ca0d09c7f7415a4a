-- Every change of a call or of what hangs on it gets a number, after it was committed. A number
-- drawn by the writer itself would say nothing of the order of commits: whoever read up to 7 would
-- miss the 6 that commits later. Waiting for all older transactions instead would let one that is
-- forgotten open hold up everybody.

-- What a statement changed, in rows of bounded length. What is deleted under a call that stays
-- changes the call: its counts. (A message taken away changes its call's totals, and so tells of it.)
create or replace function voiceledger.changes_are_due() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from changed_rows) then
    return null; -- an upsert is an insert and an update, of which one most often has no rows
  end if;
  -- One statement each: in a short transaction every further expression costs as much as it.
  case tg_argv[0]
    when 'call' then
      insert into public.call_changes_due (kind, call_ids, keys)
        select 'call', array_agg(r.id), array_agg(''::text)
        from (select c.id, row_number() over () / 1000 as piece from changed_rows c) r group by r.piece;
    when 'message' then
      insert into public.call_changes_due (kind, call_ids, keys)
        select 'message', array_agg(r.call_id), array_agg(r.id::text)
        from (select m.call_id, m.id, row_number() over () / 1000 as piece from changed_rows m) r
        group by r.piece;
    when 'participant' then
      insert into public.call_changes_due (kind, call_ids, keys)
        select 'participant', array_agg(r.call_id), array_agg(r.participant_sid)
        from (select p.call_id, p.participant_sid, row_number() over () / 1000 as piece
              from changed_rows p) r
        group by r.piece;
    when 'recording' then
      insert into public.call_changes_due (kind, call_ids, keys)
        select 'recording', array_agg(r.call_id), array_agg(r.egress_id)
        from (select e.call_id, e.egress_id, row_number() over () / 1000 as piece
              from changed_rows e) r
        group by r.piece;
    when 'erased' then
      insert into public.call_changes_due (kind, call_ids, keys)
        select 'erased', array_agg(r.id), array_agg(''::text)
        from (select c.id, row_number() over () / 1000 as piece from changed_rows c) r group by r.piece;
    when 'fewer' then
      insert into public.call_changes_due (kind, call_ids, keys)
        select 'call', array_agg(r.id), array_agg(''::text)
        from (select c.id, row_number() over () / 1000 as piece from public.voice_calls c
              where c.id in (select f.call_id from changed_rows f)) r
        group by r.piece;
  end case;
  return null;
end $$;
comment on function voiceledger.changes_are_due() is 'Leaves what a statement changed to be numbered after the commit.';

create or replace trigger _950_changes_are_due_on_insert after insert on voice_calls
  referencing new table as changed_rows
  for each statement execute function voiceledger.changes_are_due('call');
comment on trigger _950_changes_are_due_on_insert on voice_calls is 'A call that is new is told of.';
create or replace trigger _950_changes_are_due_on_update after update on voice_calls
  referencing new table as changed_rows
  for each statement execute function voiceledger.changes_are_due('call');
comment on trigger _950_changes_are_due_on_update on voice_calls is 'A call that changed is told of.';
create or replace trigger _950_changes_are_due_on_delete after delete on voice_calls
  referencing old table as changed_rows
  for each statement execute function voiceledger.changes_are_due('erased');
comment on trigger _950_changes_are_due_on_delete on voice_calls is 'An erased call is told of.';
create or replace trigger _950_changes_are_due_on_insert after insert on call_participants
  referencing new table as changed_rows
  for each statement execute function voiceledger.changes_are_due('participant');
comment on trigger _950_changes_are_due_on_insert on call_participants is 'A participant that is new is told of.';
create or replace trigger _950_changes_are_due_on_update after update on call_participants
  referencing new table as changed_rows
  for each statement execute function voiceledger.changes_are_due('participant');
comment on trigger _950_changes_are_due_on_update on call_participants is 'A participant that changed is told of.';
create or replace trigger _950_changes_are_due_on_delete after delete on call_participants
  referencing old table as changed_rows
  for each statement execute function voiceledger.changes_are_due('fewer');
comment on trigger _950_changes_are_due_on_delete on call_participants is 'A call of which a part is taken away is told of.';
create or replace trigger _950_changes_are_due_on_insert after insert on call_recordings
  referencing new table as changed_rows
  for each statement execute function voiceledger.changes_are_due('recording');
comment on trigger _950_changes_are_due_on_insert on call_recordings is 'A recording that is new is told of.';
create or replace trigger _950_changes_are_due_on_update after update on call_recordings
  referencing new table as changed_rows
  for each statement execute function voiceledger.changes_are_due('recording');
comment on trigger _950_changes_are_due_on_update on call_recordings is 'A recording that changed is told of.';
create or replace trigger _950_changes_are_due_on_delete after delete on call_recordings
  referencing old table as changed_rows
  for each statement execute function voiceledger.changes_are_due('fewer');
comment on trigger _950_changes_are_due_on_delete on call_recordings is 'A call of which a part is taken away is told of.';
create or replace trigger _950_changes_are_due_on_insert after insert on voice_messages
  referencing new table as changed_rows
  for each statement execute function voiceledger.changes_are_due('message');
comment on trigger _950_changes_are_due_on_insert on voice_messages is 'A message that is new is told of.';
create or replace trigger _950_changes_are_due_on_update after update on voice_messages
  referencing new table as changed_rows
  for each statement execute function voiceledger.changes_are_due('message');
comment on trigger _950_changes_are_due_on_update on voice_messages is 'A message that changed is told of.';

-- Gives numbers to what is due and tells whoever listens: one NOTIFY for all of it. Whoever numbers
-- next waits for this one's commit, so numbers become visible in their order; and as they are given
-- after the commits of what they name, whoever reads up to one finds all of that. Of several
-- changes of one row one number is left. What the log says of an erased call is left to
-- scrub_changes: every other change of it was due before, for its writers held the call's row.
--
-- due_from may pass an id only when nobody can commit a row with that id or a lesser one any more.
-- A transaction draws its xid with the row that it changes, and the id in the trigger after that
-- statement, so the xid first; ids and xids are both handed out in order. So whoever holds an id up
-- to one that is seen here had its xid before, and an xid that we draw afterwards is greater than
-- all of theirs: when nobody below it is under way, they are over, and what they left is visible.
-- (The snapshot's xmax would not do: it is one past the latest that is over, and others with
-- greater xids are under way already.)
create or replace function voiceledger.number_changes(
  items_max integer, out last bigint, out more boolean)
language plpgsql security definer set search_path = '' as $$
declare
  was public.call_changes_position;
  seen bigint;
  fresh boolean;
  upto bigint;
  settled boolean;
  numbered public.call_changes;
  erased uuid[];
begin
  select p.* into was from public.call_changes_position p;
  last := was.last;
  more := exists (select from public.call_changes_due d where d.id >= was.due_from);
  if not more then
    return;
  end if;
  -- Both before the lock, which draws our xid.
  fresh := pg_current_xact_id_if_assigned() is null;
  seen := (select max(d.id) from public.call_changes_due d where d.id >= was.due_from);
  select p.* into was from public.call_changes_position p for update;
  last := was.last;
  -- Asked before the rows are taken: who is over by now is seen there.
  settled := pg_snapshot_xmin(pg_current_snapshot()) >= was.mark_xid;
  select max(f.id) into upto
    from (select d.id, sum(cardinality(d.call_ids)) over (order by d.id) - cardinality(d.call_ids) as before
          from (select i.id, i.call_ids from public.call_changes_due i
                where i.id >= was.due_from order by i.id limit greatest(items_max, 1)) d) f
    where f.before < greatest(items_max, 1);
  with taken as (
      delete from public.call_changes_due d where d.id between was.due_from and upto
      returning d.id, d.kind, d.call_ids, d.keys, d.at),
    gone as (
      select i.call_id from taken t cross join unnest(t.call_ids) i (call_id) where t.kind = 'erased'),
    items as (
      select distinct on (t.kind, i.call_id, i.key) t.kind, i.call_id, i.key, t.id, i.place
      from taken t cross join unnest(t.call_ids, t.keys) with ordinality i (call_id, key, place)
      where t.kind = 'erased' or not exists (select from gone g where g.call_id = i.call_id)
      order by t.kind, i.call_id, i.key, t.id desc, i.place desc)
  select last + count(*), array_agg(i.kind order by i.id, i.place),
      array_agg(i.call_id order by i.id, i.place), array_agg(i.key order by i.id, i.place),
      (select min(t.at) from taken t), clock_timestamp(),
      array(select g.call_id from gone g)
    into numbered.last, numbered.kinds, numbered.call_ids, numbered.keys,
      numbered.changed_at, numbered.at, erased
    from items i;
  more := exists (select from public.call_changes_due d where d.id > upto);
  if numbered.kinds is null then
    return; -- somebody else has just done it
  end if;
  if cardinality(erased) > 0 then
    insert into public.call_changes_scrubs (last, call_ids) values (numbered.last, erased);
  end if;
  insert into public.call_changes select numbered.*;
  -- Whoever drew an id below the mark is over, and what they left is taken: so much is behind us.
  if fresh and settled and not exists (select from public.call_changes_due d
      where d.id >= was.due_from and d.id < was.mark_id) then
    was.due_from := was.mark_id;
    was.mark_id := greatest(was.mark_id, seen + 1);
    was.mark_xid := pg_current_xact_id();
  end if;
  update public.call_changes_position p
    set (last, due_from, mark_id, mark_xid) = (numbered.last, was.due_from, was.mark_id, was.mark_xid);
  perform pg_notify('voiceledger_changes', numbered.last::text);
  last := numbered.last;
end $$;
comment on function voiceledger.number_changes(integer) is 'Numbers about so many changes that are due and tells whoever listens on voiceledger_changes; returns the last number given, and whether more is due.';

-- Items of erased calls keep their numbers and say no more than that. A step at a time from the
-- beginning of the log, for all calls that wait for it when it begins; one replica at a time.
create or replace function voiceledger.scrub_changes(rows_max integer) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  together_max constant integer := 100;
  scrub public.call_changes_scrubs;
  through bigint;
  joined bigint;
  joined_ids uuid[];
begin
  select s.* into scrub from public.call_changes_scrubs s
    where s.last = (select min(m.last) from public.call_changes_scrubs m) for update skip locked;
  if not found then
    return false;
  end if;
  through := scrub.last;
  if scrub.done = 0 then
    with others as (
      delete from public.call_changes_scrubs s
        where s.last in (select o.last from public.call_changes_scrubs o
          where o.last > scrub.last order by o.last limit together_max)
        returning s.last, s.call_ids)
    select max(o.last), array_agg(i.call_id) into joined, joined_ids
      from others o cross join unnest(o.call_ids) i (call_id);
    through := greatest(through, joined);
    scrub.call_ids := scrub.call_ids || joined_ids;
  end if;
  joined := scrub.done;
  select max(w.last) into scrub.done
    from (select l.last from public.call_changes l
          where l.last > joined and l.last <= through order by l.last limit greatest(rows_max, 1)) w;
  if scrub.done is null then
    delete from public.call_changes_scrubs s where s.last = scrub.last;
    return exists (select from public.call_changes_scrubs s);
  end if;
  update public.call_changes l set kinds = c.kinds, keys = c.keys
    from (
      select w.last,
        array_agg(case when e.id is null then i.kind else 'erased' end order by i.place) as kinds,
        array_agg(case when e.id is null then i.key else '' end order by i.place) as keys
      from public.call_changes w
        cross join unnest(w.kinds, w.call_ids, w.keys) with ordinality i (kind, call_id, key, place)
        left join (select distinct u.id from unnest(scrub.call_ids) u (id)) e on e.id = i.call_id
      where w.last > joined and w.last <= scrub.done
      group by w.last having count(e.id) > 0) c
    where l.last = c.last;
  update public.call_changes_scrubs s set last = through, done = scrub.done, call_ids = scrub.call_ids
    where s.last = scrub.last;
  return true;
end $$;
comment on function voiceledger.scrub_changes(integer) is 'Takes what was numbered of erased calls out of so many rows of the log, but for the fact that they are erased; returns whether there is more to do.';

-- Takes the oldest first and not many at once, so that it is short wherever it runs.
create or replace function voiceledger.forget_changes(rows_max integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  delete from public.call_changes l
    where l.last = any (array(
      select o.last
      from (select c.last, c.at from public.call_changes c order by c.last limit rows_max for update skip locked) o
      where o.at < now() - interval '15 minutes'
        and (o.at < now() - interval '24 hours'
          or not exists (select from public.call_changes_consumers c where c.last < o.last))));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function voiceledger.forget_changes(integer) is 'Takes at most so many rows that are older than 15 minutes off the log, those excepted that a consumer has not read, for 24 hours; returns how many.';

revoke all on all functions in schema voiceledger from public;
grant execute on function voiceledger.number_changes(integer), voiceledger.forget_changes(integer),
    voiceledger.scrub_changes(integer)
  to service_role;

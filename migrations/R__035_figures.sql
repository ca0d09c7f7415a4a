-- Figures of ended calls, written behind the ledger. The ledger's own transaction only says that a
-- call is due; whoever refreshes reads what the call says by then. V011 drops a trigger of these.

create or replace function voiceledger.figures_are_due() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.call_figures_due (call_id) values (new.id);
  return null;
end $$;
comment on function voiceledger.figures_are_due() is 'The figures of an ended call changed, or it ended or went on: they are to be taken again.';
create or replace trigger _500_figures_of_a_new_call_are_due after insert on voice_calls
  for each row when (new.ended_at is not null)
  execute function voiceledger.figures_are_due();
comment on trigger _500_figures_of_a_new_call_are_due on voice_calls is 'A call that is written ended has figures.';
create or replace trigger _500_figures_are_due after update on voice_calls
  for each row when (
    (old.ended_at is null) <> (new.ended_at is null)
    or new.ended_at is not null
      and (old.started_at, old.duration_seconds, old.total_tokens_used, old.cost_usd)
        is distinct from (new.started_at, new.duration_seconds, new.total_tokens_used, new.cost_usd))
  execute function voiceledger.figures_are_due();
comment on trigger _500_figures_are_due on voice_calls is 'The figures of an ended call changed, or it ended or went on: they are to be taken again.';

-- Exact, because each statement here sees what was committed before it: a due row is taken first
-- and its call read after that, and who commits later leaves a due row of its own. Two that
-- refreshed one call at once might write in the wrong order, so one goes at a time and the others
-- find nothing to do. Nobody else waits: the ledger's updates pass a key share lock. That lock
-- keeps an erasure from running between reading a call and writing its figures; calls that are
-- being erased this moment are put back, for the erasure may yet be undone.
create or replace function voiceledger.refresh_figures(calls_max integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  taken uuid[];
  steady uuid[];
  put_back integer;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('voiceledger.refresh_figures', 0)) then
    return 0;
  end if;
  with due as (
      select d.call_id, d.id from public.call_figures_due d
      order by d.call_id, d.id limit calls_max for update skip locked),
    gone as (
      delete from public.call_figures_due d using due
      where (d.call_id, d.id) = (due.call_id, due.id) returning d.call_id)
  select array_agg(g.call_id) into taken from gone g;
  if taken is null then
    return 0;
  end if;
  steady := array(select c.id from public.voice_calls c where c.id = any (taken)
    order by c.id for key share skip locked);
  insert into public.call_figures_due (call_id)
    select c.id from public.voice_calls c where c.id = any (taken) and c.id <> all (steady);
  get diagnostics put_back = row_count;
  delete from public.call_figures f using public.voice_calls c
    where f.call_id = any (steady) and c.id = f.call_id and c.ended_at is null;
  insert into public.call_figures as f
      (call_id, started_at, duration_seconds, total_tokens_used, cost_usd)
    select c.id, coalesce(c.started_at, c.created_at), coalesce(c.duration_seconds, 0),
      c.total_tokens_used, c.cost_usd
    from public.voice_calls c where c.id = any (steady) and c.ended_at is not null
    order by c.id
    on conflict (call_id) do update
      set started_at = excluded.started_at, duration_seconds = excluded.duration_seconds,
          total_tokens_used = excluded.total_tokens_used, cost_usd = excluded.cost_usd
      where (f.started_at, f.duration_seconds, f.total_tokens_used, f.cost_usd) is distinct from
        (excluded.started_at, excluded.duration_seconds, excluded.total_tokens_used, excluded.cost_usd);
  return cardinality(taken) - put_back;
end $$;
comment on function voiceledger.refresh_figures(integer) is 'Takes at most so many due rows and brings the figures of their calls up to date; returns how many it took. 0: nothing is due, or somebody else is at it.';

-- What ended after V005 and before these triggers; their locks keep every writer out until commit.
insert into call_figures_due (call_id)
  select c.id from voice_calls c
  where c.ended_at is not null and not exists (select from call_figures f where f.call_id = c.id);

revoke all on all functions in schema voiceledger from public;

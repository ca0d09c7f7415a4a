-- Forgetting, in small steps beside a ledger that goes on. A step walks an index from where the
-- last one stood, so that rows which stay, or are dead and not yet swept away, are passed once and
-- not at each step. It waits for no lock. One replica walks at a time, by a lease on one row.

-- Raw events. A walk that met its end begins anew the next time, so that what was locked, or has
-- been replayed since, goes then. The first row behind the bound on bytes is still taken: even a
-- row that is larger than the bound goes, alone.
create or replace function voiceledger.forget_events(
  replica uuid, raw_days integer, failed_days integer, rows_max integer, bytes_max bigint,
  out removed integer, out more boolean)
language plpgsql security definer set search_path = '' set enable_seqscan = off set lock_timeout = '200ms' as $$
declare
  sweep public.retention_sweeps;
  raw_before constant timestamptz := now() - make_interval(days => raw_days);
  failed_before constant timestamptz := now() - make_interval(days => failed_days);
  seen record;
  old tid[] := '{}';
  bytes bigint := 0;
  walked integer := 0;
begin
  removed := 0;
  more := false;
  select s.* into sweep from public.retention_sweeps s
    where s.subject = 'webhook_events' and (s.holder is null or s.holder = replica or s.held_until < now())
    for update skip locked;
  if not found then
    return;
  end if;
  for seen in
    select e.ctid, e.received_at, e.provider, e.id, e.state, pg_column_size(e.body) as size
      from public.webhook_events e
      where e.received_at < raw_before
        and (e.received_at, e.provider, e.id) > (sweep.reached_at, sweep.reached_provider, sweep.reached_id)
      order by e.received_at, e.provider, e.id limit rows_max
  loop
    walked := walked + 1;
    bytes := bytes + seen.size;
    if seen.state <> 'failed' or seen.received_at < failed_before then
      old := old || seen.ctid;
    end if;
    more := walked = rows_max or bytes >= bytes_max;
    exit when more;
  end loop;
  delete from public.webhook_events e where e.ctid = any (array(
    select l.ctid from public.webhook_events l where l.ctid = any (old) for update skip locked));
  get diagnostics removed = row_count;
  update public.retention_sweeps s
    set holder = case when more then replica end,
        held_until = case when more then clock_timestamp() + interval '30 seconds' end,
        reached_at = case when more then seen.received_at else '-infinity' end,
        reached_provider = case when more then seen.provider else '' end,
        reached_id = case when more then seen.id else '' end,
        swept_at = case when more then s.swept_at else now() end
    where s.subject = 'webhook_events';
end $$;
comment on function voiceledger.forget_events(uuid, integer, integer, integer, bigint) is 'One step of forgetting raw events that are so many days old, failed ones (null: never) later; more: there is more to walk. Nothing where another replica walks.';

-- Calls that ended so many days ago are named here and erased one by one, each in a transaction of
-- its own: one that cannot be erased now does not stand in the way of the others. The walk goes by
-- the start, which an index has: who ended so long ago began before that. A walk that names calls is
-- never over with that, so that its turn lasts until they are erased.
create or replace function voiceledger.calls_past_retention(
  replica uuid, calls_days integer, rows_max integer, calls_max integer,
  out call_ids uuid[], out more boolean)
language plpgsql security definer set search_path = '' set enable_seqscan = off set lock_timeout = '200ms' as $$
declare
  sweep public.retention_sweeps;
  ended_before constant timestamptz := now() - make_interval(days => calls_days);
  seen record;
  walked integer := 0;
begin
  call_ids := '{}';
  more := false;
  select s.* into sweep from public.retention_sweeps s
    where s.subject = 'voice_calls' and (s.holder is null or s.holder = replica or s.held_until < now())
    for update skip locked;
  if not found then
    return;
  end if;
  for seen in
    select c.id, c.started_at, c.ended_at from public.voice_calls c
      where c.started_at < ended_before and (c.started_at, c.id) > (sweep.reached_at,
        coalesce(nullif(sweep.reached_id, ''), '00000000-0000-0000-0000-000000000000')::uuid)
      order by c.started_at, c.id limit rows_max
  loop
    walked := walked + 1;
    if seen.ended_at < ended_before then
      call_ids := call_ids || seen.id;
    end if;
    sweep.reached_at := seen.started_at;
    sweep.reached_id := seen.id;
    exit when cardinality(call_ids) = calls_max;
  end loop;
  more := walked = rows_max or cardinality(call_ids) > 0;
  update public.retention_sweeps s
    set holder = case when more then replica end,
        held_until = case when more then clock_timestamp() + interval '5 minutes' end,
        reached_at = case when more then sweep.reached_at else '-infinity' end,
        reached_id = case when more then sweep.reached_id else '' end,
        swept_at = case when more then s.swept_at else now() end
    where s.subject = 'voice_calls';
end $$;
comment on function voiceledger.calls_past_retention(uuid, integer, integer, integer) is 'The next calls that ended so many days ago; more: there is more to walk. None where another replica walks.';

-- Erased as by DELETE, which triggers see to; asked again here, for the call may be going on. What
-- is under a large call goes first, so many messages and raw events a step: all at once would run
-- into the bound of a statement, and so each time anew. Until its last step such a call is there,
-- with fewer messages. Participants stay to the last, for who may see the call follows from them.
drop function if exists voiceledger.erase_past_retention(uuid, integer);
create or replace function voiceledger.erase_past_retention(
  replica uuid, call uuid, calls_days integer, rows_max integer) returns jsonb
language plpgsql security definer set search_path = '' set enable_seqscan = off set lock_timeout = '200ms' as $$
declare
  messages integer := 0;
  events integer := 0;
  objects integer := 0;
begin
  update public.retention_sweeps s set held_until = clock_timestamp() + interval '5 minutes'
    where s.subject = 'voice_calls' and s.holder = replica;
  if not found then
    return null;
  end if;
  perform from public.voice_calls c
    where c.id = call and c.ended_at < now() - make_interval(days => calls_days) for update;
  if not found then
    return null;
  end if;
  if exists (select from public.voice_messages m where m.call_id = call offset rows_max) then
    with gone as (
      delete from public.voice_messages m
        where m.call_id = call and m.id = any (array(
          select f.id from public.voice_messages f where f.call_id = call order by f.sequence_number limit rows_max))
        returning m.audio_url)
    select count(*), count(distinct g.audio_url) into messages, objects from gone g;
  end if;
  if exists (select from public.webhook_events e where e.call_id = call offset rows_max) then
    delete from public.webhook_events e
      where e.ctid = any (array(select f.ctid from public.webhook_events f where f.call_id = call limit rows_max));
    get diagnostics events = row_count;
  end if;
  if messages + events > 0 then
    return jsonb_build_object('erased', jsonb_build_object('voice_messages', messages, 'webhook_events', events),
      'not_erased', objects, 'not_erased_has_more', false, 'more', true);
  end if;
  delete from public.voice_calls c where c.id = call;
  return jsonb_build_object('more', false, 'not_erased', jsonb_array_length(r.receipt -> 'not_erased'),
      'erased', r.receipt -> 'erased', 'not_erased_has_more', r.receipt -> 'not_erased_has_more')
    from (select current_setting('voiceledger.receipt')::jsonb as receipt) r;
end $$;
comment on function voiceledger.erase_past_retention(uuid, uuid, integer, integer) is 'Erases a call that ended so many days ago, or so many messages and raw events of one that has more, and renews the replica''s turn; returns how many rows of which table went and how many objects elsewhere stay, and whether there is more of the call. Null where there is no such call, or it is another''s turn.';

revoke all on all functions in schema voiceledger from public;
grant execute on function voiceledger.forget_events(uuid, integer, integer, integer, bigint),
  voiceledger.calls_past_retention(uuid, integer, integer, integer),
  voiceledger.erase_past_retention(uuid, uuid, integer, integer) to service_role;

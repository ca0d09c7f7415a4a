-- law: of an erased call nothing remains but hashes of its ids
-- sabotage: alter table erased_calls add column session_id text default 'RM_all'
-- sabotage: alter table voice_calls disable trigger _910_keys_go_with_the_call
-- sabotage: alter table voice_calls disable trigger _900_erased_stays_erased
-- sabotage: alter table call_figures_due add column named text default 'all'
-- sabotage: create or replace function voiceledger.scrub_changes(rows_max integer) returns boolean language sql as 'select false'
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.scrub_changes'::regproc), 'limit together_max', 'limit 0'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.scrub_changes'::regproc), 'greatest(rows_max, 1)', '1000'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.number_changes'::regproc), 'where g.call_id = i.call_id', 'where false'); end $s$
-- sabotage: alter table voice_calls disable trigger _950_changes_are_due_on_delete
-- sabotage: alter table call_figures drop constraint call_figures_call_id_fkey
-- sabotage: alter table transcript_words drop constraint transcript_words_call_id_fkey
do $$
declare
  call uuid := test.a_call_with_everything();
  remains text;
  rows_with bigint;
  t regclass;
begin
  update webhook_events set room_sid = 'RM_all', body = 'RM_all' where call_id = call;
  insert into idempotency_keys (caller, key, body_sha256, call_id) values ('user:ann', 'k', sha256(''), call);
  insert into call_figures select call, now(), 1, 2, 3;
  insert into transcript_words (call_id, part, message_ids, folded) values (call, 0, '{}', ' hello');
  perform test.become('postgres', 'none', '');
  insert into call_figures_due (call_id) values (call);
  perform voiceledger.number_changes(1000);
  assert (select 'PA_bob' = any (keys) from call_changes), 'what changed before is in the log';
  update voice_calls set summary = 'x' where id = call;
  update call_participants set is_muted = true where call_id = call;
  delete from voice_calls where id = call;
  perform voiceledger.number_changes(1000);
  assert not exists (select from call_changes_due), 'all that changed has its number';
  assert (select kinds = array['erased'] from call_changes order by last desc limit 1), 'and of it alone that it is erased';
  insert into call_changes_scrubs (last, call_ids) select max(last) + 1, array[gen_random_uuid()] from call_changes;
  assert voiceledger.scrub_changes(1), 'the log is rid of it in steps';
  assert (select min(done) = (select min(last) from call_changes) from call_changes_scrubs where done > 0), 'of so many rows each';
  assert (select count(*) = 1 from call_changes_scrubs), 'of several calls at once';
  while voiceledger.scrub_changes(1) loop
  end loop;
  assert not exists (select from call_changes l cross join unnest(l.kinds, l.call_ids, l.keys) i (kind, id, key)
    where i.id = call and (i.kind, i.key) <> ('erased', '')), 'the log says of it that it is erased, and no more';
  assert (select sum(cardinality(keys)) = max(last) from call_changes), 'and no number is lost by that';
  for t in select c.oid from pg_class c where c.relkind in ('r', 'p')
      and c.relnamespace in ('public'::regnamespace, 'voiceledger'::regnamespace) loop
    execute format($q$select count(*) from %s x where to_jsonb(x)::text ~ '"all"|RM_all|hello'$q$, t) into rows_with;
    assert rows_with = 0, 'no name, sid or word of it remains';
    execute format($q$select count(*) from %s x where to_jsonb(x)::text like '%%' || $1 || '%%'$q$, t) into rows_with using call;
    if rows_with > 0 then
      remains := concat_ws(', ', remains, t);
    end if;
  end loop;
  assert (select array_agg(n order by n) from unnest(string_to_array(remains, ', ')) n)
      = array['call_changes', 'call_figures_due', 'erased_calls'],
    'its id is a tombstone, in the queue for a moment and in the log for a while: ' || coalesce(remains, 'nowhere');
  perform test.as_service();
  assert voiceledger.refresh_figures(10) >= 1, 'whoever refreshes figures takes it from there';
  assert not exists (select from voiceledger.take_words_due(1000) t where t.call_id = call), 'it has no words';
  perform test.become('postgres', 'none', '');
  update call_changes set at = at - interval '16 minutes';
  perform voiceledger.forget_changes(1000);
  assert not exists (select from call_changes), 'the log forgets';
  assert not exists (select from call_figures_due) and exists (select from erased_calls where call_id = call),
    'then the tombstone alone is left';
end $$;

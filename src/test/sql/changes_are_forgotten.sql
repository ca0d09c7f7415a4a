-- law: the log forgets after 15 minutes, waits 24 hours for a consumer, and is the service's alone
-- sabotage: create or replace function voiceledger.forget_changes(rows_max integer) returns integer language sql security definer set search_path = '' as 'delete from public.call_changes; select 1'
-- sabotage: create or replace function voiceledger.forget_changes(rows_max integer) returns integer language sql as 'select 0'
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.forget_changes'::regproc), 'where c.last < o.last', 'where false'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.forget_changes'::regproc), '24 hours', '24 days'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.forget_changes'::regproc), 'limit rows_max', ''); end $s$
-- sabotage: grant select on call_changes to authenticated; create policy mutant on call_changes using (true)
-- sabotage: grant execute on function voiceledger.number_changes(integer) to authenticated
-- sabotage: grant insert on call_changes_due to service_role; create policy mutant on call_changes_due for insert with check (true)
-- sabotage: revoke select on call_changes from service_role
create function pg_temp.age(span interval) returns void language plpgsql as $$
begin
  perform test.as_owner();
  update call_changes set at = now() - span;
  perform test.as_service();
end $$;
do $$
declare
  n integer;
begin
  perform test.as_service();
  delete from call_changes_consumers;
  for i in 1 .. 4 loop
    insert into voice_calls (room_sid) values ('RM_' || i);
    perform voiceledger.number_changes(10);
  end loop;
  assert test.rows('select from call_changes') = 4 and test.rows('select from call_changes_position') = 1, 'the service reads the log';
  perform pg_temp.age('14 minutes');
  assert voiceledger.forget_changes(100) = 0, 'nothing is forgotten before its time';
  perform pg_temp.age('16 minutes');
  insert into call_changes_consumers (name, last) values ('test', 2);
  assert voiceledger.forget_changes(1) = 1 and voiceledger.forget_changes(100) = 1, 'what the consumer has read is forgotten, in steps';
  assert voiceledger.forget_changes(100) = 0 and (select min(last) = 3 from call_changes), 'and no more';
  perform pg_temp.age('25 hours');
  assert voiceledger.forget_changes(100) = 2, 'but a consumer is not waited for longer than a day';
  assert (select last = 4 and not more from voiceledger.number_changes(10)), 'the numbers go on from there';
  assert test.refused('insert into call_changes_due (kind, call_ids, keys) values (''call'', ''{}'', ''{}'')', '42501')
      and test.refused('delete from call_changes', '42501') and test.refused('update call_changes_position set last = 0', '42501'),
    'only functions of the owner write';
  perform test.as_admin(test.ada());
  assert test.refused('select voiceledger.number_changes(1)', '42501') and test.refused('select voiceledger.forget_changes(1)', '42501'),
    'people number nothing';
  foreach n in array array[1, 2, 3, 4] loop
    assert test.rows('select from ' || (array['call_changes', 'call_changes_due', 'call_changes_position', 'call_changes_consumers'])[n]) is null,
      'and see nothing of it';
  end loop;
end $$;

-- law: raw events are forgotten when they are old, failed ones later, a step at a time, by one replica at a time
-- sabotage: create or replace function voiceledger.forget_events(replica uuid, raw_days integer, failed_days integer, rows_max integer, bytes_max bigint, out removed integer, out more boolean) language sql as 'select 0, false'
-- sabotage: create or replace function voiceledger.forget_events(replica uuid, raw_days integer, failed_days integer, rows_max integer, bytes_max bigint, out removed integer, out more boolean) language sql as 'delete from webhook_events; select 1, true'
-- sabotage: revoke execute on function voiceledger.forget_events(uuid, integer, integer, integer, bigint) from service_role
-- sabotage: update retention_sweeps set holder = gen_random_uuid(), held_until = now() + interval '1 hour'
create function pg_temp.step(replica uuid, rows_max integer, bytes_max bigint) returns text language sql as
  $$ select concat_ws(' ', f.removed, f.more) from voiceledger.forget_events(replica, 30, 90, rows_max, bytes_max) f $$;
create function pg_temp.left() returns text language sql as
  $$ select string_agg(id, ' ' order by received_at, id) from webhook_events $$;
select test.as_service();
insert into webhook_events (id, state, error, received_at, body)
  select id, state::webhook_event_state, case state when 'failed' then 'odd' end,
    now() - days * interval '1 day', convert_to(repeat('x', bytes), 'UTF8')
  from (values ('a', 'failed', 91, 10), ('b', 'failed', 89, 10), ('c', 'applied', 60, 10), ('d', 'ignored', 50, 10),
    ('e', 'applied', 40, 3000000), ('f', 'applied', 31, 10), ('g', 'applied', 29, 10), ('h', 'failed', 1, 10))
    x (id, state, days, bytes);
do $$
declare
  one constant uuid := gen_random_uuid();
  two constant uuid := gen_random_uuid();
begin
  assert not test.refused('select voiceledger.forget_events(gen_random_uuid(), 999, 999, 1, 1)', '42501'),
    'the service may ask for a step';
  assert pg_temp.step(one, 2, 1000000) = '1 t' and pg_temp.left() = 'b c d e f g h',
    'the oldest two are walked, and a failed one that is old enough to be forgotten went';
  assert pg_temp.step(two, 10, 1000000) = '0 f' and pg_temp.left() = 'b c d e f g h', 'meanwhile nobody else walks';
  assert pg_temp.step(one, 2, 1000000) = '2 t' and pg_temp.left() = 'b e f g h', 'the walk goes on behind what stays';
  assert pg_temp.step(one, 9, 1) = '1 t' and pg_temp.left() = 'b f g h', 'a row past the bound on bytes goes alone';
  perform test.as_owner();
  update retention_sweeps set held_until = now() - interval '1 second' where holder = one;
  perform test.as_service();
  assert pg_temp.step(two, 9, 1000000) = '1 f' and pg_temp.left() = 'b g h',
    'a replica that is gone leaves the walk to another, which ends it';
  assert (select (holder is null, reached_at, reached_id) = (true, '-infinity'::timestamptz, '') from retention_sweeps
    where subject = 'webhook_events'), 'the next walk begins anew';
  update webhook_events set state = 'applied', error = null where id = 'b';
  assert pg_temp.step(one, 9, 1000000) = '1 f' and pg_temp.left() = 'g h', 'what was replayed meanwhile goes then';
  assert (select f.removed from voiceledger.forget_events(one, 1, null, 9, 1000000) f) = 1 and pg_temp.left() = 'h',
    'without a time for failed events they stay';
end $$;

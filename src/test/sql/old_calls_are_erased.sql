-- law: calls that ended long ago are erased like any other, and open ones never
-- sabotage: create or replace function voiceledger.erase_past_retention(replica uuid, call uuid, calls_days integer, rows_max integer) returns jsonb language sql as 'delete from voice_calls c where c.id = call; select current_setting(''voiceledger.receipt'')::jsonb'
-- sabotage: alter table voice_calls disable trigger _900_erased_stays_erased
-- sabotage: create or replace function voiceledger.calls_past_retention(replica uuid, calls_days integer, rows_max integer, calls_max integer, out call_ids uuid[], out more boolean) language sql as 'select array_agg(id), false from voice_calls'
-- sabotage: alter function voiceledger.calls_past_retention(uuid, integer, integer, integer) rename to all_of_them; create function voiceledger.calls_past_retention(replica uuid, calls_days integer, rows_max integer, calls_max integer, out call_ids uuid[], out more boolean) language plpgsql as 'begin select o.call_ids, o.more and cardinality(o.call_ids) >= calls_max into call_ids, more from voiceledger.all_of_them(replica, calls_days, rows_max, calls_max) o; end'
-- sabotage: alter function voiceledger.calls_past_retention(uuid, integer, integer, integer) rename to all_of_them; create function voiceledger.calls_past_retention(replica uuid, calls_days integer, rows_max integer, calls_max integer, out call_ids uuid[], out more boolean) language plpgsql security definer as 'begin select o.call_ids, o.more into call_ids, more from voiceledger.all_of_them(replica, calls_days, rows_max, calls_max) o; update retention_sweeps set holder = null, held_until = null where rows_max = calls_max and holder = replica; end'
-- sabotage: alter function voiceledger.erase_past_retention(uuid, uuid, integer, integer) rename to all_at_once; create function voiceledger.erase_past_retention(replica uuid, call uuid, calls_days integer, rows_max integer) returns jsonb language sql as 'select voiceledger.all_at_once(replica, call, calls_days, 1000)'
-- sabotage: update retention_sweeps set holder = gen_random_uuid(), held_until = now() + interval '1 hour'
create function pg_temp.days_ago(days integer) returns timestamptz language sql as
  $$ select now() - days * interval '1 day' $$;
create function pg_temp.step(replica uuid, rows_max integer, calls_max integer) returns text language sql as $$
  select concat_ws(' ', (select string_agg(c.room_sid, ' ' order by c.room_sid) from voice_calls c where c.id = any (o.call_ids)), o.more)
  from voiceledger.calls_past_retention(replica, 90, rows_max, calls_max) o
$$;
select test.as_service();
insert into voice_calls (room_sid, room_created_at, end_reported_at) values
  ('RM_1', pg_temp.days_ago(100), pg_temp.days_ago(95)), ('RM_2', pg_temp.days_ago(99), pg_temp.days_ago(98)),
  ('RM_3', pg_temp.days_ago(98), pg_temp.days_ago(89)), ('RM_4', pg_temp.days_ago(97), null),
  ('RM_5', pg_temp.days_ago(96), pg_temp.days_ago(95)), ('RM_6', pg_temp.days_ago(9), pg_temp.days_ago(8));
insert into voice_messages (call_id, role, content, audio_url)
  select test.call('RM_1'), 'user', 'x', 's3://' || n / 4 from generate_series(1, 5) n;
do $$
declare
  one constant uuid := gen_random_uuid();
  receipt jsonb;
begin
  assert pg_temp.step(one, 9, 1) = 'RM_1 t', 'the oldest is named first';
  assert (select o.call_ids = '{}' from voiceledger.calls_past_retention(gen_random_uuid(), 90, 9, 9) o), 'to one replica alone';
  assert pg_temp.step(one, 9, 9) = 'RM_2 RM_5 t', 'the walk goes on, past what ended later and what is open';
  assert pg_temp.step(gen_random_uuid(), 9, 9) = 'f', 'its turn lasts while it erases what was named last';
  assert voiceledger.erase_past_retention(gen_random_uuid(), test.call('RM_1'), 90, 9) is null, 'whose turn it is erases';
  receipt := voiceledger.erase_past_retention(one, test.call('RM_1'), 90, 3);
  assert receipt #>> '{erased,voice_messages}' = '3' and receipt #>> '{erased,webhook_events}' = '0'
      and receipt ->> 'not_erased' = '1' and (receipt ->> 'more')::boolean, 'what is under a large call goes first';
  assert (select (message_count, ended_at) = (2, pg_temp.days_ago(95)) from voice_calls where id = test.call('RM_1')), 'it is still there';
  receipt := voiceledger.erase_past_retention(one, test.call('RM_1'), 90, 3);
  assert receipt #>> '{erased,voice_messages}' = '2' and receipt #>> '{erased,voice_calls}' = '1'
      and receipt ->> 'not_erased' = '1' and not (receipt ->> 'more')::boolean, 'there is a receipt';
  assert voiceledger.erase_past_retention(one, test.call('RM_1'), 90, 9) is null, 'once';
  assert voiceledger.erase_past_retention(one, test.call('RM_3'), 90, 9) is null
      and voiceledger.erase_past_retention(one, test.call('RM_4'), 90, 9) is null
      and voiceledger.erase_past_retention(one, test.call('RM_6'), 90, 9) is null, 'what is not old enough, or open, stays';
  assert pg_temp.step(one, 9, 9) = 'f', 'behind the last call there is no more';
  assert pg_temp.step(gen_random_uuid(), 9, 1) = 'RM_2 t', 'and its turn has ended';
  assert (select string_agg(room_sid, ' ' order by room_sid) from voice_calls) = 'RM_2 RM_3 RM_4 RM_5 RM_6', 'nothing else went';
  assert exists (select from erased_calls where call_id = test.call('RM_1')) and not exists (select from voice_messages),
    'as by DELETE: a tombstone, and nothing under it';
end $$;

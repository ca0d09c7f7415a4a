-- law: no index names a column that a message changes
-- sabotage: create index mutant on voice_calls (total_tokens_used)
-- sabotage: create index mutant on voice_calls (started_at) where message_count > 0
-- sabotage: create index mutant on voice_calls ((updated_at at time zone 'UTC'))
-- sabotage: create index mutant on voice_calls (agent_name, cost_usd)
-- sabotage: create index mutant on voice_calls using gin (metadata) where message_seq = 0
select test.as_service();
insert into voice_calls (room_sid) values ('RM_a');
do $$
declare
  before jsonb := (select to_jsonb(c) from voice_calls c);
  hot bigint := pg_stat_get_xact_tuples_hot_updated('voice_calls'::regclass);
  changed text[];
  bad text;
begin
  update voice_calls set updated_at = test.at(0), message_seq = 0; -- now() stands still in a transaction
  insert into voice_messages (call_id, role, content, input_tokens, output_tokens, cost_usd)
    values (test.call('RM_a'), 'user', 'x', 1, 2, 0.5);
  select array_agg(key) || array['updated_at'] into changed
    from voice_calls c, jsonb_each(to_jsonb(c)) a where a.value is distinct from before -> a.key;
  assert cardinality(changed) > 8, 'a message changes the totals of its call';
  select string_agg(distinct i.indexrelid::regclass::text, ', ') into bad
    from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and a.attname = any (changed)
    where i.indrelid = 'voice_calls'::regclass
      and (a.attnum = any (i.indkey::int2[])
        or exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid
                   and d.refobjid = i.indrelid and d.refobjsubid = a.attnum));
  assert bad is null, 'no index names a column that a message changes, but there is ' || bad;
  assert pg_stat_get_xact_tuples_hot_updated('voice_calls'::regclass) > hot, 'and so the call''s row is updated in place';
end $$;

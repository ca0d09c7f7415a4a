-- law: cost is, for each component, what usage says where it has a price, else what messages say
-- sabotage: alter table voice_calls disable trigger _200_totals_follow_their_sources
-- sabotage: alter table call_usage disable trigger _200_call_sums_its_usage_on_insert
create function pg_temp.cost() returns numeric language sql as $$ select cost_usd from voice_calls $$;
select test.as_service();
insert into voice_calls (room_sid) values ('RM_a');
do $$
declare
  call uuid := test.call('RM_a');
  half text;
begin
  insert into voice_messages (call_id, role, content, cost_usd) values (call, 'assistant', 'x', 0.2);
  assert pg_temp.cost() = 0.2, 'without usage the messages say it';
  insert into call_usage (call_id, source, type, cost_usd) values (call, 'job', 'stt_usage', 0.01), (call, 'job', 'llm_usage', null);
  assert pg_temp.cost() = 0.21, 'usage without a price leaves the messages'' price, other components add theirs';
  update call_usage set cost_usd = 0.3 where type = 'llm_usage';
  assert pg_temp.cost() = 0.31, 'a priced LLM replaces the messages'' price and is not added to it';
  foreach half in array array['0.005:1', '0.0049:0', '0.015:2', '0.025:3', '1.004999:100', '0:0'] loop
    update call_usage set cost_usd = case type when 'llm_usage' then split_part(half, ':', 1)::numeric else 0 end;
    assert (select cost_cents from voice_calls) = split_part(half, ':', 2)::int, 'cents are rounded half up';
  end loop;
end $$;

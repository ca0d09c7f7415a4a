-- law: what usage says can be absurd and still be summed
-- sabotage: alter table call_usage disable trigger _200_call_sums_its_usage_on_insert
select test.as_service();
insert into voice_calls (room_sid) values ('RM_a');
do $$
begin
  insert into call_usage (call_id, source, type, input_tokens, output_tokens)
    select test.call('RM_a'), 'job:' || n, 'llm_usage', 1000000000, 1000000000 from generate_series(1, 9) n;
  assert (select (input_tokens, output_tokens, total_tokens_used) from voice_calls)
    = (9000000000, 9000000000, 18000000000), 'sums have room for more than a row has';
end $$;

-- law: once LLM usage is reported, tokens follow from it and never from the sum of both
-- sabotage: alter table call_usage disable trigger _200_call_sums_its_usage_on_insert
-- sabotage: alter table call_usage disable trigger _200_call_sums_its_usage_on_update
-- sabotage: alter table call_usage disable trigger _200_call_sums_its_usage_on_delete
-- sabotage: alter table voice_calls disable trigger _200_totals_follow_their_sources
create function pg_temp.tokens() returns int[] language sql as
  $$ select array[input_tokens, output_tokens, total_tokens_used] from voice_calls $$;
select test.as_service();
insert into voice_calls (room_sid) values ('RM_a');
do $$
declare
  call uuid := test.call('RM_a');
begin
  insert into voice_messages (call_id, role, content, input_tokens, output_tokens) values (call, 'user', 'x', 10, 5);
  insert into call_usage (call_id, source, type, characters_count) values (call, 'job', 'tts_usage', 100);
  assert pg_temp.tokens() = array[10, 5, 15], 'other usage than an LLM''s replaces nothing';
  insert into call_usage (call_id, source, type, model, input_tokens, output_tokens)
    values (call, 'job', 'llm_usage', 'a', 100, 50), (call, 'job', 'llm_usage', 'b', 1, 2);
  assert pg_temp.tokens() = array[101, 52, 153], 'LLM usage replaces what messages say';
  insert into voice_messages (call_id, role, content, tokens_used) values (call, 'user', 'y', 1000);
  assert pg_temp.tokens() = array[101, 52, 153], 'later messages add nothing to it';
  insert into call_usage (call_id, source, type, model, input_tokens, output_tokens)
    values (call, 'job', 'llm_usage', 'a', 110, 60)
    on conflict (call_id, source, type, provider, model) do update
      set input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens;
  assert pg_temp.tokens() = array[111, 62, 173], 'a later report replaces the earlier one';
  delete from call_usage where type = 'llm_usage';
  assert pg_temp.tokens() = array[10, 5, 1015], 'without it the messages speak again';
end $$;

-- law: what cannot be is refused with a name
-- sabotage: alter table voice_messages drop constraint voice_messages_are_not_negative
-- sabotage: alter table voice_calls drop constraint voice_calls_start_is_a_time
-- sabotage: alter table voice_messages drop constraint voice_messages_number_is_not_negative
select test.as_service();
insert into voice_calls (room_sid) values ('RM_a');
do $$
declare
  wrong text;
begin
  foreach wrong in array array['tokens_used = -1', 'cost_usd = -1', 'cost_usd = ''NaN''', 'sequence_number = -1', 'metadata = ''[]''',
      '"timestamp" = ''infinity''', 'input_modality = ''smoke'''] loop
    delete from voice_messages;
    insert into voice_messages (call_id, role, content) values (test.call('RM_a'), 'user', 'x');
    assert test.refused('update voice_messages set ' || wrong, '23514'), 'a message like this cannot be: ' || wrong;
  end loop;
  foreach wrong in array array['context_type = ''other''', 'extracted_intent = ''OTHER''', 'metadata = ''1''',
      'title = repeat(''x'', 1001)', 'end_inferred_at = now()'] loop
    assert test.refused('update voice_calls set ' || wrong, '23514'), 'a call like this cannot be: ' || wrong;
  end loop;
  assert test.refused('insert into voice_calls (session_id, started_at) values (''x'', ''infinity'')', '23514'),
    'a call begins at some time';
  assert test.refused('insert into call_usage (call_id, source, type, cost_usd) values (test.call(''RM_a''), ''j'', ''t'', -1)', '23514'),
    'usage costs nothing or something';
  assert test.refused('insert into call_usage (call_id, source, type, cost_usd) values (test.call(''RM_a''), ''j'', ''t'', ''NaN'')', '23514'),
    'and a number';
end $$;

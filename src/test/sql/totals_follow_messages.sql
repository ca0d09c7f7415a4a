-- law: the totals of a call equal the sum of its messages
-- sabotage: alter table voice_messages disable trigger voice_messages_update_tokens_trigger
-- sabotage: alter table voice_messages disable trigger voice_messages_update_tokens_on_update_trigger
-- sabotage: alter table voice_messages disable trigger voice_messages_update_tokens_on_delete_trigger
-- sabotage: alter table voice_calls disable trigger _200_totals_follow_their_sources
create function pg_temp.exact(which text) returns void language plpgsql as $$
begin
  assert (select bool_and((c.message_count, c.total_tokens_used, c.input_tokens, c.output_tokens, c.cost_usd)
      = (s.n, s.tokens, s.input, s.output, s.cost)) from voice_calls c cross join lateral (
        select count(*) as n, coalesce(sum(tokens_used), 0) as tokens, coalesce(sum(input_tokens), 0) as input,
          coalesce(sum(output_tokens), 0) as output, coalesce(sum(cost_usd), 0) as cost
        from voice_messages m where m.call_id = c.id) s),
    'the totals of a call equal the sum of its messages after ' || which;
end $$;
select test.as_service();
insert into voice_calls (room_sid) values ('RM_a'), ('RM_b');
do $$
begin
  insert into voice_messages (call_id, segment_id, role, content, input_tokens, output_tokens, cost_usd)
    select id, 's' || n, 'user', 'x', n, 2 * n, 0.001 * n from voice_calls, generate_series(1, 5) n;
  perform pg_temp.exact('an insert');
  assert (select sum(total_tokens_used) from voice_calls) = 90, 'and are not nothing';
  insert into voice_messages (call_id, segment_id, role, content, tokens_used)
    values (test.call('RM_a'), 's1', 'user', 'again', 1000), (test.call('RM_a'), 's9', 'user', 'new', 7)
    on conflict do nothing;
  perform pg_temp.exact('a repeat that does nothing');
  insert into voice_messages (call_id, segment_id, role, content, tokens_used)
    values (test.call('RM_a'), 's1', 'user', 'again', 50), (test.call('RM_b'), 's8', 'user', 'new', 7)
    on conflict (call_id, segment_id) do update set content = excluded.content, tokens_used = excluded.tokens_used;
  perform pg_temp.exact('a repeat that updates');
  update voice_messages set tokens_used = tokens_used + 1, cost_usd = null where segment_id in ('s2', 's3');
  perform pg_temp.exact('an update');
  update voice_messages set call_id = test.call('RM_b'), segment_id = 'moved', sequence_number = 99
    where segment_id = 's5' and call_id = test.call('RM_a');
  perform pg_temp.exact('a move to another call');
  delete from voice_messages where segment_id in ('s1', 's9');
  perform pg_temp.exact('a delete');
  update voice_calls set total_tokens_used = 1, cost_usd = 1, cost_cents = 1;
  perform pg_temp.exact('somebody wrote into them');
  delete from voice_messages;
  perform pg_temp.exact('everything is gone');
end $$;

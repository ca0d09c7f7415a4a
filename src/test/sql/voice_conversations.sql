-- law: voice_conversations is seed 000's table, with the rights of voice_calls
-- sabotage: alter view voice_conversations set (security_invoker = false)
-- sabotage: grant update on voice_conversations to authenticated; grant update on voice_calls to authenticated
-- sabotage: revoke delete on voice_conversations from authenticated
-- sabotage: alter view voice_conversations rename column total_tokens to tokens
select test.a_call_with_everything();
do $$
begin
  assert (select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum)
          from pg_attribute where attrelid = 'voice_conversations'::regclass and attnum > 0)
    = 'id uuid, user_id uuid, session_id text, started_at timestamp with time zone, '
      'ended_at timestamp with time zone, duration_seconds integer, total_tokens bigint, input_tokens bigint, '
      'output_tokens bigint, cost_cents bigint, summary text, metadata jsonb, '
      'created_at timestamp with time zone, updated_at timestamp with time zone', 'it has exactly its fourteen columns';
  perform test.as_user(test.ann());
  assert test.rows($s$insert into voice_conversations (user_id, session_id, summary) values (test.ann(), 'conv', 's')$s$) = 1,
    'users insert their own';
  assert (select (metadata, total_tokens, cost_cents) = ('{}', 0, 0) and started_at = now()
          from voice_conversations where session_id = 'conv'), 'with the defaults of the seed';
  assert test.rows('update voice_conversations set summary = ''mine''') = 2, 'users update their own and see no other';
  assert test.refused('insert into voice_conversations (user_id) values (test.eve())', '42501'), 'nobody inserts as another';
  assert test.refused('update voice_conversations set duration_seconds = 1', '42501')
      and test.refused('update voice_conversations set cost_cents = 1', '42501')
      and test.refused('update voice_conversations set user_id = test.eve()', '42501')
      and test.refused('insert into voice_conversations (user_id, total_tokens) values (test.ann(), 1)', '42501'),
    'derived columns are refused through the view too';
  assert test.rows('delete from voice_conversations where session_id = ''conv''') = 1, 'users delete their own';
  perform test.as_user(test.bob());
  assert (select count(*) from voice_conversations) = 1 and test.rows('delete from voice_conversations') = 0,
    'others see what they may and delete nothing';
  perform test.as_anon();
  assert test.refused('select from voice_conversations', '42501'), 'anonymous people see nothing';
  perform test.as_service();
  assert test.rows($s$insert into voice_conversations (id, user_id, session_id) values (gen_random_uuid(), test.bob(), 'x')$s$) = 1
      and test.rows('update voice_conversations set ended_at = now() where session_id = ''x''') = 1
      and test.rows('delete from voice_conversations') = 3, 'the service writes all';
end $$;

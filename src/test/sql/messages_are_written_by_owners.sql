-- law: by SQL owners write into their calls, all others post through the API
-- sabotage: create policy mutant on voice_messages for insert to authenticated with check (true)
-- sabotage: drop policy voice_messages_insert_own on voice_messages; create policy voice_messages_insert_own on voice_messages for insert to authenticated with check (call_id in (select call_id from call_access))
-- sabotage: drop policy voice_messages_insert_own on voice_messages
-- sabotage: alter table voice_messages disable trigger _050_message_names_its_poster
-- sabotage: drop policy voice_messages_admin_all on voice_messages
create function pg_temp.said() returns boolean language sql as $$
  select not test.refused($s$insert into voice_messages (call_id, role, content) values (test.call('RM_all'), 'user', 'x')$s$, '42501')
$$;
do $$
declare
  call uuid := test.a_call_with_everything();
  who uuid;
begin
  perform test.as_user(test.ann());
  assert pg_temp.said(), 'owners write into their calls';
  assert (select posted_by from voice_messages where content = 'x') = 'user:' || test.ann(), 'and a message says by whom';
  assert test.refused('update voice_messages set content = ''y''', '42501')
      and test.refused('delete from voice_messages', '42501'), 'what was said stands';
  assert test.refused($s$insert into voice_messages (call_id, sequence_number, role, content)
      values (test.call('RM_all'), 1000000001, 'user', 'x')$s$, '23514'), 'and none takes the last number away from all others';
  foreach who in array array[test.bob(), test.cid(), test.eve()] loop
    perform test.as_user(who);
    assert not pg_temp.said(), 'nobody but its owner writes into a call by SQL';
  end loop;
  perform test.with_join_token(call);
  assert not pg_temp.said(), 'a join token writes nothing by SQL';
  perform test.with_claims('');
  assert not pg_temp.said(), 'nobody writes nothing';
  perform test.as_admin(test.ada());
  assert pg_temp.said(), 'admins write';
  perform test.as_service();
  assert pg_temp.said(), 'the service writes';
  assert (select message_count from voice_calls where id = call) = 4, 'and what was refused counts for nothing';
end $$;

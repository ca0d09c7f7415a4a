-- law: users insert pending calls of their own, update and delete their own, and nobody else's
-- sabotage: create policy mutant on voice_calls for insert to authenticated with check (true)
-- sabotage: create policy mutant on voice_calls for insert to authenticated with check (user_id = auth.uid())
-- sabotage: create policy mutant on voice_calls for update to authenticated using (true)
-- sabotage: create policy mutant on voice_calls for delete to authenticated using (true)
-- sabotage: drop policy voice_calls_update_own on voice_calls
-- sabotage: drop policy voice_calls_insert_own on voice_calls
-- sabotage: drop policy voice_calls_delete_own on voice_calls
-- sabotage: drop policy voice_calls_admin_all on voice_calls
-- sabotage: grant update (user_id) on voice_calls to authenticated; drop policy voice_calls_update_own on voice_calls; create policy voice_calls_update_own on voice_calls for update to authenticated using (true) with check (true)
do $$
declare
  call uuid := test.a_call_with_everything();
  who uuid;
  state text;
begin
  perform test.as_user(test.ann());
  assert test.rows($s$insert into voice_calls (user_id, session_id, room_name, title, status, summary, metadata, started_at)
    values (test.ann(), 's1', 'r', 't', 'pending', 's', '{}', now()) returning id$s$) = 1, 'users insert calls that they start';
  assert test.refused('insert into voice_calls (user_id) values (test.bob())', '42501'), 'nobody inserts a call as another';
  assert test.refused('insert into voice_calls (title) values (''x'')', '42501'), 'nor as nobody';
  foreach state in array array['active', 'completed', 'failed'] loop
    assert test.refused(format('insert into voice_calls (user_id, status) values (test.ann(), %L)', state), '42501'),
      'a call that users insert is pending';
  end loop;
  assert test.rows($s$update voice_calls set title = 'mine', summary = 'x', metadata = '{}', extracted_intent = 'GOAL'$s$) = 2,
    'users update their own';
  assert test.refused('update voice_calls set user_id = test.bob()', '42501'), 'nobody hands a call on';
  foreach who in array array[test.bob(), test.cid(), test.eve()] loop
    perform test.as_user(who);
    assert test.rows('update voice_calls set title = ''theirs'' where session_id = ''RM_all''') = 0, 'to update is the owner''s right alone';
    assert test.rows('delete from voice_calls where session_id = ''RM_all''') = 0, 'to delete is the owner''s right alone';
  end loop;
  perform test.with_join_token(call);
  assert test.rows('update voice_calls set title = ''theirs''') = 0 and test.rows('delete from voice_calls') = 0
      and test.refused('insert into voice_calls (user_id) values (test.ann())', '42501'), 'a join token writes no call';
  perform test.with_claims('');
  assert test.rows('update voice_calls set title = ''x''') = 0 and test.rows('delete from voice_calls') = 0
      and test.refused('insert into voice_calls (user_id) values (null)', '42501'), 'nobody writes nothing';
  perform test.as_anon();
  assert test.refused('insert into voice_calls (title) values (null)', '42501')
      and test.refused('delete from voice_calls', '42501'), 'anonymous people write nothing';
  perform test.as_admin(test.ada());
  assert test.rows('update voice_calls set summary = ''seen''') = 3, 'admins update every call';
  assert test.rows('insert into voice_calls (user_id) values (test.bob())') = 1, 'admins insert for others';
  perform test.as_user(test.ann());
  assert test.rows('delete from voice_calls') = 2, 'users delete their own';
  perform test.as_admin(test.ada());
  assert test.rows('delete from voice_calls') = 2, 'admins delete every call';
end $$;

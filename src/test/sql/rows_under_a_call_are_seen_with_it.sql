-- law: who may see a call sees what is under it, and nobody else does
-- sabotage: create policy mutant on call_participants for select to authenticated using (true)
-- sabotage: create policy mutant on voice_messages for select to authenticated using (true)
-- sabotage: create policy mutant on call_recordings for select to authenticated using (true)
-- sabotage: create policy mutant on call_usage for select to authenticated using (true)
-- sabotage: create policy mutant on webhook_events for select to authenticated using (true)
-- sabotage: create policy mutant on call_access for select to authenticated using (true)
-- sabotage: create policy mutant on users for select to authenticated using (true)
-- sabotage: drop policy voice_messages_select_visible on voice_messages
-- sabotage: drop policy call_participants_select_visible on call_participants
-- sabotage: drop policy call_recordings_select_visible on call_recordings
-- sabotage: drop policy call_usage_select_visible on call_usage
-- sabotage: drop policy call_participants_admin_select on call_participants
-- sabotage: drop policy call_recordings_admin_select on call_recordings
-- sabotage: drop policy call_usage_admin_select on call_usage
-- sabotage: drop policy voice_messages_admin_all on voice_messages
-- sabotage: drop policy webhook_events_admin_select on webhook_events
-- sabotage: drop policy users_select_own on users
-- sabotage: drop policy call_access_select_own on call_access
-- sabotage: grant select on erased_calls to authenticated
-- sabotage: grant select on voice_messages to anon
create function pg_temp.seen(text) returns bigint language plpgsql as $$
declare
  n bigint;
begin
  execute 'select count(*) from ' || $1 into n;
  return n;
end $$;
do $$
declare
  call uuid := test.a_call_with_everything();
  under text[] := array['call_participants', 'voice_messages', 'call_recordings', 'call_usage'];
  what text;
  who uuid;
begin
  foreach what in array under loop
    foreach who in array array[test.ann(), test.bob(), test.cid()] loop
      perform test.as_user(who);
      assert pg_temp.seen(what) = 1, 'owner, participant and invited see what is under a call';
    end loop;
    perform test.with_join_token(call);
    assert pg_temp.seen(what) = 1, 'a join token opens what is under its call';
    perform test.as_admin(test.ada());
    assert pg_temp.seen(what) = 1, 'admins see what is under every call';
    perform test.as_service();
    assert pg_temp.seen(what) = 1, 'the service sees what is under every call';
    perform test.as_user(test.eve());
    assert pg_temp.seen(what) = 0, 'a stranger sees nothing under a call';
    perform test.with_join_token(gen_random_uuid());
    assert pg_temp.seen(what) = 0, 'a join token of another call opens nothing';
    perform test.with_claims('');
    assert pg_temp.seen(what) = 0, 'without claims nobody sees anything';
    perform test.as_anon();
    assert test.refused('select from ' || what, '42501'), 'anonymous people see nothing';
  end loop;
  perform test.as_user(test.ann());
  assert pg_temp.seen('webhook_events') = 0, 'the raw inbox is not for users';
  assert (select array_agg(id) from users) = array[test.ann()], 'people see themselves and nobody else';
  assert (select array_agg(user_id) from call_access) = array[test.ann()], 'people see their own access and nobody else''s';
  assert test.refused('select from erased_calls', '42501'), 'what was erased is not for users';
  perform test.as_admin(test.ada());
  assert pg_temp.seen('webhook_events') = 1, 'the raw inbox is for admins';
  assert pg_temp.seen('users') = 5, 'admins see everybody';
  perform test.as_service();
  assert (select pg_temp.seen('webhook_events') * pg_temp.seen('erased_calls') * pg_temp.seen('users')) = 5,
    'the service sees all';
  foreach what in array array['users', 'webhook_events', 'call_access', 'erased_calls'] loop
    perform test.as_anon();
    assert test.refused('select from ' || what, '42501'), 'anonymous people see nothing at all';
  end loop;
end $$;

-- law: people see calls that they own, took part in or are invited to; a join token opens its one call
-- sabotage: drop policy voice_calls_select_own on voice_calls
-- sabotage: create policy mutant on voice_calls for select to authenticated using (true)
-- sabotage: create policy mutant on voice_calls for select to anon using (true); grant select on voice_calls to anon
-- sabotage: drop policy voice_calls_admin_all on voice_calls
-- sabotage: create or replace function voiceledger.caller_call_id() returns uuid language sql stable as $f$ select (current_setting('request.jwt.claims')::jsonb ->> 'call_id')::uuid $f$
-- sabotage: create or replace function voiceledger.caller_is_admin() returns boolean language sql stable as 'select true'
do $$
declare
  call uuid := test.a_call_with_everything();
  who uuid;
begin
  foreach who in array array[test.ann(), test.bob(), test.cid()] loop
    perform test.as_user(who);
    assert (select array_agg(id) from voice_calls) = array[call], 'owner, participant and invited see the call and no other';
  end loop;
  perform test.as_user(test.eve());
  assert (select array_agg(session_id) from voice_calls) = array['RM_eve'], 'a stranger sees only what is hers';
  perform test.as_admin(test.ada());
  assert (select count(*) from voice_calls) = 2, 'admins see all';
  perform test.with_claims(json_build_object('sub', test.ada(), 'app_metadata', json_build_object('role', 'admin'))::text);
  assert (select count(*) from voice_calls) = 2, 'so do those whose app_metadata says admin';
  perform test.with_claims(json_build_object('sub', test.ada(), 'user_metadata', json_build_object('role', 'admin'))::text);
  assert not exists (select from voice_calls), 'user_metadata is the user''s to edit and makes nobody an admin';
  perform test.as_service();
  assert (select count(*) from voice_calls) = 2, 'the service sees all';
  perform test.with_join_token(call);
  assert (select array_agg(id) from voice_calls) = array[call], 'a join token opens its one call';
  perform test.with_join_token(gen_random_uuid());
  assert not exists (select from voice_calls), 'a join token of another call opens nothing';
  perform test.with_claims(json_build_object('sub', test.eve(), 'call_id', call)::text);
  assert not exists (select from voice_calls where id = call), 'a call_id beside a user''s sub opens nothing';
  perform test.with_claims('');
  assert not exists (select from voice_calls), 'without claims there is nobody, and nobody sees anything';
  perform test.as_anon();
  assert test.refused('select from voice_calls', '42501'), 'anonymous people see nothing';
end $$;

-- law: functions of the owner pin their search_path, and none of ours is everybody's to call
-- sabotage: alter function voiceledger.refresh_access(uuid[]) reset search_path
-- sabotage: alter function voiceledger.refresh_access(uuid[]) set search_path = public
-- sabotage: create function voiceledger.forgotten() returns int language sql as 'select 1'
-- sabotage: grant execute on function voiceledger.caller_is_admin() to anon
do $$
declare
  bad text;
begin
  select string_agg(p.oid::regprocedure::text, ', ') into bad from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'voiceledger'::regnamespace) and p.prosecdef
      and not coalesce(p.proconfig @> '{"search_path=\"\""}', false);
  assert bad is null, 'every function that runs as the owner pins its search_path, but not ' || bad;
  select string_agg(p.oid::regprocedure::text, ', ') into bad
    from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    where p.pronamespace = 'voiceledger'::regnamespace and a.grantee in (0, 'anon'::regrole);
  assert bad is null, 'no function of ours is everybody''s to call, but there is ' || bad;
  assert exists (select from pg_proc where pronamespace = 'voiceledger'::regnamespace and prosecdef), 'there are such functions';
end $$;

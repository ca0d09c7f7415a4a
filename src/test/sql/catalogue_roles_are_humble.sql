-- law: the roles and logins of the service own nothing and pass by no policy
-- sabotage: reset session authorization; alter role authenticated bypassrls
-- sabotage: reset session authorization; alter role service_role superuser
-- sabotage: reset session authorization; alter table call_usage owner to service_role
-- sabotage: reset session authorization; alter role voiceledger inherit; revoke service_role from voiceledger; grant service_role to voiceledger
-- sabotage: reset session authorization; alter role voiceledger_owner bypassrls
-- sabotage: grant select on voice_calls to anon
-- sabotage: grant insert on call_participants to public
do $$
declare
  humble regrole[] := '{anon,authenticated,service_role,voiceledger}';
  bad text;
begin
  select string_agg(rolname, ', ') into bad from pg_roles
    where oid = any (humble || 'voiceledger_owner'::regrole) and (rolsuper or rolbypassrls or rolcreaterole);
  assert bad is null, 'no role of the service passes by the policies, but these may: ' || bad;
  select string_agg(refobjid::regrole::text, ', ') into bad from pg_shdepend
    where deptype = 'o' and refclassid = 'pg_authid'::regclass and refobjid = any (humble);
  assert bad is null, 'no role that serves requests owns anything, but these do: ' || bad;
  select string_agg(r.rolname, ', ') into bad from pg_roles r
    where r.oid = any (humble) and r.rolname <> 'voiceledger' and pg_has_role('voiceledger', r.oid, 'usage');
  assert bad is null, 'the login inherits from none of its roles, but does from ' || bad;
  select string_agg(c.oid::regclass::text, ', ') into bad from pg_class c, aclexplode(c.relacl) a
    where c.relnamespace in ('public'::regnamespace, 'voiceledger'::regnamespace) and a.grantee in (0, 'anon'::regrole);
  assert bad is null, 'nothing is granted to everybody or to the anonymous, but there is ' || bad;
end $$;

-- law: row level security is enabled and forced on every table, and each table has a policy for its owner
-- sabotage: alter table call_usage no force row level security
-- sabotage: alter table call_usage disable row level security
-- sabotage: create table public.forgotten (id int)
-- sabotage: create table voiceledger.forgotten (id int)
-- sabotage: drop policy erased_calls_owner on erased_calls
-- sabotage: alter table flyway_schema_history no force row level security
do $$
declare
  bad text;
begin
  select string_agg(c.oid::regclass::text, ', ') into bad from pg_class c
    where c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'voiceledger'::regnamespace)
      and not (c.relrowsecurity and c.relforcerowsecurity);
  assert bad is null, 'row level security is enabled and forced on every table, but not on ' || bad;
  select string_agg(c.oid::regclass::text, ', ') into bad from pg_class c
    where c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'voiceledger'::regnamespace)
      and not exists (select from pg_policy p where p.polrelid = c.oid and p.polroles = array[c.relowner]
                      and p.polcmd = '*' and pg_get_expr(p.polqual, c.oid) = 'true');
  assert bad is null, 'each table has a policy for its owner, but not ' || bad;
end $$;

-- law: every table, view, type, function, trigger and policy of ours has a comment
-- sabotage: comment on table call_usage is null
-- sabotage: comment on view call_analytics is null
-- sabotage: comment on type call_status is null
-- sabotage: comment on function voiceledger.touch_updated_at() is null
-- sabotage: comment on trigger _900_erased_stays_erased on voice_calls is null
-- sabotage: comment on policy users_select_own on users is null
do $$
declare
  bad text;
begin
  with ours (class, object, name) as (
    select 'pg_class'::regclass, c.oid, c.oid::regclass::text from pg_class c
      where c.relkind in ('r', 'p', 'v') and c.relnamespace in ('public'::regnamespace, 'voiceledger'::regnamespace)
    union all
    select 'pg_type'::regclass, t.oid, t.oid::regtype::text from pg_type t left join pg_class c on c.oid = t.typrelid
      where t.typnamespace in ('public'::regnamespace, 'voiceledger'::regnamespace)
        and (t.typtype in ('e', 'd') or c.relkind = 'c')
    union all
    select 'pg_proc'::regclass, p.oid, p.oid::regprocedure::text from pg_proc p
      where p.pronamespace in ('public'::regnamespace, 'voiceledger'::regnamespace, 'auth'::regnamespace)
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all
    select 'pg_trigger'::regclass, g.oid, g.tgname from pg_trigger g where not g.tgisinternal
    union all
    select 'pg_policy'::regclass, p.oid, p.polname from pg_policy p)
  select string_agg(o.name, ', ') into bad from ours o
    where not exists (select from pg_description d where d.classoid = o.class and d.objoid = o.object and d.objsubid = 0);
  assert bad is null, 'everything of ours has a sentence, but not ' || bad;
  select string_agg(n, ', ') into bad from unnest(array['voiceledger']) n where obj_description(n::regnamespace, 'pg_namespace') is null;
  assert bad is null, 'our schema has a sentence';
end $$;

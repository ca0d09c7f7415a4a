-- The schema as sorted lines of text, the same on every PostgreSQL from 15 on: what a version
-- words its own way (not-null constraints, qualified names in views) is left out.
with ours (oid) as (
  select n.oid from pg_namespace n where n.nspname in ('public', 'voiceledger')),
tables as (
  select c.oid, c.oid::regclass::text as name, c.relkind, c.relname, c.relrowsecurity, c.relforcerowsecurity,
    c.reloptions, c.relacl, c.relowner
  from pg_class c join ours o on o.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')),
-- Flyway's table is Flyway's to shape; only its security is ours.
shaped as (select * from tables where relname <> 'flyway_schema_history'),
columns as (
  select t.oid, t.relkind, t.name || '.' || quote_ident(a.attname) as name, a.*
  from shaped t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped),
functions as (
  select p.*, p.oid::regprocedure::text as name from pg_proc p
  where (p.pronamespace in (select oid from ours) or p.pronamespace = to_regnamespace('auth'))
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')),
lines (line) as (
  select concat_ws(' ', case relkind when 'v' then 'view' else 'table' end, name,
    case when relrowsecurity then 'rls' end, case when relforcerowsecurity then 'forced' end,
    reloptions::text,
    case relkind when 'v' then 'md5 ' || md5(regexp_replace(pg_get_viewdef(oid), '\w+\.|[()\s]', '', 'g')) end,
    '|', obj_description(oid, 'pg_class')) from tables
  union all
  select concat_ws(' ', 'column', c.name, '#' || c.attnum, format_type(c.atttypid, c.atttypmod),
    (select 'collate ' || l.collname from pg_collation l where l.oid = c.attcollation and l.collname <> 'default'),
    case when c.attnotnull then 'not null' end,
    (select 'default ' || pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d
      where d.adrelid = c.attrelid and d.adnum = c.attnum),
    case when c.relkind = 'r' then concat('storage ', c.attstorage) end,
    '| ' || col_description(c.attrelid, c.attnum)) from columns c
  union all
  select concat_ws(' ', 'constraint', t.name, k.conname, pg_get_constraintdef(k.oid))
    from shaped t join pg_constraint k on k.conrelid = t.oid where k.contype in ('p', 'u', 'f', 'c', 'x')
  union all
  select 'index ' || pg_get_indexdef(i.indexrelid) from shaped t join pg_index i on i.indrelid = t.oid
  union all
  select concat_ws(' ', 'trigger', pg_get_triggerdef(g.oid), concat('enabled ', g.tgenabled), '|', obj_description(g.oid, 'pg_trigger'))
    from tables t join pg_trigger g on g.tgrelid = t.oid where not g.tgisinternal
  union all
  select concat_ws(' ', 'policy', t.name, p.polname, concat('for ', p.polcmd),
    'to ' || (select string_agg(r::regrole::text, ',' order by r::regrole::text collate "C") from unnest(p.polroles) r),
    'using ' || pg_get_expr(p.polqual, t.oid), 'check ' || pg_get_expr(p.polwithcheck, t.oid),
    case when not p.polpermissive then 'restrictive' end, '|', obj_description(p.oid, 'pg_policy'))
    from tables t join pg_policy p on p.polrelid = t.oid
  union all
  select concat_ws(' ', 'function', name, pg_get_function_result(oid), (select lanname from pg_language l where l.oid = prolang),
    concat('volatile ', provolatile), concat('parallel ', proparallel), case when proisstrict then 'strict' end,
    case when prosecdef then 'definer' end, proconfig::text,
    'md5 ' || md5(regexp_replace(prosrc, '\s+', ' ', 'g')), '|', obj_description(oid, 'pg_proc')) from functions
  union all
  select concat_ws(' ', 'enum', t.oid::regtype,
    (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
    '|', obj_description(t.oid, 'pg_type')) from pg_type t join ours o on o.oid = t.typnamespace where t.typtype = 'e'
  union all
  select concat_ws(' ', 'type', t.oid::regtype, string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum),
    '|', obj_description(t.oid, 'pg_type'))
    from pg_type t join ours o on o.oid = t.typnamespace join pg_class c on c.oid = t.typrelid and c.relkind = 'c'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 group by t.oid
  union all
  select concat_ws(' ', 'grant', string_agg(lower(a.privilege_type), ',' order by a.privilege_type collate "C"),
    case when a.is_grantable then 'grantable' end, 'on', t.name, 'to', coalesce(nullif(a.grantee, 0)::regrole::text, 'public'))
    from tables t, aclexplode(t.relacl) a where a.grantee <> t.relowner group by t.name, a.grantee, a.is_grantable
  union all
  select concat_ws(' ', 'grant', string_agg(lower(a.privilege_type), ',' order by a.privilege_type collate "C"),
    'on', c.name, 'to', coalesce(nullif(a.grantee, 0)::regrole::text, 'public'))
    from columns c, aclexplode(c.attacl) a group by c.name, a.grantee
  union all
  select concat_ws(' ', 'grant execute on', f.name, 'to', coalesce(nullif(a.grantee, 0)::regrole::text, 'public'))
    from functions f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a where a.grantee <> f.proowner
  union all
  select concat_ws(' ', 'grant', lower(a.privilege_type), 'on schema', n.nspname, 'to', coalesce(nullif(a.grantee, 0)::regrole::text, 'public'))
    from pg_namespace n, aclexplode(n.nspacl) a
    where n.nspname in ('public', 'voiceledger', 'auth') and a.grantee <> n.nspowner
  union all
  select concat_ws(' ', 'extension', e.extname) from pg_extension e where e.extname <> 'plpgsql')
select string_agg(replace(line, E'\n', ' '), E'\n' order by line collate "C") || E'\n' from lines

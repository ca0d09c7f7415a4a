-- law: every view answers as whoever reads it
-- sabotage: alter view call_analytics set (security_invoker = false)
-- sabotage: create view mine as select 1
-- sabotage: create materialized view mine as select * from voice_calls
do $$
declare
  bad text;
begin
  select string_agg(c.oid::regclass::text, ', ') into bad from pg_class c
    where c.relkind in ('v', 'm') and c.relnamespace in ('public'::regnamespace, 'voiceledger'::regnamespace)
      and not coalesce(c.reloptions @> '{security_invoker=true}', false);
  assert bad is null, 'every view answers as whoever reads it, but not ' || bad;
end $$;

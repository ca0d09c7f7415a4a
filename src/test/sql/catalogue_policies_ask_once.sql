-- law: policies ask functions once for a statement, and ask each other in no circle
-- sabotage: create policy mutant on voice_calls for select using (user_id = auth.uid())
-- sabotage: create policy mutant on call_usage for select using (call_id in (select id from voice_calls where user_id = auth.uid()))
-- sabotage: create policy mutant on call_usage for select using (call_id in (select call_id from call_usage))
-- sabotage: create policy mutant on call_access for select using (call_id in (select id from voice_calls))
do $$
declare
  bad text;
begin
  select string_agg(p.polrelid::regclass || '.' || p.polname, ', ') into bad
    from pg_policy p, concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) law
    where regexp_replace(law, '\( SELECT [a-z_.]+\([^()]*\) AS [a-z_]+\)', '', 'g') ~ '[a-z_]\(';
  assert bad is null, 'policies call functions only in sub-selects, but not ' || bad;
  with recursive
    asks (asker, asked) as (
      select p.polrelid, m[1]::oid from pg_policy p,
        regexp_matches(concat_ws(' ', p.polqual, p.polwithcheck), ':relid (\d+)', 'g') m
      where m[1] <> '0'),
    reach (asker, asked) as (
      select asker, asked from asks union select r.asker, a.asked from reach r join asks a on a.asker = r.asked)
  select string_agg(asker::regclass::text, ', ') into bad from reach where asker = asked;
  assert bad is null, 'no policy needs its own table, but there is ' || bad;
  assert exists (select from pg_policy where polqual::text ~ ':relid [1-9]'), 'some ask call_access';
end $$;

-- law: every policy is for the owner, for users or for the service, never for everybody
-- sabotage: alter policy call_figures_select_visible on call_figures to public
-- sabotage: alter policy voice_messages_insert_own on voice_messages to authenticated, anon
-- sabotage: alter policy voice_calls_select_own on voice_calls to voiceledger
do $$
declare
  bad text;
begin
  select string_agg(p.polrelid::regclass || '.' || p.polname, ', ') into bad
    from pg_policy p join pg_class c on c.oid = p.polrelid
    where c.relnamespace in ('public'::regnamespace, 'voiceledger'::regnamespace)
      and p.polroles not in (array[c.relowner], array['authenticated'::regrole::oid], array['service_role'::regrole::oid]);
  assert bad is null, 'each policy is for one of the three, but not ' || bad;
  assert exists (select from pg_policy where polroles = array['authenticated'::regrole::oid]), 'there are such policies';
end $$;

-- law: every unique key of a table under a call contains the call's id
-- sabotage: create unique index mutant on voice_messages (id)
-- sabotage: alter table call_recordings add constraint mutant unique (egress_id)
do $$
declare
  bad text;
begin
  select string_agg(i.indexrelid::regclass::text, ', ') into bad
    from pg_index i join pg_constraint f on f.conrelid = i.indrelid and f.confrelid = 'voice_calls'::regclass
    where i.indisunique and not f.conkey[1] = any (i.indkey::int2[]);
  assert bad is null, 'every unique key under a call contains the call''s id, but not ' || bad;
  assert (select count(*) from pg_constraint where confrelid = 'voice_calls'::regclass) >= 5, 'there are tables under a call';
end $$;

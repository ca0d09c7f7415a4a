-- Tries every statement on every table and view as everybody, and says what came of it in one
-- text. Runs after the words of src/test/sql/_vocabulary.sql, as the superuser. A letter stands
-- for whose row it was: of Ann, Bob, Cid, Ada (D), Eve, or of nobody (Z).

create table test.letters as
  select test.ann() as id, 'A' as letter union all select test.call('RM_all'), 'A'
  union all select test.bob(), 'B' union all select test.cid(), 'C' union all select test.ada(), 'D'
  union all select test.eve(), 'E' union all select test.call('RM_eve'), 'E';
grant select on test.letters to public;
create function test.letter(id uuid) returns text language sql stable as
  $$ select coalesce((select l.letter from test.letters l where l.id = $1), 'Z') $$;

-- What to try on a relation. rows: whose rows are looked at for changes; letter: whose a row is;
-- writes: an insert for each letter; changes: what an update sets; which: which rows a delete names.
create table test.probes (
  relation text primary key, rows_of text, letter text, inserts jsonb, changes text, which text default '');
insert into test.probes
  with people (who, letter) as (
      select who, test.letter(who) from unnest(array[test.ann(), test.bob(), test.cid(), test.ada(), test.eve()]) who),
    own (statements) as (
      select jsonb_object_agg(letter, format('(user_id, session_id) values (%L, ''new'')', who)) from people),
    under (statement, statements) as (
      select s, jsonb_build_object('A', replace(s, '$call', quote_literal(test.call('RM_all'))),
        'E', replace(s, '$call', quote_literal(test.call('RM_eve'))))
      from unnest(array['(call_id, participant_sid) values ($call, ''PA_new'')',
        '(call_id, egress_id, status, info_key) values ($call, ''EG_new'', ''EGRESS_ACTIVE'', '''')',
        '(call_id, source, type) values ($call, ''new'', ''llm_usage'')',
        '(call_id, role, content) values ($call, ''user'', ''new'')',
        format('(user_id, call_id, is_invited) values (%L, $call, true)', test.ada())]) s)
  select p.relation, p.rows_of, p.letter, coalesce(u.statements,
      case when p.inserts = 'own' then own.statements else jsonb_build_object('Z', p.inserts) end), p.changes, p.which
  from own, (values
    ('users', 'users', 'id', '(name) values (''new'')', 'name = ''x''', 'where name = ''Ada'''),
    ('voice_calls', 'voice_calls', 'id', 'own', 'summary = ''x''', ''),
    ('call_participants', 'call_participants', 'call_id', '%PA_new%', 'is_muted = true', ''),
    ('call_recordings', 'call_recordings', 'call_id', '%EG_new%', 'error = ''x''', ''),
    ('call_usage', 'call_usage', 'call_id', '%llm_usage%', 'characters_count = 1', ''),
    ('voice_messages', 'voice_messages', 'call_id', '%(call_id, role%', 'content = ''x''', ''),
    ('call_access', 'call_access', 'user_id', '%is_invited%', 'is_invited = true', ''),
    ('call_figures', 'call_figures', 'call_id', format('(call_id, started_at, duration_seconds, total_tokens_used, cost_usd)
      values (%L, now(), 1, 1, 1)', test.call('RM_zed')), 'cost_usd = 9', ''),
    ('call_figures_due', 'call_figures_due', 'call_id', '(call_id) values (gen_random_uuid())', 'call_id = gen_random_uuid()', ''),
    ('transcript_words', 'transcript_words', 'call_id', format('(call_id, part, message_ids, folded) values (%L, 0, ''{}'', '''')',
      test.call('RM_zed')), 'folded = ''x''', ''),
    ('transcript_words_due', 'transcript_words_due', 'call_id', '(call_id, part) values (gen_random_uuid(), 0)', 'call_id = gen_random_uuid()', ''),
    ('transcript_words_backfill', 'transcript_words_backfill', 'null', '(after) values (gen_random_uuid()) on conflict do nothing', 'after = gen_random_uuid()', ''),
    ('call_changes_due', 'call_changes_due', 'call_ids[1]', '(kind, call_ids, keys) values (''call'', ''{}'', ''{}'')', 'at = now()', ''),
    ('call_changes', 'call_changes', 'null', '(last, kinds, call_ids, keys, changed_at) values (9999, ''{}'', ''{}'', ''{}'', now())', 'at = now()', ''),
    ('call_changes_position', 'call_changes_position', 'null', '(last, due_from, mark_id, mark_xid) values (1, 1, 1, ''1'') on conflict do nothing', 'last = 9', ''),
    ('call_changes_scrubs', 'call_changes_scrubs', 'null', '(last, call_ids) values (9999, ''{}'')', 'done = 9', ''),
    ('call_changes_consumers', 'call_changes_consumers', 'null', '(name, last) values (''new'', 1)', 'last = 9', ''),
    ('webhook_events', 'webhook_events', 'call_id', '(id, state, body) values (''EV_new'', ''applied'', '''')', 'error = ''x''', ''),
    ('erased_calls', 'erased_calls', 'call_id', '(call_id) values (gen_random_uuid())', 'erased_at = now()', ''),
    ('idempotency_keys', 'idempotency_keys', 'call_id', '(caller, key, body_sha256) values (''c'', ''new'', sha256(''''))',
      'created_at = now()', ''),
    ('reconciler', 'reconciler', 'null', '(only_row) values (true) on conflict do nothing', 'memory = ''{"x": 1}''', ''),
    ('retention_sweeps', 'retention_sweeps', 'null', '(subject) values (''voice_calls'') on conflict do nothing', 'swept_at = now()', ''),
    ('livekit_keys_heard', 'livekit_keys_heard', 'null', '(key, last_heard_at) values (''new'', now())', 'last_heard_at = now()', ''),
    ('flyway_schema_history', 'flyway_schema_history', 'null', '(installed_rank, description, type, script, installed_by,
      execution_time, success) values (9999, '''', ''SQL'', '''', '''', 0, true)', 'description = ''x''', ''),
    ('active_calls_summary', 'voice_calls', 'id', '(id) values (gen_random_uuid())', 'title = ''x''', ''),
    ('call_analytics', 'voice_calls', 'id', '(id) values (gen_random_uuid())', 'room_name = ''x''', ''),
    ('voice_conversations', 'voice_calls', 'id', 'own', 'summary = ''x''', '')
  ) p (relation, rows_of, letter, inserts, changes, which)
  left join under u on p.inserts like '\%%' escape '\' and u.statement like p.inserts;

create function test.become_one_of(identity text) returns void language plpgsql as $$
begin
  case identity
    when 'owner' then perform test.as_user(test.ann());
    when 'participant' then perform test.as_user(test.bob());
    when 'invited' then perform test.as_user(test.cid());
    when 'stranger' then perform test.as_user(test.eve());
    when 'admin' then perform test.as_admin(test.ada());
    when 'join' then perform test.with_join_token(test.call('RM_all'));
    when 'anon' then perform test.become('voiceledger', 'anon', json_build_object('sub', test.ann())::text);
    when 'service' then perform test.as_service();
    when 'login' then perform test.become('voiceledger', 'none', json_build_object('sub', test.ann())::text);
    when 'tables' then perform test.as_owner();
  end case;
end $$;

-- One call with everything of Ann, one of Eve, and an empty one of nobody.
create function test.a_call_of_each() returns void language plpgsql as $$
declare
  ann uuid := test.a_call_with_everything();
  eve uuid := test.call('RM_eve');
begin
  insert into voice_calls (room_sid) values ('RM_zed');
  insert into call_participants (call_id, participant_sid, participant_identity, kind, user_id, joined_at)
    values (eve, 'PA_eve', test.eve()::text, 'STANDARD', test.eve(), test.at(1));
  insert into voice_messages (call_id, role, content) values (eve, 'user', 'hello');
  insert into call_recordings (call_id, egress_id, status, info_key) values (eve, 'EG_1', 'EGRESS_ACTIVE', '1');
  insert into call_usage (call_id, source, type) values (eve, 'job', 'llm_usage');
  insert into webhook_events (id, state, body, call_id) values ('EV_eve', 'applied', '', eve);
  insert into call_figures select c, now(), 1, 1, 1 from unnest(array[ann, eve]) c;
  insert into idempotency_keys (caller, key, body_sha256, call_id)
    select 'user:' || c, 'k', sha256(''), c from unnest(array[ann, eve]) c;
  insert into livekit_keys_heard (key, last_heard_at) values ('APIkey', now());
  perform test.as_owner();
  insert into call_figures_due (call_id) values (ann), (eve);
  perform voiceledger.number_changes(1000);
  insert into call_changes_scrubs (last, call_ids) values (1, '{}');
  insert into call_changes_due (kind, call_ids, keys) values ('call', array[ann], '{""}'), ('call', array[eve], '{""}');
  insert into transcript_words (call_id, part, message_ids, folded) values (ann, 0, '{}', ' hello'), (eve, 0, '{}', ' hello');
  insert into transcript_words_due (call_id, part) values (ann, 0), (eve, 0);
  insert into transcript_words_backfill (after) values (ann) on conflict do nothing;
end $$;

-- What one statement by one identity does: letters of the rows seen or changed; "." none; "x" refused.
create function test.effect(statement text, identity text, probe test.probes) returns text language plpgsql as $$
declare
  whose constant text := format('test.letter(%s::uuid)', probe.letter);
  before jsonb;
  result text;
begin
  execute format('select jsonb_object_agg(ctid, %s) from %I', whose, probe.rows_of) into before;
  begin
    perform test.become_one_of(identity);
    if statement like 'select%' then
      execute statement into result;
    else
      execute statement;
      perform test.become('postgres', 'none', '');
      execute format($q$select string_agg(distinct b.value, '' order by b.value) from jsonb_each_text($1) b
        where b.key <> all (array(select ctid::text from %I))$q$, probe.rows_of) into result using before;
    end if;
    raise exception using errcode = 'VL000';
  exception
    when sqlstate 'VL000' then return coalesce(result, '.');
    when insufficient_privilege or object_not_in_prerequisite_state then return 'x';
    when others then return sqlstate;
  end;
end $$;

-- An insert leaves no row of before changed; that it passed is what counts, one try for each letter.
create function test.inserted(identity text, probe test.probes) returns text language plpgsql as $$
declare
  result text := '';
  effect text;
  letter text;
begin
  for letter in select jsonb_object_keys(probe.inserts) order by 1 loop
    effect := test.effect(format('insert into %I ', probe.relation) || (probe.inserts ->> letter), identity, probe);
    result := result || case effect when '.' then letter when 'x' then '' else effect end;
  end loop;
  return coalesce(nullif(result, ''), 'x');
end $$;

create function test.cell(probe test.probes, operation text, identity text) returns text language sql as $$
  select case operation
    when 'insert' then test.inserted(identity, probe)
    when 'select' then test.effect(format(
      $q$select string_agg(distinct w, '' order by w) from (select test.letter(%s::uuid) as w from %I) x$q$,
      probe.letter, probe.relation), identity, probe)
    when 'update' then test.effect(format('update %I set %s', probe.relation, probe.changes), identity, probe)
    when 'hand_on' then test.effect(format('update %I set user_id = %L', probe.relation, test.bob()), identity, probe)
    when 'delete' then test.effect(format('delete from %I %s', probe.relation, probe.which), identity, probe)
  end
$$;

-- The whole of it, or what concerns some relations. A relation that nobody wrote a probe for shows.
create function test.matrix(some_of text[] default null) returns text language sql as $$
  select string_agg(rpad(r.relation, 25) || ' ' || rpad(o.operation, 8) || case when p is null then 'no probe' else (
      select string_agg(rpad(test.cell(p, o.operation, i.identity), 8), '' order by i.n)
      from unnest(array['owner', 'participant', 'invited', 'stranger', 'admin', 'join', 'anon', 'service', 'login',
        'tables']) with ordinality i (identity, n)) end, E'\n' order by r.relation collate "C", o.n)
  from (select c.oid::regclass::text as relation from pg_class c
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace in ('public'::regnamespace, 'voiceledger'::regnamespace)) r
  left join test.probes p on p.relation = r.relation
  cross join unnest(array['select', 'insert', 'update', 'hand_on', 'delete']) with ordinality o (operation, n)
  where (o.operation <> 'hand_on' or r.relation = 'voice_calls') and (some_of is null or r.relation = any (some_of))
$$;

-- With every right given to everybody the policies stand alone.
create function test.rights_aside() returns void language sql as $$
  grant all on all tables in schema public to anon, authenticated, service_role, voiceledger;
  grant all on all sequences in schema public to anon, authenticated, service_role, voiceledger
$$;

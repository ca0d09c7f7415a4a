-- Words that the tests beside this file share. Run as superuser, in the test's own transaction:
-- only a superuser may change the session's login, so that each test acts as the real ones.
create schema test;
grant usage on schema test to public;

create function test.become(login text, role text, claims text) returns void language plpgsql as $$
begin
  perform set_config('role', 'none', true);
  perform set_config('session_authorization', login, true);
  perform set_config('role', role, true);
  perform set_config('request.jwt.claims', claims, true);
end $$;

create function test.as_owner() returns void language sql as
  $$ select test.become('voiceledger_owner', 'none', '') $$;
create function test.as_service() returns void language sql as
  $$ select test.become('voiceledger', 'service_role', '{"role": "service_role"}') $$;
create function test.as_anon() returns void language sql as
  $$ select test.become('voiceledger', 'anon', '{"role": "anon"}') $$;
create function test.as_user(who uuid) returns void language sql as $$
  select test.become('voiceledger', 'authenticated',
    json_build_object('sub', who, 'role', 'authenticated')::text)
$$;
create function test.as_admin(who uuid) returns void language sql as $$
  select test.become('voiceledger', 'authenticated',
    json_build_object('sub', who, 'role', 'admin')::text)
$$;
create function test.with_claims(claims text) returns void language sql as
  $$ select test.become('voiceledger', 'authenticated', claims) $$;
create function test.with_join_token(call uuid) returns void language sql as $$
  select test.with_claims(json_build_object('call_id', call, 'role', 'authenticated')::text)
$$;

-- Whether a statement is refused with this SQLSTATE; any other failure is the test's own.
create function test.refused(statement text, state text) returns boolean language plpgsql as $$
begin
  execute statement;
  return false;
exception when others then
  if sqlstate <> state then
    raise;
  end if;
  return true;
end $$;

-- How many rows a statement touched, or a query found; null where it was forbidden.
create function test.rows(statement text) returns bigint language plpgsql as $$
declare
  touched bigint;
begin
  execute statement;
  get diagnostics touched = row_count;
  return touched;
exception when insufficient_privilege then
  return null;
end $$;

create function test.ann() returns uuid language sql immutable as $$ select 'a0000000-0000-4000-8000-000000000001'::uuid $$;
create function test.bob() returns uuid language sql immutable as $$ select 'b0000000-0000-4000-8000-000000000002'::uuid $$;
create function test.cid() returns uuid language sql immutable as $$ select 'c0000000-0000-4000-8000-000000000003'::uuid $$;
create function test.eve() returns uuid language sql immutable as $$ select 'e0000000-0000-4000-8000-000000000004'::uuid $$;
create function test.ada() returns uuid language sql immutable as $$ select 'd0000000-0000-4000-8000-000000000005'::uuid $$;
insert into users (id, name, email, role) values
  (test.ann(), 'Ann', 'ann@example.org', 'user'), (test.bob(), 'Bob', 'bob@example.org', 'user'),
  (test.cid(), 'Cid', 'cid@example.org', 'user'), (test.eve(), 'Eve', 'eve@example.org', 'user'),
  (test.ada(), 'Ada', 'ada@example.org', 'admin');

-- Noon, and minutes from it, for times that a reader can follow.
create function test.at(minutes numeric) returns timestamptz language sql immutable as
  $$ select timestamptz '2026-11-01 12:00:00Z' + minutes * interval '1 minute' $$;
create function test.call(sid text) returns uuid language sql stable as
  $$ select voiceledger.call_id_of_room(sid) $$;

-- Ann's call, with Bob who took part, Cid who is invited, and one of everything under it; and a
-- call of Eve's, so that whoever sees all is seen to.
create function test.a_call_with_everything() returns uuid language plpgsql as $$
declare
  call uuid := test.call('RM_all');
begin
  perform test.as_service();
  insert into voice_calls (room_sid, room_name, user_id, invited_user_ids, first_event_at)
    values ('RM_all', 'all', test.ann(), array[test.cid()], test.at(0)),
           ('RM_eve', 'eve', test.eve(), '{}', test.at(0));
  insert into call_participants (call_id, participant_sid, participant_identity, kind, user_id, joined_at)
    values (call, 'PA_bob', test.bob()::text, 'STANDARD', test.bob(), test.at(1));
  insert into voice_messages (call_id, role, content) values (call, 'user', 'hello');
  insert into call_recordings (call_id, egress_id, status, info_key)
    values (call, 'EG_1', 'EGRESS_ACTIVE', '1');
  insert into call_usage (call_id, source, type) values (call, 'job', 'llm_usage');
  insert into webhook_events (id, state, body, call_id) values ('EV_all', 'applied', '', call);
  insert into erased_calls (call_id) values (gen_random_uuid());
  return call;
end $$;

-- Who is asking. Claims arrive as request.jwt.claims, set for one transaction. Between requests a
-- reused connection answers '', not null, so '' must read as nobody.

-- Supabase's function where it exists; ours, with the same meaning, elsewhere.
do $$
begin
  if exists (select from pg_proc p where p.oid = to_regprocedure('auth.uid()')
               and pg_get_userbyid(p.proowner) <> current_user) then
    return;
  end if;
  create or replace function auth.uid() returns uuid language sql stable as
    'select (nullif(current_setting(''request.jwt.claims'', true), '''')::jsonb ->> ''sub'')::uuid';
  comment on function auth.uid() is 'The uuid of the user who asks; null when nobody or a service does.';
  grant usage on schema auth to anon, authenticated, service_role;
  grant execute on function auth.uid() to anon, authenticated, service_role;
end $$;

-- Whoever holds a LiveKit join token may see that one call; the service puts its id into the claims.
-- Such claims have no sub: a user whose own token happens to carry a call_id gets nothing by it.
create or replace function voiceledger.caller_call_id() returns uuid language sql stable as $$
  select (claims ->> 'call_id')::uuid
  from (select nullif(current_setting('request.jwt.claims', true), '')::jsonb) c (claims)
  where claims ->> 'sub' is null
$$;
comment on function voiceledger.caller_call_id() is 'The call that the caller''s join token opens; null for every other caller.';

-- user_metadata is the user's to edit and says nothing here.
create or replace function voiceledger.caller_is_admin() returns boolean language sql stable as $$
  select coalesce(claims ->> 'role' = 'admin' or claims -> 'app_metadata' ->> 'role' = 'admin', false)
  from (select nullif(current_setting('request.jwt.claims', true), '')::jsonb) c (claims)
$$;
comment on function voiceledger.caller_is_admin() is 'Whether the caller''s token says admin, in role or app_metadata.role.';

-- One room session, one id, whoever computes it: the service does the same in RoomSid.
do $$
declare
  home text := (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
                where e.extname = 'uuid-ossp');
begin
  execute format($f$
    create or replace function voiceledger.call_id_of_room(room_sid text) returns uuid
    language sql immutable strict parallel safe as
      'select %I.uuid_generate_v5(''cf37b98d-c347-5267-a1d4-8f23626d7b4e''::uuid, room_sid)'
  $f$, home);
end $$;
comment on function voiceledger.call_id_of_room(text) is 'The id of a room session''s call: uuid v5 of the room sid under Voiceledger''s namespace.';

-- law: a call's id and session_id derive from its room
-- sabotage: create or replace function voiceledger.call_keeps_its_name() returns trigger language plpgsql as $f$ begin new.session_id := coalesce(nullif(new.session_id, ''), 'x'); return new; end $f$
-- sabotage: create or replace function voiceledger.call_id_of_room(room_sid text) returns uuid language sql immutable as 'select gen_random_uuid()'
select test.as_service();
insert into voice_calls (id, session_id, room_sid) values (gen_random_uuid(), 'RM_a', 'RM_a');
insert into voice_calls (session_id) values ('support-1'), (''), ('order RM_1');
do $$
begin
  assert (select count(*) from voice_calls
          where id = 'fbba97bb-1daa-5747-ad3d-369f4eb69a43' and session_id = room_sid) = 1,
    'a call''s id derives from its room, whatever id the writer gave';
  assert (select count(distinct session_id) from voice_calls
          where room_sid is null and session_id <> '') = 3,
    'a call without a room has the session id that its writer gave, or a random one';
end $$;

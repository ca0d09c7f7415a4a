-- law: a call keeps its id, session_id and room_sid
-- sabotage: drop trigger _100_call_keeps_its_name on voice_calls; create trigger t before insert on voice_calls for each row execute function voiceledger.call_keeps_its_name()
select test.as_service();
insert into voice_calls (room_sid) values ('RM_a');
insert into voice_calls (session_id) values ('own');
do $$
declare
  change text;
begin
  foreach change in array array['id = gen_random_uuid()', 'session_id = ''other''', 'room_sid = ''RM_b''',
      'room_sid = null', 'room_sid = ''RM_b'', session_id = ''RM_b'''] loop
    assert test.refused('update voice_calls set ' || change || ' where session_id = ''RM_a''', '23514'),
      'no name of a call changes';
  end loop;
  assert test.refused('update voice_calls set room_sid = ''RM_b'' where session_id = ''own''', '23514'),
    'a call without a room gets none later';
  assert test.rows('update voice_calls set room_sid = room_sid, session_id = session_id, title = ''x''') = 2,
    'saying the same names again is no change';
end $$;

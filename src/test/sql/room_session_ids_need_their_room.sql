-- law: a session id that begins with RM_ belongs to a room
-- sabotage: alter table voice_calls disable trigger _100_call_keeps_its_name
-- sabotage: alter table voice_calls disable trigger _100_call_keeps_its_name; alter table voice_calls alter session_id set default gen_random_uuid()
do $$
begin
  perform test.as_user(test.ann());
  assert test.refused($s$insert into voice_calls (user_id, session_id) values (test.ann(), 'RM_x')$s$, '23514'),
    'nobody puts a row of his own where LiveKit''s events will go';
  assert not test.refused($s$insert into voice_calls (user_id, session_id) values (test.ann(), 'my RM_x')$s$, '23514'),
    'other session ids are their writer''s to choose';
  perform test.as_service();
  assert test.refused($s$insert into voice_calls (session_id) values ('RM_x')$s$, '23514'),
    'the service names the room too';
  assert not test.refused($s$insert into voice_calls (session_id, room_sid) values ('RM_x', 'RM_x')$s$, '23514'),
    'with its room the session id is right';
end $$;

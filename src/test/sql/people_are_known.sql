-- law: whoever appears in a verified token, as participant or as invited is a user from then on
-- sabotage: alter table voice_calls disable trigger _120_people_are_known
-- sabotage: alter table voice_calls disable trigger _400_access_follows_a_new_call
-- sabotage: alter table voice_calls disable trigger _400_access_follows_the_call
-- sabotage: alter table call_participants disable trigger _120_people_are_known
do $$
declare
  newcomer uuid := 'd1000000-0000-4000-8000-000000000001';
  guest uuid := 'd1000000-0000-4000-8000-000000000002';
  late uuid := 'd1000000-0000-4000-8000-000000000003';
begin
  perform test.as_user(newcomer);
  assert not test.refused(format('insert into voice_calls (user_id, session_id) values (%L, ''known-1'')', newcomer),
    '23503'), 'a caller whom no row knew may start a call';
  update voice_calls set invited_user_ids = array[late] where session_id = 'known-1';
  perform test.as_service();
  insert into voice_calls (session_id, invited_user_ids) values ('known-2', array[guest]);
  assert exists (select from users where id = newcomer), 'who calls in is a user';
  assert exists (select from users where id = guest), 'who is invited is a user';
  assert exists (select from users where id = late), 'who is invited later is a user';
  insert into voice_calls (session_id, room_sid) values ('RM_known', 'RM_known');
  assert not test.refused($s$insert into call_participants (call_id, participant_sid, user_id)
    values (voiceledger.call_id_of_room('RM_known'), 'PA_known', 'd1000000-0000-4000-8000-000000000004')$s$, '23503'),
    'who takes part is a user';
  assert test.refused($s$insert into voice_calls (user_id) values ('d1000000-0000-4000-8000-00000000000f')$s$, '23503'),
    'but a uuid that nobody vouched for is none';
end $$;

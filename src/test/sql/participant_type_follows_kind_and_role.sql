-- law: agents are agents, admins are whom users.role says, all else are users
-- sabotage: alter table call_participants disable trigger call_participants_calculate_duration_trigger
select test.as_service();
insert into voice_calls (room_sid) values ('RM_a');
insert into call_participants (call_id, participant_sid, kind, user_id, joined_at, participant_type)
  values (test.call('RM_a'), 'agent', 'AGENT', null, now(), 'user'),
         (test.call('RM_a'), 'user', 'STANDARD', test.ann(), now(), 'admin'),
         (test.call('RM_a'), 'admin', 'STANDARD', test.ada(), now(), 'user');
insert into call_participants (call_id, participant_sid, kind) values (test.call('RM_a'), 'PA_x', null);
do $$
begin
  assert (select bool_and(participant_type::text = participant_sid) from call_participants where kind is not null),
    'the type of a participant follows LiveKit''s kind and the role of the user';
  assert (select participant_type from call_participants where kind is null) = 'user', 'an unknown kind is a user';
  update call_participants set kind = 'AGENT' where kind is null;
  assert (select participant_type from call_participants where participant_sid = 'PA_x') = 'agent', 'until it is known';
end $$;

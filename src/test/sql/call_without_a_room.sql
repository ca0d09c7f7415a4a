-- law: a call without a room is its writer's own, and its end and duration are consistent
-- sabotage: alter table voice_calls disable trigger voice_calls_calculate_duration_trigger
-- sabotage: create or replace function voiceledger.own_call_is_its_writers(call public.voice_calls) returns public.voice_calls language sql as 'select call'
do $$
declare
  call voice_calls;
begin
  perform test.as_user(test.ann());
  insert into voice_calls (user_id, session_id, room_name, status)
    values (test.ann(), 'support-ann-1', 'Support Call', 'pending') returning * into call;
  assert call.status = 'pending' and call.started_at = now(), 'the seed''s INSERT makes a pending call';
  perform test.as_service();
  update voice_calls set status = 'active', connected_at = test.at(0) where id = call.id;
  update voice_calls set status = 'completed', ended_at = test.at(2.5) where id = call.id returning * into call;
  assert (call.status, call.duration_seconds, call.end_reason) = ('completed', 150, 'ended_by_api'),
    'the seed''s UPDATE ends it and its duration follows';
  insert into voice_calls (session_id, connected_at) values ('a', test.at(0)) returning * into call;
  assert call.status = 'active', 'who is connected is active';
  insert into voice_calls (session_id, ended_at) values ('b', test.at(0)) returning * into call;
  assert (call.status, call.end_reason) = ('failed', 'never_connected'), 'over and never connected is failed';
  insert into voice_calls (session_id, status) values ('c', 'active') returning * into call;
  update voice_calls set ended_at = now() where id = call.id returning * into call;
  assert call.status = 'completed', 'what its writer called active is completed at its end';
  insert into voice_calls (session_id, status, connected_at) values ('d', 'failed', now()) returning * into call;
  assert call.end_reason = 'ended_by_api' and call.ended_at = now(), 'what failed is over, and who connected did connect';
end $$;

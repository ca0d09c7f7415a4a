-- law: every change of a call and of what hangs on it gets a number, several of one row one, in their order
-- sabotage: alter table voice_calls disable trigger _950_changes_are_due_on_insert
-- sabotage: alter table voice_calls disable trigger _950_changes_are_due_on_update
-- sabotage: alter table call_participants disable trigger _950_changes_are_due_on_insert
-- sabotage: alter table call_participants disable trigger _950_changes_are_due_on_update
-- sabotage: alter table call_participants disable trigger _950_changes_are_due_on_delete
-- sabotage: alter table call_recordings disable trigger _950_changes_are_due_on_insert
-- sabotage: alter table call_recordings disable trigger _950_changes_are_due_on_update
-- sabotage: alter table call_recordings disable trigger _950_changes_are_due_on_delete
-- sabotage: alter table voice_messages disable trigger _950_changes_are_due_on_insert
-- sabotage: alter table voice_messages disable trigger _950_changes_are_due_on_update
-- sabotage: alter table voice_messages disable trigger voice_messages_update_tokens_on_delete_trigger
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.number_changes'::regproc), 'distinct on (t.kind, i.call_id, i.key)', ''); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.number_changes'::regproc), 't.id desc', 't.id'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.changes_are_due'::regproc), 'row_number() over () / 1000', '0'); end $s$
create function pg_temp.said() returns text language plpgsql as $$
declare
  was bigint;
  said text;
begin
  perform test.as_service();
  select p.last into was from call_changes_position p;
  perform voiceledger.number_changes(100000);
  select string_agg(concat_ws(' ', i.kind, nullif(i.key, '')), ', ' order by l.last, i.place) into said
    from call_changes l cross join unnest(l.kinds, l.call_ids, l.keys) with ordinality i (kind, call_id, key, place)
    where l.last > was and i.call_id = test.call('RM_1');
  return said;
end $$;
do $$
declare
  said text;
  message text := gen_random_uuid();
begin
  perform test.as_service();
  insert into voice_calls (room_sid) values ('RM_1'), ('RM_2');
  said := pg_temp.said();
  assert said = 'call', 'a new call: ' || coalesce(said, 'nothing');
  assert pg_temp.said() is null, 'said once is said';
  update voice_calls set summary = 'x' where room_sid = 'RM_1';
  assert pg_temp.said() = 'call', 'a call that changed';
  update voice_calls set summary = 'x' where false;
  assert pg_temp.said() is null, 'nothing changed, nothing said';
  insert into call_participants (call_id, participant_sid, kind) values (test.call('RM_1'), 'PA_1', 'STANDARD');
  said := pg_temp.said();
  assert said = 'participant PA_1', 'somebody who is not in yet: ' || said;
  update call_participants set joined_at = test.at(1);
  said := pg_temp.said();
  assert said = 'call, participant PA_1', 'who joins is counted first: ' || said;
  insert into call_recordings (call_id, egress_id, status, info_key) values (test.call('RM_1'), 'EG_1', 'EGRESS_ACTIVE', '1');
  said := pg_temp.said();
  assert said in ('recording EG_1, call', 'call, recording EG_1'), 'a recording, and its call knows of it: ' || said;
  update call_recordings set error = 'x';
  assert pg_temp.said() = 'recording EG_1', 'a recording that changed';
  insert into voice_messages (id, call_id, role, content) values (message::uuid, test.call('RM_1'), 'user', 'x');
  said := pg_temp.said();
  assert said in ('message ' || message || ', call', 'call, message ' || message), 'a message, and its call counts: ' || said;
  update voice_messages set content = 'y';
  assert pg_temp.said() = 'message ' || message, 'a message that changed';
  update voice_calls set summary = 'y';
  update voice_messages set content = 'z';
  update voice_calls set summary = 'z';
  said := pg_temp.said();
  assert said = 'message ' || message || ', call', 'of several changes the last: ' || said;
  delete from voice_messages;
  assert pg_temp.said() = 'call', 'a message taken away changes the call';
  update call_recordings set status = 'EGRESS_FAILED';
  perform pg_temp.said();
  delete from call_recordings;
  assert pg_temp.said() = 'call', 'a recording taken away too, if the call did not know of it';
  update call_participants set joined_at = null;
  perform pg_temp.said();
  delete from call_participants;
  assert pg_temp.said() = 'call', 'and a participant, if nobody counted it';
  insert into voice_calls (room_sid) select 'RM_x' || i from generate_series(1, 2500) i;
  perform test.as_owner();
  assert (select max(cardinality(call_ids)) = 1000 and count(*) = 3 from call_changes_due), 'a row of the queue is bounded';
  perform test.as_service();
  assert (select more from voiceledger.number_changes(10)), 'there is more';
  assert (select more from voiceledger.number_changes(10)) and not (select more from voiceledger.number_changes(10)), 'and an end of it';
  assert (select count(distinct i.id) = 2500 from call_changes l cross join unnest(l.call_ids) i (id) join voice_calls c on c.id = i.id
    where c.room_sid like 'RM_x%'), 'and each is told of';
  assert (select sum(cardinality(call_ids)) = max(last) from call_changes)
      and (select p.last from call_changes_position p) = (select max(l.last) from call_changes l), 'no number is left out';
end $$;

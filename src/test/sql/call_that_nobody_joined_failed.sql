-- law: a call that is over and that nobody joined failed, whatever ended it
-- sabotage: alter table voice_calls disable trigger voice_calls_calculate_duration_trigger
-- sabotage: alter table call_participants disable trigger _300_call_counts_its_participants_on_insert
select test.as_service();
insert into voice_calls (room_sid, end_reported_at) values ('RM_reported', test.at(5));
insert into voice_calls (room_sid, end_inferred_at, end_inferred_reason)
  values ('RM_inferred', test.at(5), 'ended_by_api'), ('RM_late', test.at(5), 'reconciled');
insert into voice_calls (room_sid) values ('RM_open');
insert into voice_calls (session_id, status, end_reason) values ('no room', 'failed', 'room_not_created');
insert into call_participants (call_id, participant_sid, kind, left_reported_at)
  values (test.call('RM_reported'), 'PA_aborted', 'STANDARD', test.at(2));
do $$
begin
  assert (select bool_and(status = 'failed' and end_reason = 'never_connected' and duration_seconds is null
                          and connected_at is null)
          from voice_calls where room_sid in ('RM_reported', 'RM_inferred')),
    'over and never connected is failed, aborted participants or not';
  assert (select (status, end_reason) = ('failed', 'room_not_created') and ended_at is not null
          from voice_calls where session_id = 'no room'), 'a room that could not be made says so';
  assert (select status = 'pending' and ended_at is null from voice_calls where room_sid = 'RM_open'),
    'a call that nobody joined yet is pending';
  insert into call_participants (call_id, participant_sid, kind, joined_at, left_reported_at)
    values (test.call('RM_late'), 'PA_1', 'STANDARD', test.at(1), test.at(2));
  assert (select (status, end_reason, duration_seconds) = ('completed', 'reconciled', 240)
          from voice_calls where room_sid = 'RM_late'), 'somebody who turns out to have joined completes it';
end $$;

-- law: a call is complete when it is over and reported and nothing is being recorded, or over for ten minutes
-- sabotage: alter table voice_calls disable trigger voice_calls_calculate_duration_trigger
-- sabotage: alter table call_recordings disable trigger _200_call_shows_its_recording_on_insert
-- sabotage: alter table call_recordings disable trigger _200_call_shows_its_recording_on_update
-- sabotage: alter table call_recordings disable trigger _200_call_shows_its_recording_on_delete
-- sabotage: create or replace function voiceledger.recording_is_open(status text) returns boolean language sql immutable as $$ select status = 'EGRESS_ACTIVE' $$
-- sabotage: create or replace function voiceledger.completeness_of(call voice_calls) returns text language sql stable as $$ select case when call.ended_at is null then 'live' when call.agent_reported then 'complete' else 'settling' end $$
-- sabotage: create or replace function voiceledger.settle_calls(calls_max integer) returns integer language sql security definer as $$ with s as (update public.voice_calls set completeness = 'complete' where completeness = 'settling' returning id) select count(*)::integer from s $$
select test.as_service();
insert into voice_calls (room_sid, last_alive_at) values ('RM_a', now());
create function pg_temp.is(wanted text) returns boolean language sql as
  $$ select completeness = wanted from voice_calls where room_sid = 'RM_a' $$;
create function pg_temp.ends(ago interval) returns void language sql as
  $$ update voice_calls set end_reported_at = now() - ago where room_sid = 'RM_a' $$;
do $$
declare
  call uuid := test.call('RM_a');
begin
  update voice_calls set agent_reported = true;
  assert pg_temp.is('live'), 'while it goes on a report completes nothing';
  perform pg_temp.ends('1 minute');
  assert pg_temp.is('complete'), 'over and reported';
  insert into call_recordings (call_id, egress_id, status, info_key) values (call, 'EG_1', 'EGRESS_STARTING', '1');
  assert pg_temp.is('settling'), 'but not while something is being recorded';
  update call_recordings set status = 'EGRESS_ENDING';
  assert pg_temp.is('settling'), 'nor while that comes to its end';
  update call_recordings set status = 'EGRESS_ABORTED';
  assert pg_temp.is('complete'), 'whatever becomes of the recording';
  insert into call_recordings (call_id, egress_id, status, info_key) values (call, 'EG_2', 'EGRESS_NEW', '1');
  assert pg_temp.is('settling'), 'a status that nobody knows yet is no end';
  delete from call_recordings where egress_id = 'EG_2';
  assert pg_temp.is('complete'), 'what is gone is not waited for';
  update voice_calls set restarted_at = now();
  assert pg_temp.is('live'), 'a room that is open again is live again';
  perform pg_temp.ends('0');
  assert pg_temp.is('complete'), 'and over again with its report';
  update voice_calls set agent_reported = false;
  assert pg_temp.is('settling'), 'without a report it is waited for';
  assert voiceledger.settle_calls(10) = 0 and pg_temp.is('settling'), 'for ten minutes';
  update voice_calls set completeness = 'complete';
  assert pg_temp.is('settling'), 'whatever somebody writes';
end $$;
insert into voice_calls (room_sid, end_reported_at, last_alive_at) values ('RM_old', now() - interval '11 minutes', null);
do $$
begin
  assert (select completeness from voice_calls where room_sid = 'RM_old') = 'complete',
    'an end that is known only after ten minutes is waited for no longer';
end $$;
-- As if it had been written ten minutes ago.
select test.as_owner();
alter table voice_calls disable trigger voice_calls_calculate_duration_trigger;
update voice_calls set completeness = 'settling', ended_at = now() - interval '10 minutes', end_reported_at = now() - interval '10 minutes' where room_sid = 'RM_old';
alter table voice_calls enable trigger voice_calls_calculate_duration_trigger;
select test.as_service();
do $$
begin
  assert voiceledger.settle_calls(10) = 1, 'who comes by completes those that are due';
  assert (select completeness from voice_calls where room_sid = 'RM_old') = 'complete' and pg_temp.is('settling'),
    'and no others';
  assert voiceledger.settle_calls(10) = 0, 'once';
end $$;

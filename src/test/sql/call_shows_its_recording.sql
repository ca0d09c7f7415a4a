-- law: a call points at its first finished recording
-- sabotage: alter table call_recordings disable trigger _200_call_shows_its_recording_on_insert
-- sabotage: alter table call_recordings disable trigger _200_call_shows_its_recording_on_update
-- sabotage: alter table call_recordings disable trigger _200_call_shows_its_recording_on_delete
select test.as_service();
insert into voice_calls (room_sid) values ('RM_a');
insert into call_recordings (call_id, egress_id, status, started_at, url, info_key)
  values (test.call('RM_a'), 'EG_2', 'EGRESS_COMPLETE', test.at(2), 's3://2', '1'),
         (test.call('RM_a'), 'EG_1', 'EGRESS_ACTIVE', test.at(1), null, '1');
do $$
begin
  assert (select recording_url from voice_calls) = 's3://2', 'a call points at its finished recording';
  update call_recordings set url = 's3://1' where egress_id = 'EG_1';
  assert (select recording_url from voice_calls) = 's3://1', 'the one that began first counts';
  delete from call_recordings where egress_id = 'EG_1';
  assert (select recording_url from voice_calls) = 's3://2', 'one that was deleted is pointed at no more';
  update call_recordings set url = null;
  assert (select recording_url from voice_calls) is null, 'nor one without a file';
end $$;

-- law: a part whose words cannot be written lets all others go first, and is due again when it changes
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.put_words_off'::regproc), 'd.part = $2', 'false'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.put_words_off'::regproc), '+ interval', '- interval'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.put_words_off'::regproc), 'insert into public.transcript_words_due (call_id, part, at) values ($1, $2, clock_timestamp() + interval ''1 minute'')', 'null'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.words_lag_seconds'::regproc), 'greatest(0, ', 'greatest('); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.put_words_off'::regproc), 'perform voiceledger.queue_words()', 'null'); end $s$
-- sabotage: revoke execute on function voiceledger.put_words_off(uuid, integer) from service_role
select test.as_service();
insert into voice_calls (room_sid) values ('RM_1');
select test.become('postgres', 'none', '');
insert into transcript_words_due (call_id, part) values (test.call('RM_1'), 0), (test.call('RM_1'), 0), (test.call('RM_1'), 1);
do $$
declare
  ours uuid := test.call('RM_1');
begin
  perform test.as_service();
  assert not test.refused(format('select voiceledger.put_words_off(%L, 0)', ours), '42501'), 'the service may';
  assert (select string_agg(t.part::text, ' ') from voiceledger.take_words_due(10) t where t.call_id = ours) = '1', 'others go on';
  assert voiceledger.words_lag_seconds() >= 0, 'what is put off is no lag';
  perform test.become('postgres', 'none', '');
  assert (select count(*) = 1 from transcript_words_due d where d.call_id = ours and d.at < now() + interval '2 minutes'), 'it waits';
  insert into voice_messages (call_id, sequence_number, segment_id, role, content) values (ours, 1, 1, 'user', 'x');
  perform voiceledger.number_changes(1000);
  perform test.as_service();
  perform voiceledger.put_words_off(ours, 0);
  assert not exists (select from voiceledger.take_words_due(10) t where t.call_id = ours), 'so does what the log still has';
  perform test.become('postgres', 'none', '');
  insert into transcript_words_due (call_id, part) values (ours, 0);
  assert (select count(*) from voiceledger.take_words_due(10) t where t.call_id = ours) = 1, 'a change makes it due';
end $$;

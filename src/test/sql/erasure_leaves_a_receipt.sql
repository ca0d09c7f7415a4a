-- law: who erases a call is told what went with it and what stays elsewhere
-- sabotage: alter table voice_calls disable trigger _900_erasure_leaves_a_receipt
-- sabotage: create or replace trigger _900_erasure_leaves_a_receipt after delete on voice_calls for each row execute function voiceledger.erasure_leaves_a_receipt()
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.erasure_leaves_a_receipt'::regproc), '1000', '5000'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.erasure_leaves_a_receipt'::regproc), 'SECURITY DEFINER', ''); end $s$
do $$
declare
  call uuid := test.a_call_with_everything();
  receipt jsonb;
begin
  update call_recordings set url = 's3://r/1' where call_id = call;
  insert into call_recordings (call_id, egress_id, status, info_key) values (call, 'EG_2', 'EGRESS_FAILED', '1');
  update voice_calls set transcript_url = 's3://t/1' where id = call;
  insert into voice_messages (call_id, role, content, audio_url)
    select call, 'user', 'x', 's3://a/' || n % 2 from generate_series(1, 4) n;
  perform test.as_user(test.ann());
  assert test.rows('delete from voice_calls') = 1, 'people erase their own calls';
  receipt := nullif(current_setting('voiceledger.receipt', true), '')::jsonb;
  assert receipt -> 'erased' = jsonb_build_object('voice_calls', 1, 'call_participants', 1, 'call_recordings', 2, 'call_usage', 1,
    'voice_messages', 5, 'webhook_events', 1), 'the receipt counts what went, in tables too that the eraser may not see: '
    || coalesce(receipt ->> 'erased', 'nothing');
  assert receipt -> 'not_erased' = '[{"kind": "recording", "url": "s3://r/1"}, {"kind": "transcript", "url": "s3://t/1"},
    {"kind": "message_audio", "url": "s3://a/0"}, {"kind": "message_audio", "url": "s3://a/1"}]'
    and receipt -> 'not_erased_has_more' = 'false', 'and names each object elsewhere once';
  perform test.as_service();
  insert into voice_calls (room_sid) values ('RM_many');
  insert into voice_messages (call_id, role, content, audio_url)
    select test.call('RM_many'), 'user', 'x', 's3://a/' || n from generate_series(1, 1001) n;
  delete from voice_calls where room_sid = 'RM_many';
  receipt := nullif(current_setting('voiceledger.receipt', true), '')::jsonb;
  assert jsonb_array_length(receipt -> 'not_erased') = 1000 and receipt -> 'not_erased_has_more' = 'true',
    'a thousand of them at most, and it says that there are more';
end $$;

-- law: erased stays erased
-- sabotage: alter table voice_calls disable trigger _900_erased_stays_erased
-- sabotage: alter table voice_calls disable trigger _900_erased_stays_out
do $$
declare
  call uuid := test.a_call_with_everything();
begin
  perform test.as_user(test.ann());
  assert test.rows('delete from voice_calls') = 1, 'people erase their own calls';
  perform test.as_service();
  assert not exists (select from voice_calls where id = call)
      and not exists (select from call_participants) and not exists (select from voice_messages)
      and not exists (select from call_recordings) and not exists (select from call_usage)
      and not exists (select from call_access where call_id = call),
    'everything under an erased call is gone';
  assert not exists (select from webhook_events), 'the raw events of an erased call are gone';
  assert exists (select from erased_calls where call_id = call), 'a tombstone remains of an erased call';
  assert test.refused($s$insert into voice_calls (room_sid) values ('RM_all')$s$, '40001'),
    'an erased call is not written again';
  assert test.rows($s$insert into voice_calls (room_sid) values ('RM_other')$s$) = 1, 'others are';
end $$;

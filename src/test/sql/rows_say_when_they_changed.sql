-- law: a row says when it last changed, and of two states of it the later one has the later time
-- sabotage: alter table voice_calls disable trigger voice_calls_updated_at_trigger
-- sabotage: alter table voice_messages disable trigger voice_messages_updated_at_trigger
-- sabotage: create or replace function voiceledger.touch_updated_at() returns trigger language plpgsql as 'begin new.updated_at := now(); return new; end'
-- sabotage: create or replace function voiceledger.touch_updated_at() returns trigger language plpgsql as 'begin new.updated_at := old.updated_at + interval ''1 microsecond''; return new; end'
-- sabotage: create or replace function voiceledger.erased_stays_erased() returns trigger language plpgsql as 'begin insert into erased_calls values (old.id); return null; end'
select test.a_call_with_everything();
do $$
declare
  what text;
  was timestamptz;
begin
  foreach what in array array['voice_calls', 'call_participants', 'call_recordings', 'call_usage', 'voice_messages'] loop
    execute format('select max(updated_at) from %I', what) into was;
    assert was >= now(), 'a row that was written has a time';
    perform test.rows(format('update %I set updated_at = %L', what, test.at(0)));
    assert test.rows(format('select from %I where updated_at <= now()', what)) = 0,
      'a row says when it last changed, and later than before within one transaction too';
    assert test.rows(format('select from %I where updated_at > now()', what)) > 0, 'and there is one to say it';
  end loop;
  perform test.as_owner();
  alter table voice_calls disable trigger user;
  update voice_calls set updated_at = now() - interval '1 hour' where room_sid = 'RM_eve';
  alter table voice_calls enable trigger user;
  perform test.as_service();
  update voice_calls set summary = 'x' where room_sid = 'RM_eve';
  assert (select updated_at = now() from voice_calls where room_sid = 'RM_eve'), 'it is the time of the change';
  select max(updated_at) into was from voice_calls where room_sid = 'RM_all';
  delete from voice_calls where room_sid = 'RM_all';
  assert (select erased_at > was from erased_calls where call_id = test.call('RM_all')), 'an erasure is later than all of it';
end $$;

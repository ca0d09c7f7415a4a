-- law: a part of a transcript is due whenever a message of it is new, changes, moves or is taken away
-- sabotage: alter table voice_messages disable trigger _960_words_are_due_on_delete
-- sabotage: alter table voice_messages disable trigger _960_words_have_moved
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.words_are_due'::regproc), 'where exists', 'where true or exists'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.words_have_moved'::regproc), '(old.call_id, old.sequence_number / 64), ', ''); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.queue_words'::regproc), 'set last = l.last', 'set last = c.last'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.queue_words'::regproc), 'perform voiceledger.all_words_are_due()', 'null'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.take_words_due'::regproc), 'order by d.at, d.id limit parts_max),', 'order by d.at desc, d.id limit parts_max),'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.open_words'::regproc), 'w.words is null and', ''); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.open_words'::regproc), 'w.changed_at <', 'now() >'); end $s$
create function pg_temp.due() returns text language plpgsql as $$
declare
  due text;
begin
  perform test.become('postgres', 'none', '');
  perform voiceledger.number_changes(1000);
  perform test.as_service();
  select string_agg(concat_ws(' ', t.part, case when t.quiet then 'quiet' end), ', ' order by t.part) into due
    from voiceledger.take_words_due(100) t where t.call_id = test.call('RM_1');
  return coalesce(due, 'none');
end $$;
do $$
begin
  perform test.as_service();
  insert into voice_calls (room_sid) values ('RM_1');
  assert pg_temp.due() = 'none', 'a call has no words';
  insert into voice_messages (call_id, sequence_number, segment_id, role, content)
    select test.call('RM_1'), n, n, 'user', 'x' from unnest(array[1, 63, 64, 640]) n;
  assert pg_temp.due() = '0, 1, 10', 'new ones';
  assert pg_temp.due() = 'none', 'taken once is taken';
  update voice_calls set summary = 'x' where room_sid = 'RM_1';
  assert pg_temp.due() = 'none', 'nothing was said';
  update voice_messages set content = 'y' where sequence_number = 640;
  assert pg_temp.due() = '10', 'one that changed';
  update voice_messages set sequence_number = 200 where sequence_number = 640;
  assert pg_temp.due() = '3, 10', 'one that moved';
  delete from voice_messages where sequence_number = 200;
  assert pg_temp.due() = '3', 'one that is gone';
  insert into transcript_words (call_id, part, message_ids, folded, words, changed_at)
    values (test.call('RM_1'), 0, '{}', ' x', null, now() - interval '1 minute'),
      (test.call('RM_1'), 1, '{}', ' x', null, now()),
      (test.call('RM_1'), 2, '{}', ' x', '', now() - interval '1 minute');
  assert (select string_agg(o.part::text, ' ') from voiceledger.open_words(10) o) = '0', 'what stopped growing';
  perform test.become('postgres', 'none', '');
  update call_changes_consumers set last = last - 1 where name = 'search';
  delete from call_changes;
  assert pg_temp.due() = '0 quiet, 1 quiet', 'all, where the log has been pruned';
  assert pg_temp.due() = 'none', 'and once';
  perform test.become('postgres', 'none', '');
  perform voiceledger.all_words_are_due();
  update voice_messages set content = 'z' where sequence_number = 64;
  perform voiceledger.number_changes(1000);
  perform test.as_service();
  assert (select min(t.part) from voiceledger.take_words_due(1) t) = 1, 'what changes goes first';
  perform pg_temp.due();
  delete from voice_calls where room_sid = 'RM_1';
  perform test.become('postgres', 'none', '');
  assert not exists (select from transcript_words), 'the words go with the call';
  assert not exists (select from transcript_words_due), 'and nothing of it is due';
end $$;

-- law: what was said before there was a search is queued some calls at a time, each part of each once
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.some_words_are_due'::regproc), 'order by c.id limit calls_max', 'order by c.id'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.some_words_are_due'::regproc), 'set after = calls[calls_max]', 'set after = b.after'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.some_words_are_due'::regproc), 'delete from public.transcript_words_backfill', 'null'); end $s$
-- sabotage: do $s$ begin execute replace(pg_get_functiondef('voiceledger.some_words_are_due'::regproc), '(p.part + 1)::bigint * 64', '(p.part + 2)::bigint * 64'); end $s$
select test.as_service();
insert into voice_calls (room_sid) select 'RM_' || n from generate_series(1, 600) n;
insert into voice_messages (call_id, sequence_number, segment_id, role, content)
  select c.id, n, n, 'user', 'x' from voice_calls c, unnest(array[5, 70, 71, 2147483647]) n;
select test.become('postgres', 'none', '');
delete from call_changes_due;
delete from transcript_words_due;
do $$
declare
  n bigint;
begin
  perform voiceledger.all_words_are_due();
  assert not exists (select from transcript_words_due), 'nothing is read when it becomes due';
  select count(*) into n from voiceledger.take_words_due(1);
  select n + count(*) into n from transcript_words_due;
  assert n = 1500, 'the parts of 500 calls';
  select count(*) into n from voiceledger.take_words_due(2000) t where t.quiet;
  assert n = 1499 and not exists (select from transcript_words_due), 'no more are queued before these are taken';
  select count(*) into n from voiceledger.take_words_due(2000);
  assert n = 300, 'then those of the others';
  assert not exists (select from transcript_words_backfill) and not exists (select from voiceledger.take_words_due(10)),
    'and then it is over';
end $$;

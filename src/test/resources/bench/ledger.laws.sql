-- In which respects a filled ledger is not what its triggers would have made of it. Each law is
-- asked anew: messages and usage are summed, people counted, rows of access derived, and every
-- trigger that runs before a row is written looks at every row.
set local session_replication_role = origin;
create temp table found (what text) on commit drop;
create temp table calls_before on commit drop as select * from voice_calls;
create temp table people_before on commit drop as select * from call_participants;
create temp table access_before on commit drop as select * from call_access;

insert into found select 'messages' where exists (
  select from voice_calls c left join (
    select call_id, count(*) as n, max(sequence_number) as last, sum(tokens_used) as tokens, sum(input_tokens) as input,
      sum(output_tokens) as output, sum(cost_usd) as cost
    from voice_messages group by call_id) m on m.call_id = c.id
  where (c.message_count, c.message_seq, c.message_tokens, c.message_input_tokens, c.message_output_tokens, c.message_cost_usd)
    <> (coalesce(m.n, 0), coalesce(m.last, 0), coalesce(m.tokens, 0), coalesce(m.input, 0), coalesce(m.output, 0), coalesce(m.cost, 0)));
insert into found select 'figures' where exists (
  (select id, started_at, coalesce(duration_seconds, 0), total_tokens_used, cost_usd from voice_calls where ended_at is not null)
  except select call_id, started_at, duration_seconds, total_tokens_used, cost_usd from call_figures);
insert into found select 'figures of others' where (select count(*) from call_figures)
  <> (select count(*) from voice_calls where ended_at is not null);
insert into found select 'nobody''s rows' where exists (select from voice_messages m
  where not exists (select from voice_calls c where c.id = m.call_id));
insert into found select 'the person with 1,000 calls' where 1000 <>
  (select count(*) from call_access where user_id = '00000000-0000-4000-8000-000000000000');
insert into found select 'indexes' where exists (select from pg_index i join pg_class c on c.oid = i.indrelid
  where c.relnamespace = 'public'::regnamespace and not (i.indisvalid and i.indisready));

update call_usage set input_tokens = input_tokens;
insert into found select 'usage' where exists (select to_jsonb(c) - 'updated_at' from voice_calls c
  except select to_jsonb(b) - 'updated_at' from calls_before b);
do $$ begin
  perform voiceledger.count_participants(array(select id from voice_calls));
  perform voiceledger.refresh_access(array(select id from voice_calls));
end $$;
update call_participants set joined_at = joined_at;
update call_recordings set url = url;
update voice_calls set room_sid = room_sid, end_reported_at = end_reported_at, message_tokens = message_tokens;
insert into found select 'calls' where exists (select to_jsonb(c) - 'updated_at' from voice_calls c
  except select to_jsonb(b) - 'updated_at' from calls_before b);
insert into found select 'people' where exists (select to_jsonb(p) - 'updated_at' from call_participants p
  except select to_jsonb(b) - 'updated_at' from people_before b);
insert into found select 'access' where exists (table call_access except table access_before);

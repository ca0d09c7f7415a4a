-- law: an end, a report and recordings in any order leave a call as complete
-- sabotage: alter table call_recordings disable trigger _200_call_shows_its_recording_on_update
-- sabotage: alter table voice_calls disable trigger voice_calls_calculate_duration_trigger
select test.as_service();
create temp table fact (n int, sql text);
insert into fact values
  (1, 'update voice_calls set end_reported_at = now() where room_sid = %L'),
  (2, 'update voice_calls set agent_reported = true where room_sid = %L'),
  (3, 'insert into call_recordings as r (call_id, egress_id, status, info_key)
       values (test.call(%L), ''EG_1'', ''EGRESS_ACTIVE'', ''1'') on conflict (call_id, egress_id) do nothing'),
  (4, 'insert into call_recordings as r (call_id, egress_id, status, info_key)
       values (test.call(%L), ''EG_1'', ''EGRESS_COMPLETE'', ''2'') on conflict (call_id, egress_id) do update
       set status = excluded.status, info_key = excluded.info_key where excluded.info_key > r.info_key'),
  (5, 'insert into call_recordings (call_id, egress_id, status, info_key)
       values (test.call(%L), ''EG_2'', ''EGRESS_FAILED'', ''1'')');
do $$
declare
  road int[];
  sid text;
  step int;
begin
  for road in
    with recursive walk (way) as (
      select array[n] from fact union all select way || n from walk, fact where not n = any (way))
    select way from walk
  loop
    sid := 'RM_' || array_to_string(road, '');
    insert into voice_calls (room_sid, first_event_at) values (sid, now());
    foreach step in array road loop
      execute format((select sql from fact where n = step), sid);
    end loop;
  end loop;
  assert (select count(*) from voice_calls where length(room_sid) = 8) = 120, 'every order was tried';
  assert (select bool_and(completeness = case
      when room_sid !~ '1' then 'live'
      when room_sid ~ '2' and (room_sid !~ '3' or room_sid ~ '4') then 'complete'
      else 'settling' end) from voice_calls), 'at each step of every order it follows from the facts';
end $$;

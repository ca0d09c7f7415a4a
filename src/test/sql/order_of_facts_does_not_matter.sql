-- law: facts in any order leave the same rows
-- sabotage: alter table voice_calls disable trigger _200_leaving_follows_the_end
-- sabotage: alter table voice_calls disable trigger _150_call_names_its_agent
-- sabotage: alter table call_participants disable trigger call_participants_calculate_duration_trigger
select test.as_service();
create temp table fact (n int, sql text);
insert into fact values
  (1, 'update voice_calls set end_reported_at = test.at(10) where room_sid = %L'),
  (2, 'update voice_calls set end_inferred_at = test.at(8), end_inferred_reason = ''reconciled'', agent_named = ''desk'' where room_sid = %L'),
  (3, 'update voice_calls set room_created_at = test.at(0), restarted_at = test.at(0) where room_sid = %L'),
  (4, 'insert into call_participants (call_id, participant_sid, participant_identity, kind, joined_at, left_reported_at)
       values (test.call(%L), ''PA_1'', ''x'', ''STANDARD'', test.at(2), test.at(3))'),
  (5, 'insert into call_participants (call_id, participant_sid, participant_identity, kind, joined_at)
       values (test.call(%L), ''PA_2'', ''bot'', ''AGENT'', test.at(1))');
do $$
declare
  road int[];
  sid text;
  step int;
begin
  for road in
    with recursive walk (way) as (
      select array[n] from fact union all select way || n from walk, fact where not n = any (way))
    select way from walk where cardinality(way) = 5
  loop
    sid := 'RM_' || array_to_string(road, '');
    insert into voice_calls (room_sid, first_event_at) values (sid, test.at(1));
    foreach step in array road loop
      execute format((select sql from fact where n = step), sid);
    end loop;
  end loop;
  assert (select count(*) from voice_calls) = 120, 'every order was tried';
  assert (select count(distinct (status, started_at, connected_at, ended_at, duration_seconds, end_reason,
                                 participant_count, ai_agent_used, agent_name)) from voice_calls) = 1,
    'a call is the same whatever the order of its facts';
  assert (select (status, started_at, connected_at, ended_at, agent_name)
            = ('completed', test.at(0), test.at(1), test.at(10), 'desk') from voice_calls limit 1),
    'and it is what happened';
  assert (select count(distinct (participant_sid, left_at, duration_seconds)) from call_participants) = 2,
    'its participants are the same too';
  assert (select bool_and(left_at = case participant_sid when 'PA_1' then test.at(3) else test.at(10) end
                          and participant_type::text = case kind when 'AGENT' then 'agent' else 'user' end)
          from call_participants), 'and left when they left';
end $$;

-- law: a row of access says when its call started, whoever it is for and whichever came first
-- sabotage: alter table call_access disable trigger _100_access_knows_the_start
-- sabotage: alter table voice_calls disable trigger _410_access_follows_the_start
create function pg_temp.starts() returns text language sql as $$
  select string_agg(u.name || ' ' || extract(epoch from a.started_at - test.at(0)) / 60, ', ' order by u.name)
  from call_access a join users u on u.id = a.user_id
$$;
select test.as_service();
insert into voice_calls (room_sid, user_id, invited_user_ids, first_event_at)
  values ('RM_a', test.ann(), array[test.cid()], test.at(5));
insert into call_participants (call_id, participant_sid, kind, user_id, joined_at)
  values (test.call('RM_a'), 'PA_1', 'STANDARD', test.bob(), test.at(6));
do $$
begin
  assert regexp_replace(pg_temp.starts(), '\.0+', '', 'g') = 'Ann 5, Bob 5, Cid 5',
    'owner, participant and invited find the call where it started';
  update voice_calls set room_created_at = test.at(3);
  assert regexp_replace(pg_temp.starts(), '\.0+', '', 'g') = 'Ann 3, Bob 3, Cid 3',
    'the start became known better, and the call moved in their histories';
  update voice_calls set room_metadata = 'x', invited_user_ids = array[test.eve()];
  assert regexp_replace(pg_temp.starts(), '\.0+', '', 'g') = 'Ann 3, Bob 3, Eve 3', 'who is invited later finds it there too';
  update call_access set started_at = test.at(99);
  assert regexp_replace(pg_temp.starts(), '\.0+', '', 'g') = 'Ann 3, Bob 3, Eve 3', 'nobody says another start than the call';
  insert into call_access (user_id, call_id, is_invited) values (test.ada(), test.call('RM_a'), true);
  assert (select count(distinct started_at) from call_access) = 1, 'not even by SQL';
end $$;

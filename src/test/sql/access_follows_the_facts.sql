-- law: access follows from owners, invitations and those who connected, and ends with them
-- sabotage: alter table voice_calls disable trigger _400_access_follows_a_new_call
-- sabotage: alter table voice_calls disable trigger _400_access_follows_the_call
-- sabotage: alter table call_participants disable trigger _300_call_counts_its_participants_on_insert
-- sabotage: alter table call_participants disable trigger _300_call_counts_its_participants_on_delete
create function pg_temp.seers() returns text language sql as $$
  select string_agg(u.name || case when is_owner then 'o' else '' end || case when is_participant then 'p' else '' end
    || case when is_invited then 'i' else '' end, ' ' order by u.name) from call_access a join users u on u.id = user_id
$$;
select test.as_service();
insert into voice_calls (room_sid, user_id, invited_user_ids) values ('RM_a', test.ann(), array[test.bob(), test.cid()]);
do $$
begin
  assert pg_temp.seers() = 'Anno Bobi Cidi', 'owner and invited may see a new call';
  insert into call_participants (call_id, participant_sid, kind, user_id, joined_at)
    values (test.call('RM_a'), 'PA_1', 'STANDARD', test.bob(), now()),
           (test.call('RM_a'), 'PA_2', 'STANDARD', test.eve(), null);
  assert pg_temp.seers() = 'Anno Bobpi Cidi', 'who connected took part, who did not did not';
  perform test.as_user(test.ann());
  update voice_calls set invited_user_ids = array[null, test.ann()]::uuid[];
  perform test.as_service();
  assert pg_temp.seers() = 'Annoi Bobp', 'who is invited no more sees it no more, but who took part does';
  update voice_calls set user_id = test.ada();
  assert pg_temp.seers() = 'Adao Anni Bobp', 'a call that the service gives to another is the other''s';
  delete from call_participants where participant_sid = 'PA_1';
  assert pg_temp.seers() = 'Adao Anni', 'who is deleted from it did not take part';
end $$;

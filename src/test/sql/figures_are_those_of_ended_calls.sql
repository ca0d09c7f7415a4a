-- law: once refreshed, the figures are those of the calls that are over, and of no others
-- sabotage: alter table voice_calls disable trigger _500_figures_of_a_new_call_are_due
-- sabotage: alter table voice_calls disable trigger _500_figures_are_due
-- sabotage: create or replace trigger _500_figures_are_due after update on voice_calls for each row when ((old.ended_at is null) <> (new.ended_at is null)) execute function voiceledger.figures_are_due()
-- sabotage: create or replace trigger _500_figures_are_due after update on voice_calls for each row when (new.ended_at is not null) execute function voiceledger.figures_are_due()
-- sabotage: create or replace trigger _500_figures_are_due after update on voice_calls for each row when (old.* is distinct from new.*) execute function voiceledger.figures_are_due()
-- sabotage: create or replace function voiceledger.refresh_figures(calls_max integer) returns integer language sql security definer set search_path = '' as 'delete from public.call_figures_due; select 0'
-- sabotage: revoke execute on function voiceledger.refresh_figures(integer) from service_role
create function pg_temp.due() returns bigint language plpgsql as $$
declare
  n bigint;
begin
  perform test.as_owner();
  select count(*) into n from call_figures_due;
  perform test.as_service();
  return n;
end $$;
create function pg_temp.exact() returns boolean language sql as $$
  select not exists (
    (select call_id, started_at, duration_seconds, total_tokens_used, cost_usd from call_figures
     except select id, started_at, coalesce(duration_seconds, 0), total_tokens_used, cost_usd from voice_calls where ended_at is not null)
    union all
    (select id, started_at, coalesce(duration_seconds, 0), total_tokens_used, cost_usd from voice_calls where ended_at is not null
     except select call_id, started_at, duration_seconds, total_tokens_used, cost_usd from call_figures))
$$;
select test.as_service();
insert into voice_calls (room_sid, room_created_at) values ('RM_a', test.at(0)), ('RM_b', test.at(0));
insert into voice_calls (room_sid, room_created_at, end_reported_at) values ('RM_never', test.at(0), test.at(9));
do $$
declare
  before bigint;
begin
  assert not test.refused('select voiceledger.refresh_figures(1)', '42501'), 'the service may refresh';
  assert pg_temp.exact() and (select duration_seconds from call_figures) = 0, 'a call that never connected took no time';
  insert into call_participants (call_id, participant_sid, participant_identity, kind, joined_at)
    values (test.call('RM_a'), 'PA_1', 'x', 'STANDARD', test.at(1));
  insert into voice_messages (call_id, role, content, tokens_used, cost_usd) values (test.call('RM_a'), 'user', 'x', 7, 0.5);
  assert pg_temp.due() = 0, 'messages of a call under way make nothing due';
  update voice_calls set end_reported_at = test.at(4) where room_sid = 'RM_a';
  assert pg_temp.due() = 1 and not pg_temp.exact(), 'an end makes the figures due, and nobody waits for them';
  assert voiceledger.refresh_figures(10) = 1 and pg_temp.exact() and pg_temp.due() = 0, 'then they are taken';
  assert (select (duration_seconds, total_tokens_used, cost_usd) = (180, 7, 0.5) from call_figures
    where call_id = test.call('RM_a')), 'and are what the call came to';
  update voice_calls set summary = 'x', room_metadata = 'y' where room_sid = 'RM_a';
  assert pg_temp.due() = 0, 'what changes no figure makes nothing due';
  insert into voice_messages (call_id, role, content, tokens_used) values (test.call('RM_a'), 'user', 'late', 3);
  insert into call_usage (call_id, source, type, cost_usd) values (test.call('RM_a'), 'job', 'tts_usage', 2);
  assert pg_temp.due() = 2 and voiceledger.refresh_figures(1) = 1 and voiceledger.refresh_figures(10) = 1 and pg_temp.exact(),
    'late messages and usage change them';
  update voice_calls set room_created_at = test.at(-1) where room_sid = 'RM_a';
  perform voiceledger.refresh_figures(10);
  assert pg_temp.exact(), 'so does a start that becomes known better';
  update voice_calls set restarted_at = test.at(6) where room_sid = 'RM_a';
  perform voiceledger.refresh_figures(10);
  assert pg_temp.exact() and not exists (select from call_figures where call_id = test.call('RM_a')),
    'a call that goes on has no figures';
  delete from voice_calls where room_sid = 'RM_never';
  assert pg_temp.exact() and voiceledger.refresh_figures(10) = 0, 'neither has an erased one';
end $$;

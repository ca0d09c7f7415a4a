-- law: nobody but triggers runs the owner's functions
-- sabotage: grant execute on function voiceledger.erased_stays_erased() to public
-- sabotage: grant execute on function voiceledger.refresh_access(uuid[]) to authenticated
do $$
declare
  call uuid := test.a_call_with_everything();
begin
  perform test.as_user(test.eve());
  create temp table bait (id uuid);
  assert test.refused($s$create trigger mine after insert on bait
    for each row execute function voiceledger.erased_stays_erased()$s$, '42501'),
    'a trigger of one''s own cannot borrow the owner''s rights';
  assert test.refused('select voiceledger.refresh_access(''{}'')', '42501')
      and test.refused('select voiceledger.count_participants(''{}'')', '42501'),
    'the owner''s functions are called by triggers alone';
  assert test.refused('create table public.mine ()', '42501') and test.refused('create table voiceledger.mine ()', '42501'),
    'users make nothing in our schemas';
  assert test.refused('alter table voice_calls disable row level security', '42501')
      and test.refused('truncate voice_calls', '42501'), 'users change no table';
  assert voiceledger.caller_is_admin() = false and voiceledger.caller_call_id() is null, 'what policies ask everybody may ask';
end $$;

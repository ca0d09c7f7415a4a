-- law: the names of the seeds exist and are what the seeds say
-- sabotage: drop index idx_voice_calls_active
-- sabotage: drop index idx_voice_calls_session_id; create index idx_voice_calls_session_id on voice_calls (session_id)
-- sabotage: drop index idx_voice_calls_user_id; create index idx_voice_calls_user_id on voice_calls (user_id)
-- sabotage: alter trigger voice_calls_updated_at_trigger on voice_calls rename to other
-- sabotage: alter view call_analytics rename to other
-- sabotage: alter policy voice_calls_admin_all on voice_calls rename to other
-- sabotage: alter type message_role rename value 'function' to 'tool'
-- sabotage: alter table voice_calls rename column intent_payload to payload
do $$
declare
  bad text;
begin
  select string_agg(name, ', ') into bad from (values
      ('idx_voice_calls_user_id', 'INDEX .*\(user_id.*WHERE \(user_id IS NOT NULL\)'),
      ('idx_voice_calls_session_id', 'UNIQUE INDEX .*\(session_id\)$'),
      ('idx_voice_calls_active', 'INDEX .*\(created_at DESC\) WHERE \(status = ''active''::call_status\)'),
      ('idx_voice_calls_ai_agent', 'INDEX .*WHERE ai_agent_used'),
      ('idx_voice_messages_call_sequence', 'INDEX .*\(call_id, sequence_number\)')) i (name, kind)
    where not exists (select from pg_indexes x where x.indexname = i.name and x.indexdef ~ i.kind);
  assert bad is null, 'the seed''s indexes are missing or of another kind: ' || bad;
  assert (select count(*) from pg_indexes where tablename in ('voice_calls', 'voice_messages', 'call_participants')) >= 14,
    'the three tables have at least the seed''s fourteen indexes';
  select string_agg(name, ', ') into bad from (values
      ('voice_calls_calculate_duration_trigger', 'voice_calls'), ('voice_messages_update_tokens_trigger', 'voice_messages'),
      ('call_participants_calculate_duration_trigger', 'call_participants'), ('voice_calls_updated_at_trigger', 'voice_calls')) t (name, tab)
    where not exists (select from pg_trigger g where g.tgname = t.name and g.tgrelid = t.tab::regclass and g.tgenabled = 'O');
  assert bad is null, 'the seed''s triggers are missing: ' || bad;
  select string_agg(name, ', ') into bad from unnest(array['active_calls_summary', 'call_analytics', 'voice_conversations']) name
    where not exists (select from pg_views v where v.schemaname = 'public' and v.viewname = name);
  assert bad is null, 'the seeds'' views are missing: ' || bad;
  select string_agg(name, ', ') into bad from unnest(array['voice_calls_select_own', 'voice_calls_admin_all']) name
    where not exists (select from pg_policy p where p.polname = name and p.polrelid = 'voice_calls'::regclass);
  assert bad is null, 'the seed''s policies are missing: ' || bad;
  assert (enum_range(null::call_status)::text[], enum_range(null::message_role)::text[], enum_range(null::participant_type)::text[])
      = (array['pending', 'active', 'completed', 'failed'], array['user', 'assistant', 'system', 'function'],
         array['user', 'agent', 'admin']), 'the seeds'' enums have their labels';
  select string_agg(tab || '.' || col, ', ') into bad from (
      select 'voice_calls', unnest(array['id', 'user_id', 'session_id', 'room_name', 'status', 'started_at', 'connected_at',
        'ended_at', 'duration_seconds', 'recording_url', 'transcript', 'transcript_url', 'total_tokens_used', 'ai_agent_used',
        'metadata', 'created_at', 'updated_at', 'input_tokens', 'output_tokens', 'cost_cents', 'summary', 'voice_session_id',
        'extracted_intent', 'intent_payload', 'linked_goal_id', 'linked_task_id', 'context_type'])
      union all select 'voice_messages', unnest(array['id', 'call_id', 'role', 'content', 'audio_url', 'tokens_used',
        'model_used', 'sequence_number', 'timestamp', 'input_modality', 'metadata', 'created_at'])
      union all select 'call_participants', unnest(array['call_id', 'user_id', 'participant_identity', 'participant_name',
        'participant_type', 'joined_at', 'left_at', 'duration_seconds', 'is_muted'])) c (tab, col)
    where not exists (select from pg_attribute a where a.attrelid = c.tab::regclass and a.attname = c.col);
  assert bad is null, 'the seeds'' columns are missing: ' || bad;
end $$;

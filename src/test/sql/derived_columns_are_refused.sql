-- law: users write no column that the ledger derives
-- sabotage: grant insert (duration_seconds) on voice_calls to authenticated
-- sabotage: grant update (total_tokens_used) on voice_calls to authenticated
-- sabotage: grant update on voice_calls to authenticated
-- sabotage: grant update (cost_usd) on voice_messages to authenticated
-- sabotage: grant insert (posted_by) on voice_messages to authenticated
-- sabotage: grant insert on call_participants to authenticated
-- sabotage: revoke update (summary) on voice_calls from authenticated
do $$
declare
  call uuid := test.a_call_with_everything();
  may_insert text[] := '{user_id,session_id,room_name,title,status,summary,metadata,started_at}';
  may_update text[] := '{title,summary,metadata,invited_user_ids,context_type,voice_session_id,
    extracted_intent,intent_payload,linked_goal_id,linked_task_id}';
  may_say text[] := '{id,call_id,sequence_number,role,content,input_modality,timestamp,segment_id,final,interrupted,
    participant_identity,audio_url,provider,model_used,tokens_used,input_tokens,output_tokens,cost_usd,latency_ms,metadata}';
  who uuid;
  c record;
begin
  foreach who in array array[test.ann(), test.ada()] loop
    perform case who when test.ann() then test.as_user(who) else test.as_admin(who) end;
    for c in select a.attrelid::regclass::text as tab, a.attname::text as col, a.attgenerated <> '' as generated from pg_attribute a
        join pg_class t on t.oid = a.attrelid and t.relkind = 'r' and t.relnamespace = 'public'::regnamespace
        where a.attnum > 0 and not a.attisdropped loop
      assert test.refused(format('update %s set %I = default where false', c.tab, c.col), '42501')
          = not (c.tab = 'voice_calls' and c.col = any (may_update)), 'users update only what they may: ' || c.tab || '.' || c.col;
      continue when c.generated;
      assert test.refused(format('insert into %s (%I) overriding system value select null where false', c.tab, c.col), '42501')
          = not (c.tab = 'voice_calls' and c.col = any (may_insert) or c.tab = 'voice_messages' and c.col = any (may_say)),
        'users insert only what they may: ' || c.tab || '.' || c.col;
    end loop;
  end loop;
end $$;

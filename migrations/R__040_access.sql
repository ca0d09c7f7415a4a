-- Who may see and do what. The database decides: a request runs as authenticated or service_role
-- with its claims, and what no policy lets through does not exist for it.

-- ── call_access ──────────────────────────────────────────────────────────────────────────────
-- Owners, invited people and those who connected may see a call.
create or replace function voiceledger.refresh_access(call_ids uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.call_access a using public.voice_calls c
    where a.call_id = any (call_ids) and c.id = a.call_id
      and a.user_id is distinct from c.user_id
      and (a.user_id = any (c.invited_user_ids)) is not true
      and not exists (select from public.call_participants p
        where p.call_id = a.call_id and p.user_id = a.user_id and p.joined_at is not null);
  insert into public.call_access as a (user_id, call_id, is_owner, is_participant, is_invited)
    select g.user_id, g.call_id, bool_or(g.owner), bool_or(g.participant), bool_or(g.invited)
    from (
      select c.user_id, c.id as call_id, true as owner, false as participant, false as invited
        from public.voice_calls c where c.id = any (call_ids) and c.user_id is not null
      union all
      select i.user_id, c.id, false, false, true
        from public.voice_calls c cross join unnest(c.invited_user_ids) i (user_id)
        where c.id = any (call_ids) and i.user_id is not null
      union all
      select p.user_id, p.call_id, false, true, false from public.call_participants p
        where p.call_id = any (call_ids) and p.user_id is not null and p.joined_at is not null) g
    group by g.user_id, g.call_id
    order by g.user_id, g.call_id
    on conflict (user_id, call_id) do update
      set is_owner = excluded.is_owner, is_participant = excluded.is_participant,
          is_invited = excluded.is_invited
      where (a.is_owner, a.is_participant, a.is_invited)
        is distinct from (excluded.is_owner, excluded.is_participant, excluded.is_invited);
end $$;
comment on function voiceledger.refresh_access(uuid[]) is 'Owners, invited people and those who connected may see a call.';

-- Whoever may write invitations by SQL could leave an array that nobody can show: one with nulls, or
-- of two dimensions. It becomes the plain list of its different people, in their order.
create or replace function voiceledger.invitations_are_a_list() returns trigger language plpgsql as $$
begin
  new.invited_user_ids := array(select i.user_id
    from unnest(new.invited_user_ids) with ordinality i (user_id, place)
    where i.user_id is not null group by i.user_id order by min(i.place));
  return new;
end $$;
comment on function voiceledger.invitations_are_a_list() is 'Invitations are a plain list of different people.';
create or replace trigger _110_invitations_are_a_list
  before insert or update of invited_user_ids on voice_calls
  for each row when (new.invited_user_ids <> '{}')
  execute function voiceledger.invitations_are_a_list();
comment on trigger _110_invitations_are_a_list on voice_calls is 'Invitations are a plain list of different people.';

create or replace function voiceledger.access_follows_the_call() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.users (id)
    select distinct i.user_id from unnest(new.invited_user_ids) i (user_id)
    where i.user_id is not null order by i.user_id
    on conflict do nothing;
  if tg_op = 'UPDATE' then
    perform voiceledger.refresh_access(array[new.id]);
  else
    insert into public.call_access (user_id, call_id, is_owner, is_invited)
      select g.user_id, new.id, g.user_id is not distinct from new.user_id,
        (g.user_id = any (new.invited_user_ids)) is true
      from (select distinct unnest(new.invited_user_ids || new.user_id) as user_id) g
      where g.user_id is not null
      order by g.user_id;
  end if;
  return null;
end $$;
comment on function voiceledger.access_follows_the_call() is 'Owners and invited people may see a call.';
create or replace trigger _400_access_follows_a_new_call after insert on voice_calls
  for each row when (new.user_id is not null or new.invited_user_ids <> '{}')
  execute function voiceledger.access_follows_the_call();
comment on trigger _400_access_follows_a_new_call on voice_calls is 'Owners and invited people may see a call.';
create or replace trigger _400_access_follows_the_call after update of user_id, invited_user_ids on voice_calls
  for each row when ((old.user_id, old.invited_user_ids) is distinct from (new.user_id, new.invited_user_ids))
  execute function voiceledger.access_follows_the_call();
comment on trigger _400_access_follows_the_call on voice_calls is 'Owners and invited people may see a call.';

-- A person's history is ordered by when its calls started, so each row of access says that too.
create or replace function voiceledger.access_knows_the_start() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.started_at := (select c.started_at from public.voice_calls c where c.id = new.call_id);
  return new;
end $$;
comment on function voiceledger.access_knows_the_start() is 'A row of access says when its call started.';
create or replace trigger _100_access_knows_the_start before insert or update of started_at on call_access
  for each row execute function voiceledger.access_knows_the_start();
comment on trigger _100_access_knows_the_start on call_access is 'A row of access says when its call started.';

create or replace function voiceledger.access_follows_the_start() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.call_access a set started_at = new.started_at where a.call_id = new.id;
  return null;
end $$;
comment on function voiceledger.access_follows_the_start() is 'The start of a call moves, and with it the call''s place in histories.';
create or replace trigger _410_access_follows_the_start after update on voice_calls
  for each row when (old.started_at is distinct from new.started_at)
  execute function voiceledger.access_follows_the_start();
comment on trigger _410_access_follows_the_start on voice_calls is 'The start of a call moves, and with it the call''s place in histories.';
-- Rows that older functions made after V005; no writer comes between, the triggers' locks are held.
update call_access a set started_at = c.started_at from voice_calls c
  where c.id = a.call_id and a.started_at is null;

-- Who calls in with a verified token is a user, known from then on.
create or replace function voiceledger.caller_is_known() returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.users (id) select auth.uid() where auth.uid() is not null
    on conflict do nothing;
  return true;
end $$;
comment on function voiceledger.caller_is_known() is 'Makes the caller a user where no row knows the uuid; always true.';

create or replace function voiceledger.people_are_known() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_table_name = 'call_participants' or new.user_id = auth.uid() then
    insert into public.users (id) values (new.user_id) on conflict do nothing;
  end if;
  return new;
end $$;
comment on function voiceledger.people_are_known() is 'Who calls in with a verified token or takes part is a user from then on.';
create or replace trigger _120_people_are_known before insert on voice_calls
  for each row when (new.user_id is not null) execute function voiceledger.people_are_known();
comment on trigger _120_people_are_known on voice_calls is 'Who calls in with a verified token is a user from then on.';
create or replace trigger _120_people_are_known before insert on call_participants
  for each row when (new.user_id is not null) execute function voiceledger.people_are_known();
comment on trigger _120_people_are_known on call_participants is 'Who takes part is a user from then on.';

-- A message written by SQL says by whom; only the service may say so for others.
create or replace function voiceledger.message_names_its_poster() returns trigger language plpgsql as $$
begin
  if current_user = 'authenticated' then
    -- Past the last number nobody could post into the call: as far as the API lets people go.
    if new.sequence_number > 1000000000 then
      raise exception 'a sequence_number is at most 1000000000' using errcode = 'check_violation';
    end if;
    new.posted_by := 'user:' || auth.uid();
    new.poster_rank := 2;
  end if;
  return new;
end $$;
comment on function voiceledger.message_names_its_poster() is 'A message written by SQL says by whom.';
create or replace trigger _050_message_names_its_poster before insert on voice_messages
  for each row execute function voiceledger.message_names_its_poster();
comment on trigger _050_message_names_its_poster on voice_messages is 'A message written by SQL says by whom.';

-- ── rights ───────────────────────────────────────────────────────────────────────────────────
-- Derived columns are in no grant of authenticated: whoever names one gets 42501.
-- Only our own tables are named: the schema may be shared with a whole application.
revoke all on voice_calls, call_participants, call_recordings, call_usage, voice_messages,
  webhook_events, call_access, erased_calls, call_figures, idempotency_keys,
  transcript_words from public, anon, authenticated;
revoke all on reconciler from public, anon, authenticated, service_role;
revoke all on retention_sweeps, livekit_keys_heard from public, anon, authenticated, service_role;
-- The queue is for the functions of its owner alone.
revoke all on call_figures_due, transcript_words_due, transcript_words_backfill from public, anon, authenticated, service_role;
revoke all on call_changes_due, call_changes, call_changes_position, call_changes_scrubs,
    call_changes_consumers
  from public, anon, authenticated, service_role;
revoke all on all functions in schema voiceledger from public;
grant usage on schema public to anon, authenticated, service_role;
grant usage on schema voiceledger to authenticated, service_role;
grant execute on function voiceledger.caller_is_known(), voiceledger.caller_call_id(), voiceledger.caller_is_admin(),
  voiceledger.call_id_of_room(text), voiceledger.whole_seconds(timestamptz, timestamptz),
  voiceledger.own_call_is_its_writers(public.voice_calls), voiceledger.completeness_of(public.voice_calls)
  to authenticated, service_role;
grant execute on function voiceledger.recording_is_open(text) to service_role;
grant execute on function voiceledger.refresh_figures(integer), voiceledger.settle_calls(integer) to service_role;

grant select on voice_calls, call_participants, call_recordings, call_usage, voice_messages,
  webhook_events, call_access, call_figures, transcript_words to authenticated;
grant insert (user_id, session_id, room_name, title, status, summary, metadata, started_at),
  update (title, summary, metadata, invited_user_ids, context_type, voice_session_id,
    extracted_intent, intent_payload, linked_goal_id, linked_task_id),
  delete on voice_calls to authenticated;
grant insert (id, call_id, sequence_number, role, content, input_modality, "timestamp", segment_id, final,
  interrupted, participant_identity, audio_url, provider, model_used, tokens_used, input_tokens,
  output_tokens, cost_usd, latency_ms, metadata) on voice_messages to authenticated;
grant select, insert, update, delete on voice_calls, call_participants, call_recordings, call_usage,
  voice_messages, webhook_events, call_access, erased_calls, call_figures, idempotency_keys,
  transcript_words to service_role;
grant select on call_changes, call_changes_position to service_role;
grant select, insert, update, delete on call_changes_consumers to service_role;
grant select, update on reconciler to service_role;
grant select on retention_sweeps to service_role;
grant select, insert, update on livekit_keys_heard to service_role;

-- ── policies ─────────────────────────────────────────────────────────────────────────────────
-- Functions stand in sub-selects so that they are asked once for a statement, not for each row.
-- call_access is asked with exists, which the planner can answer either way: by one probe for each
-- of a few rows, or from a hash of all that the person may see. With in (select …) only the hash is
-- open to it, and it takes the whole table for cheaper than an index: 121 ms for the first page of
-- a person's history, of 100,000 calls, and 0.7 ms with exists. Join tokens are asked for last.
-- A users table that a platform brought keeps the platform's own rights and policies.
do $$
begin
  if not exists (select from pg_policy where polrelid = 'users'::regclass and polname = 'users_owner') then
    return;
  end if;
  revoke all on users from public, anon, authenticated;
  grant select on users to authenticated;
  grant select, insert, update, delete on users to service_role;
  drop policy if exists users_select_own on users;
  create policy users_select_own on users for select to authenticated
    using (id = (select auth.uid()) or (select voiceledger.caller_is_admin()));
  comment on policy users_select_own on users is 'People see themselves, admins everybody.';
  drop policy if exists users_service_all on users;
  create policy users_service_all on users to service_role using (true) with check (true);
  comment on policy users_service_all on users is 'The service keeps all rows.';
end $$;

drop policy if exists call_access_select_own on call_access;
create policy call_access_select_own on call_access for select to authenticated
  using (user_id = (select auth.uid()));
comment on policy call_access_select_own on call_access is 'People see what they may see; the other policies ask here.';
drop policy if exists call_access_service_all on call_access;
create policy call_access_service_all on call_access to service_role using (true) with check (true);
comment on policy call_access_service_all on call_access is 'The service keeps all rows.';

drop policy if exists voice_calls_select_own on voice_calls;
create policy voice_calls_select_own on voice_calls for select to authenticated
  using (user_id = (select auth.uid())
    or exists (select from call_access a where a.user_id = (select auth.uid()) and a.call_id = voice_calls.id)
    or id = (select voiceledger.caller_call_id()));
comment on policy voice_calls_select_own on voice_calls is 'People see calls that they own, took part in or are invited to; a join token opens its one call.';
drop policy if exists voice_calls_insert_own on voice_calls;
create policy voice_calls_insert_own on voice_calls for insert to authenticated
  with check (user_id = (select auth.uid()) and status = 'pending');
comment on policy voice_calls_insert_own on voice_calls is 'People insert calls that they start.';
drop policy if exists voice_calls_update_own on voice_calls;
create policy voice_calls_update_own on voice_calls for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
comment on policy voice_calls_update_own on voice_calls is 'People update their own calls and cannot hand them on.';
drop policy if exists voice_calls_delete_own on voice_calls;
create policy voice_calls_delete_own on voice_calls for delete to authenticated
  using (user_id = (select auth.uid()));
comment on policy voice_calls_delete_own on voice_calls is 'People delete their own calls.';
drop policy if exists voice_calls_admin_all on voice_calls;
create policy voice_calls_admin_all on voice_calls to authenticated
  using ((select voiceledger.caller_is_admin())) with check ((select voiceledger.caller_is_admin()));
comment on policy voice_calls_admin_all on voice_calls is 'Admins see and manage every call.';
drop policy if exists voice_calls_service_all on voice_calls;
create policy voice_calls_service_all on voice_calls to service_role using (true) with check (true);
comment on policy voice_calls_service_all on voice_calls is 'The service keeps all rows.';

drop policy if exists call_participants_select_visible on call_participants;
create policy call_participants_select_visible on call_participants for select to authenticated
  using (exists (select from call_access a where a.user_id = (select auth.uid())
      and a.call_id = call_participants.call_id)
    or call_id = (select voiceledger.caller_call_id()));
comment on policy call_participants_select_visible on call_participants is 'Who may see a call sees who took part.';
drop policy if exists call_participants_admin_select on call_participants;
create policy call_participants_admin_select on call_participants for select to authenticated
  using ((select voiceledger.caller_is_admin()));
comment on policy call_participants_admin_select on call_participants is 'Admins see all.';
drop policy if exists call_participants_service_all on call_participants;
create policy call_participants_service_all on call_participants to service_role using (true) with check (true);
comment on policy call_participants_service_all on call_participants is 'The service keeps all rows.';

drop policy if exists call_recordings_select_visible on call_recordings;
create policy call_recordings_select_visible on call_recordings for select to authenticated
  using (exists (select from call_access a where a.user_id = (select auth.uid())
      and a.call_id = call_recordings.call_id)
    or call_id = (select voiceledger.caller_call_id()));
comment on policy call_recordings_select_visible on call_recordings is 'Who may see a call sees its recordings.';
drop policy if exists call_recordings_admin_select on call_recordings;
create policy call_recordings_admin_select on call_recordings for select to authenticated
  using ((select voiceledger.caller_is_admin()));
comment on policy call_recordings_admin_select on call_recordings is 'Admins see all.';
drop policy if exists call_recordings_service_all on call_recordings;
create policy call_recordings_service_all on call_recordings to service_role using (true) with check (true);
comment on policy call_recordings_service_all on call_recordings is 'The service keeps all rows.';

drop policy if exists call_usage_select_visible on call_usage;
create policy call_usage_select_visible on call_usage for select to authenticated
  using (exists (select from call_access a where a.user_id = (select auth.uid())
      and a.call_id = call_usage.call_id)
    or call_id = (select voiceledger.caller_call_id()));
comment on policy call_usage_select_visible on call_usage is 'Who may see a call sees what it used.';
drop policy if exists call_usage_admin_select on call_usage;
create policy call_usage_admin_select on call_usage for select to authenticated
  using ((select voiceledger.caller_is_admin()));
comment on policy call_usage_admin_select on call_usage is 'Admins see all.';
drop policy if exists call_usage_service_all on call_usage;
create policy call_usage_service_all on call_usage to service_role using (true) with check (true);
comment on policy call_usage_service_all on call_usage is 'The service keeps all rows.';

drop policy if exists voice_messages_select_visible on voice_messages;
create policy voice_messages_select_visible on voice_messages for select to authenticated
  using (exists (select from call_access a where a.user_id = (select auth.uid())
      and a.call_id = voice_messages.call_id)
    or call_id = (select voiceledger.caller_call_id()));
comment on policy voice_messages_select_visible on voice_messages is 'Who may see a call reads what was said.';
drop policy if exists voice_messages_insert_own on voice_messages;
create policy voice_messages_insert_own on voice_messages for insert to authenticated
  with check (exists (select from call_access a
    where a.user_id = (select auth.uid()) and a.call_id = voice_messages.call_id and a.is_owner));
comment on policy voice_messages_insert_own on voice_messages is 'Owners write into their calls by SQL; all others post through the API, which ranks posters.';
drop policy if exists voice_messages_admin_all on voice_messages;
create policy voice_messages_admin_all on voice_messages to authenticated
  using ((select voiceledger.caller_is_admin())) with check ((select voiceledger.caller_is_admin()));
comment on policy voice_messages_admin_all on voice_messages is 'Admins see and write all.';
drop policy if exists voice_messages_service_all on voice_messages;
create policy voice_messages_service_all on voice_messages to service_role using (true) with check (true);
comment on policy voice_messages_service_all on voice_messages is 'The service keeps all rows.';

drop policy if exists webhook_events_admin_select on webhook_events;
create policy webhook_events_admin_select on webhook_events for select to authenticated
  using ((select voiceledger.caller_is_admin()));
comment on policy webhook_events_admin_select on webhook_events is 'The raw inbox is for admins and the service.';
drop policy if exists webhook_events_service_all on webhook_events;
create policy webhook_events_service_all on webhook_events to service_role using (true) with check (true);
comment on policy webhook_events_service_all on webhook_events is 'The service keeps all rows.';

drop policy if exists erased_calls_service_all on erased_calls;
create policy erased_calls_service_all on erased_calls to service_role using (true) with check (true);
comment on policy erased_calls_service_all on erased_calls is 'Only the service asks what was erased.';

drop policy if exists call_figures_select_visible on call_figures;
create policy call_figures_select_visible on call_figures for select to authenticated
  using (exists (select from call_access a where a.user_id = (select auth.uid())
    and a.call_id = call_figures.call_id));
comment on policy call_figures_select_visible on call_figures is 'Who may see a call sees its figures; join tokens list nothing.';
drop policy if exists call_figures_admin_select on call_figures;
create policy call_figures_admin_select on call_figures for select to authenticated
  using ((select voiceledger.caller_is_admin()));
comment on policy call_figures_admin_select on call_figures is 'Admins see all.';
drop policy if exists call_figures_service_all on call_figures;
create policy call_figures_service_all on call_figures to service_role using (true) with check (true);
comment on policy call_figures_service_all on call_figures is 'The service keeps all rows.';

drop policy if exists idempotency_keys_service_all on idempotency_keys;
create policy idempotency_keys_service_all on idempotency_keys to service_role using (true) with check (true);
comment on policy idempotency_keys_service_all on idempotency_keys is 'Keys are compared by the service alone.';

drop policy if exists call_changes_service_select on call_changes;
create policy call_changes_service_select on call_changes for select to service_role using (true);
comment on policy call_changes_service_select on call_changes is 'The service reads what changed and tells those who may see it.';
drop policy if exists call_changes_position_service_select on call_changes_position;
create policy call_changes_position_service_select on call_changes_position for select to service_role using (true);
comment on policy call_changes_position_service_select on call_changes_position is 'The service reads how far the numbers are.';
drop policy if exists call_changes_consumers_service_all on call_changes_consumers;
create policy call_changes_consumers_service_all on call_changes_consumers to service_role using (true) with check (true);
comment on policy call_changes_consumers_service_all on call_changes_consumers is 'Consumers keep their own place.';

drop policy if exists transcript_words_select_visible on transcript_words;
create policy transcript_words_select_visible on transcript_words for select to authenticated
  using (exists (select from call_access a where a.user_id = (select auth.uid())
      and a.call_id = transcript_words.call_id)
    or call_id = (select voiceledger.caller_call_id()));
comment on policy transcript_words_select_visible on transcript_words is 'Who may read what was said may search it.';
drop policy if exists transcript_words_admin_select on transcript_words;
create policy transcript_words_admin_select on transcript_words for select to authenticated
  using ((select voiceledger.caller_is_admin()));
comment on policy transcript_words_admin_select on transcript_words is 'Admins see all.';
drop policy if exists transcript_words_service_all on transcript_words;
create policy transcript_words_service_all on transcript_words to service_role using (true) with check (true);
comment on policy transcript_words_service_all on transcript_words is 'The service writes words, and searches everything for operators.';

drop policy if exists reconciler_service_all on reconciler;
create policy reconciler_service_all on reconciler to service_role using (true) with check (true);
comment on policy reconciler_service_all on reconciler is 'Replicas take turns as the service; nobody else looks.';
drop policy if exists retention_sweeps_service_select on retention_sweeps;
create policy retention_sweeps_service_select on retention_sweeps for select to service_role using (true);
comment on policy retention_sweeps_service_select on retention_sweeps is 'Only the functions of the owner walk; the service looks how far they are.';
drop policy if exists livekit_keys_heard_service_all on livekit_keys_heard;
create policy livekit_keys_heard_service_all on livekit_keys_heard to service_role using (true) with check (true);
comment on policy livekit_keys_heard_service_all on livekit_keys_heard is 'The service keeps all rows.';

-- What is always true of a call and of those in it. Facts come in any order and any number of
-- times; everything here is a function of the facts alone, so the order cannot show.

-- A call's id derives from its room, and its names never change.
create or replace function voiceledger.call_keeps_its_name() returns trigger language plpgsql
security definer set search_path = '' as $$
begin
  if tg_op = 'UPDATE' then
    if (new.id, new.session_id) is distinct from (old.id, old.session_id)
       or new.room_sid is distinct from old.room_sid then
      raise exception 'a call keeps its id, session_id and room_sid' using errcode = 'check_violation';
    end if;
  elsif new.room_sid is not null then
    new.id := voiceledger.call_id_of_room(new.room_sid);
    new.session_id := new.room_sid;
  elsif new.session_id like 'RM\_%' then
    -- Else a row of somebody's own could stand in the way of LiveKit's events.
    raise exception 'session ids that begin with RM_ are LiveKit''s: name the room_sid'
      using errcode = 'check_violation';
  else
    new.session_id := coalesce(nullif(new.session_id, ''), gen_random_uuid()::text);
  end if;
  return new;
end $$;
comment on function voiceledger.call_keeps_its_name() is 'A call''s id derives from its room, and its names never change.';
create or replace trigger _100_call_keeps_its_name
  before insert or update of id, session_id, room_sid on voice_calls
  for each row execute function voiceledger.call_keeps_its_name();
comment on trigger _100_call_keeps_its_name on voice_calls is 'A call''s id derives from its room, and its names never change.';

-- Start, end, status and duration of a call follow from its facts.
-- A reported end holds unless the room was started again after it. An inferred end holds only
-- while nothing was reported and nobody was seen alive after it. Clocks of others may be askew:
-- a duration is never negative.
create or replace function voiceledger.calculate_call_duration() returns trigger language plpgsql as $$
declare
  reported boolean;
  said_end timestamptz;
begin
  if new.room_sid is null then
    return voiceledger.own_call_is_its_writers(new);
  end if;

  if tg_op = 'UPDATE' then
    -- A service ends a call by SQL: that is an end inferred, as POST …/end makes one.
    if new.ended_at is not null and new.ended_at is distinct from old.ended_at then
      said_end := new.ended_at;
    elsif new.status in ('completed', 'failed') and new.status <> old.status then
      said_end := greatest(now(), new.last_alive_at);
    end if;
    if said_end > coalesce(new.end_inferred_at, '-infinity') then
      new.end_inferred_at := said_end;
      new.end_inferred_reason := 'ended_by_api';
    end if;
  elsif new.ended_at is not null and new.end_inferred_at is null then
    new.end_inferred_at := new.ended_at;
    new.end_inferred_reason := 'ended_by_api';
  end if;

  reported := new.end_reported_at >= coalesce(new.restarted_at, '-infinity');
  new.started_at := coalesce(new.room_created_at, new.first_event_at, new.started_at, now());
  new.ended_at := case
    when reported then new.end_reported_at
    when new.end_inferred_at >= coalesce(greatest(new.last_alive_at, new.restarted_at), '-infinity')
      then new.end_inferred_at
  end;
  new.status := case
    when new.ended_at is null and new.connected_at is null then 'pending'
    when new.ended_at is null then 'active'
    when new.connected_at is null then 'failed'
    else 'completed'
  end;
  new.end_reason := case
    when new.ended_at is null then null
    when new.connected_at is null then 'never_connected'
    when reported then 'room_finished'
    else new.end_inferred_reason
  end;
  new.duration_seconds := voiceledger.whole_seconds(new.connected_at, new.ended_at);
  new.completeness := voiceledger.completeness_of(new);
  return new;
end $$;
comment on function voiceledger.calculate_call_duration() is 'Start, end, status and duration of a call follow from its facts; a duration is never negative.';

-- Whether more is to be expected of a call: after its end the agent's report and what is still
-- being recorded, and of neither for longer than ten minutes.
create or replace function voiceledger.completeness_of(call public.voice_calls) returns text
language sql stable as $$
  select case
    when call.ended_at is null then 'live'
    when call.agent_reported and not call.recording_open then 'complete'
    when call.ended_at <= now() - interval '10 minutes' then 'complete'
    else 'settling'
  end
$$;
comment on function voiceledger.completeness_of(public.voice_calls) is 'live, settling or complete: whether more is to be expected of a call.';

-- The clock makes no event: somebody has to come by. Whoever is being written now is left for the
-- next time, so nobody waits here and nobody waits for this.
create or replace function voiceledger.settle_calls(calls_max integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  due uuid[];
begin
  due := array(select c.id from public.voice_calls c
    where c.completeness = 'settling' and c.ended_at <= now() - interval '10 minutes'
    order by c.ended_at limit calls_max for no key update skip locked);
  update public.voice_calls c set completeness = 'complete' where c.id = any (due);
  return cardinality(due);
end $$;
comment on function voiceledger.settle_calls(integer) is 'Completes at most so many calls that have been over for ten minutes; returns how many.';

-- Seconds between two times, cut off, never negative; null where one is missing (greatest alone
-- would pass a null over). Of a form that the planner writes into whoever asks: a call of it costs
-- as much as all the rest of such a trigger.
create or replace function voiceledger.whole_seconds(from_at timestamptz, to_at timestamptz)
returns integer language sql immutable parallel safe as $$
  select case when from_at is not null and to_at is not null
    then greatest(0, floor(extract(epoch from to_at - from_at)))::integer end
$$;
comment on function voiceledger.whole_seconds(timestamptz, timestamptz) is 'Whole seconds between two times, cut off, never negative; null where one is missing.';

-- A call without a room is its writer's own: only its end and its duration are made consistent.
create or replace function voiceledger.own_call_is_its_writers(call public.voice_calls)
returns public.voice_calls language plpgsql as $$
begin
  call.started_at := coalesce(call.started_at, now());
  if call.ended_at is null and call.end_inferred_at is not null then
    -- Two clocks: a call does not end before it began.
    call.ended_at := greatest(call.end_inferred_at, call.started_at);
    call.end_reason := call.end_inferred_reason;
  end if;
  if call.status in ('completed', 'failed') then
    call.ended_at := coalesce(call.ended_at, now());
  elsif call.ended_at is not null then
    call.status := case when call.connected_at is null and call.status = 'pending'
      then 'failed' else 'completed' end;
  elsif call.connected_at is not null then
    call.status := 'active';
  end if;
  call.end_reason := case
    when call.ended_at is null then null
    when call.status = 'failed' and call.end_reason = 'room_not_created' then 'room_not_created'
    when call.status = 'failed' and call.connected_at is null then 'never_connected'
    when call.end_reason in ('room_finished', 'reconciled') then call.end_reason
    else 'ended_by_api'
  end;
  call.duration_seconds := voiceledger.whole_seconds(call.connected_at, call.ended_at);
  call.completeness := voiceledger.completeness_of(call);
  return call;
end $$;
comment on function voiceledger.own_call_is_its_writers(public.voice_calls) is 'A call without a room is its writer''s own: only its end and its duration are made consistent.';

-- Whom the call's creator asked for is its agent, whoever came, and whichever was known first.
create or replace function voiceledger.call_names_its_agent() returns trigger language plpgsql as $$
begin
  new.agent_name := new.agent_named;
  return new;
end $$;
comment on function voiceledger.call_names_its_agent() is 'The agent named at creation is the call''s agent, whichever was known first.';
create or replace trigger _150_call_names_its_agent
  before insert or update of agent_named, agent_name on voice_calls
  for each row when (new.agent_named is not null) execute function voiceledger.call_names_its_agent();
comment on trigger _150_call_names_its_agent on voice_calls is 'The agent named at creation is the call''s agent, whichever was known first.';

create or replace trigger voice_calls_calculate_duration_on_insert_trigger
  before insert on voice_calls
  for each row execute function voiceledger.calculate_call_duration();
comment on trigger voice_calls_calculate_duration_on_insert_trigger on voice_calls is 'Start, end, status and duration of a call follow from its facts; a duration is never negative.';
-- Most events say no more than that somebody lives, which matters only beside an inferred end.
create or replace trigger voice_calls_calculate_duration_trigger
  before update of status, started_at, connected_at, ended_at, duration_seconds,
    end_reason, completeness, room_created_at, first_event_at, restarted_at, last_alive_at,
    end_reported_at, end_inferred_at, end_inferred_reason, agent_reported, recording_open on voice_calls
  for each row when (new.room_sid is null or new.end_inferred_at is not null
    or (old.status, old.started_at, old.connected_at, old.ended_at, old.duration_seconds,
        old.end_reason, old.completeness, old.room_created_at, old.first_event_at, old.restarted_at,
        old.end_reported_at, old.end_inferred_at, old.end_inferred_reason, old.agent_reported,
        old.recording_open)
      is distinct from
       (new.status, new.started_at, new.connected_at, new.ended_at, new.duration_seconds,
        new.end_reason, new.completeness, new.room_created_at, new.first_event_at, new.restarted_at,
        new.end_reported_at, new.end_inferred_at, new.end_inferred_reason, new.agent_reported,
        new.recording_open))
  execute function voiceledger.calculate_call_duration();
comment on trigger voice_calls_calculate_duration_trigger on voice_calls is 'Start, end, status and duration of a call follow from its facts; a duration is never negative.';

-- A row says when it last changed. Of two states of a row the later one has the later time, also
-- where the transaction that began first was the last to write: so it serves as the row's version.
create or replace function voiceledger.touch_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := greatest(now(), old.updated_at + interval '1 microsecond');
  return new;
end $$;
comment on function voiceledger.touch_updated_at() is 'A row says when it last changed; of two states of it the later one has the later time.';
create or replace trigger voice_calls_updated_at_trigger before update on voice_calls
  for each row execute function voiceledger.touch_updated_at();
comment on trigger voice_calls_updated_at_trigger on voice_calls is 'A row says when it last changed.';
create or replace trigger call_participants_updated_at_trigger before update on call_participants
  for each row execute function voiceledger.touch_updated_at();
comment on trigger call_participants_updated_at_trigger on call_participants is 'A row says when it last changed.';
create or replace trigger call_recordings_updated_at_trigger before update on call_recordings
  for each row execute function voiceledger.touch_updated_at();
comment on trigger call_recordings_updated_at_trigger on call_recordings is 'A row says when it last changed.';
create or replace trigger call_usage_updated_at_trigger before update on call_usage
  for each row execute function voiceledger.touch_updated_at();
comment on trigger call_usage_updated_at_trigger on call_usage is 'A row says when it last changed.';
create or replace trigger voice_messages_updated_at_trigger before update on voice_messages
  for each row execute function voiceledger.touch_updated_at();
comment on trigger voice_messages_updated_at_trigger on voice_messages is 'A row says when it last changed.';

-- Who is still in when the call ends left with it; a reported leaving beats that. The call is
-- locked, for an end that commits beside this row would otherwise go unseen by both.
create or replace function voiceledger.calculate_participant_duration() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  call_ended_at timestamptz;
begin
  new.left_at := new.left_reported_at;
  if new.left_at is null then
    select c.ended_at into call_ended_at from public.voice_calls c
      where c.id = new.call_id for no key update;
    new.left_at := least(call_ended_at,
      case when new.left_inferred_at >= coalesce(new.last_alive_at, '-infinity')
           then new.left_inferred_at end);
  end if;
  new.duration_seconds := voiceledger.whole_seconds(new.joined_at, new.left_at);
  new.participant_type := case
    when new.kind = 'AGENT' then 'agent'
    when new.user_id is not null
      and exists (select from public.users u where u.id = new.user_id and u.role = 'admin') then 'admin'
    else 'user'
  end;
  return new;
end $$;
comment on function voiceledger.calculate_participant_duration() is 'Who is still in when the call ends left with it; a duration is never negative.';
create or replace trigger call_participants_calculate_duration_trigger
  before insert or update on call_participants
  for each row execute function voiceledger.calculate_participant_duration();
comment on trigger call_participants_calculate_duration_trigger on call_participants is 'Who is still in when the call ends left with it; a duration is never negative.';

-- The end of a call moves, and with it the leaving of those of whom LiveKit never said it.
create or replace function voiceledger.leaving_follows_the_end() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.call_participants p set updated_at = now()
    where p.call_id = new.id and p.left_reported_at is null;
  return null;
end $$;
comment on function voiceledger.leaving_follows_the_end() is 'Who is still in when the call ends left with it.';
create or replace trigger _200_leaving_follows_the_end after update on voice_calls
  for each row when (old.ended_at is distinct from new.ended_at)
  execute function voiceledger.leaving_follows_the_end();
comment on trigger _200_leaving_follows_the_end on voice_calls is 'Who is still in when the call ends left with it.';

-- A call is connected when the first of its people is, and counts identities, not connections.
-- Recorders and ingress are machinery; an agent is not. Recounted under the call's lock, never
-- counted up, so that repeats and any order leave the same figure.
create or replace function voiceledger.count_participants(call_ids uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform from public.voice_calls c where c.id = any (call_ids) order by c.id for no key update;
  update public.voice_calls c
    set participant_count = s.participant_count, ai_agent_used = s.ai_agent_used,
        agent_name = s.agent_name, connected_at = s.connected_at
    from (
      select i.id,
        count(distinct coalesce(p.participant_identity, p.participant_sid))
          filter (where not p.machine)::integer as participant_count,
        coalesce(bool_or(p.kind = 'AGENT'), false) as ai_agent_used,
        coalesce(i.agent_named, (array_agg(p.participant_identity order by p.joined_at, p.participant_sid)
          filter (where p.kind = 'AGENT'))[1]) as agent_name,
        coalesce(case when i.room_sid is null then i.connected_at end,
          min(p.joined_at) filter (where not p.machine)) as connected_at
      from public.voice_calls i
      left join lateral (
        select q.*, q.is_recorder or q.kind in ('EGRESS', 'INGRESS') is true as machine
        from public.call_participants q where q.call_id = i.id and q.joined_at is not null) p on true
      where i.id = any (call_ids)
      group by i.id) s
    where c.id = s.id
      and (c.participant_count, c.ai_agent_used, c.agent_name, c.connected_at)
        is distinct from (s.participant_count, s.ai_agent_used, s.agent_name, s.connected_at);
end $$;
comment on function voiceledger.count_participants(uuid[]) is 'Recounts who connected to these calls: people, agents, the first of them.';

create or replace function voiceledger.call_counts_its_participants() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  touched uuid[];
  users boolean;
begin
  -- An upsert fires these for its inserts and for its updates, and most often has but one of them.
  if tg_op = 'INSERT' then
    select array_agg(distinct n.call_id), bool_or(n.user_id is not null) into touched, users
      from new_rows n where n.joined_at is not null;
  elsif tg_op = 'DELETE' then
    select array_agg(distinct o.call_id), bool_or(o.user_id is not null) into touched, users
      from old_rows o where o.joined_at is not null;
  elsif exists (select from new_rows) then
    -- What stands on one side alone has changed. Grouped, for a join of the two is quadratic.
    select array_agg(distinct d.call_id), bool_or(d.user_id is not null) into touched, users
      from (
        select m.call_id, m.user_id from (
          select 1 as sign, n.* from new_rows n union all select -1, o.* from old_rows o) m
        group by m.call_id, m.participant_sid, m.joined_at, m.kind, m.is_recorder,
          m.participant_identity, m.user_id
        having sum(m.sign) <> 0) d;
  end if;
  if touched is not null then
    perform voiceledger.count_participants(touched);
  end if;
  if users then
    perform voiceledger.refresh_access(touched);
  end if;
  return null;
end $$;
comment on function voiceledger.call_counts_its_participants() is 'A call counts the identities that connected, and they may see it.';
create or replace trigger _300_call_counts_its_participants_on_insert after insert on call_participants
  referencing new table as new_rows
  for each statement execute function voiceledger.call_counts_its_participants();
comment on trigger _300_call_counts_its_participants_on_insert on call_participants is 'A call counts the identities that connected, and they may see it.';
create or replace trigger _300_call_counts_its_participants_on_update after update on call_participants
  referencing new table as new_rows old table as old_rows
  for each statement execute function voiceledger.call_counts_its_participants();
comment on trigger _300_call_counts_its_participants_on_update on call_participants is 'A call counts the identities that connected, and they may see it.';
create or replace trigger _300_call_counts_its_participants_on_delete after delete on call_participants
  referencing old table as old_rows
  for each statement execute function voiceledger.call_counts_its_participants();
comment on trigger _300_call_counts_its_participants_on_delete on call_participants is 'A call counts the identities that connected, and they may see it.';

-- A call points at its first finished recording and knows whether one is still open. What LiveKit
-- says that this version does not know counts as open. The lock is a statement of its own: the next
-- one then sees the recordings of whoever it waited for.
create or replace function voiceledger.recording_is_open(status text) returns boolean
language sql immutable parallel safe as $$
  select status not in ('EGRESS_COMPLETE', 'EGRESS_FAILED', 'EGRESS_ABORTED', 'EGRESS_LIMIT_REACHED')
$$;
comment on function voiceledger.recording_is_open(text) is 'Whether an egress of this status is yet to come to its end.';

create or replace function voiceledger.call_shows_its_recording() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  changed uuid := case tg_op when 'DELETE' then old.call_id else new.call_id end;
begin
  perform from public.voice_calls c where c.id = changed for no key update;
  update public.voice_calls c set recording_url = r.url, recording_open = r.open
    from (select (array_agg(q.url order by q.started_at, q.egress_id) filter (where q.url is not null))[1] as url,
            coalesce(bool_or(voiceledger.recording_is_open(q.status)), false) as open
          from public.call_recordings q where q.call_id = changed) r
    where c.id = changed and (c.recording_url, c.recording_open) is distinct from (r.url, r.open);
  return null;
end $$;
comment on function voiceledger.call_shows_its_recording() is 'A call points at its first finished recording and knows whether one is open.';
create or replace trigger _200_call_shows_its_recording_on_insert after insert on call_recordings
  for each row when (new.url is not null or voiceledger.recording_is_open(new.status))
  execute function voiceledger.call_shows_its_recording();
comment on trigger _200_call_shows_its_recording_on_insert on call_recordings is 'A call points at its first finished recording and knows whether one is open.';
create or replace trigger _200_call_shows_its_recording_on_update after update on call_recordings
  for each row when ((old.url, old.started_at, voiceledger.recording_is_open(old.status))
    is distinct from (new.url, new.started_at, voiceledger.recording_is_open(new.status)))
  execute function voiceledger.call_shows_its_recording();
comment on trigger _200_call_shows_its_recording_on_update on call_recordings is 'A call points at its first finished recording and knows whether one is open.';
create or replace trigger _200_call_shows_its_recording_on_delete after delete on call_recordings
  for each row when (old.url is not null or voiceledger.recording_is_open(old.status))
  execute function voiceledger.call_shows_its_recording();
comment on trigger _200_call_shows_its_recording_on_delete on call_recordings is 'A call points at its first finished recording and knows whether one is open.';

-- What was recorded before this was kept; the locks of the triggers above keep writers out.
update voice_calls c set recording_open = true
  where not c.recording_open and exists (select from call_recordings r
    where r.call_id = c.id and voiceledger.recording_is_open(r.status));

-- Erased stays erased: whoever deletes a call takes its raw events along and leaves a tombstone.
create or replace function voiceledger.erased_stays_erased() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.erased_calls (call_id, erased_at)
    values (old.id, greatest(now(), old.updated_at + interval '1 microsecond')) on conflict do nothing;
  delete from public.webhook_events e where e.call_id = old.id;
  return null;
end $$;
comment on function voiceledger.erased_stays_erased() is 'Erased stays erased: the raw events go too and a tombstone keeps late ones out.';
create or replace trigger _900_erased_stays_erased after delete on voice_calls
  for each row execute function voiceledger.erased_stays_erased();
comment on trigger _900_erased_stays_erased on voice_calls is 'Erased stays erased: the raw events go too and a tombstone keeps late ones out.';

-- An insert that waited for the erasure of its own key would bring the call back. 40001 makes the
-- writer try again, and then it finds the tombstone.
create or replace function voiceledger.erased_stays_out() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from public.erased_calls e where e.call_id = new.id) then
    raise exception 'this call was erased and stays erased' using errcode = 'serialization_failure';
  end if;
  return null;
end $$;
comment on function voiceledger.erased_stays_out() is 'A call that was erased is not written again.';
create or replace trigger _900_erased_stays_out after insert on voice_calls
  for each row when (new.room_sid is not null) execute function voiceledger.erased_stays_out();
comment on trigger _900_erased_stays_out on voice_calls is 'A call that was erased is not written again.';

-- Whoever erases a call gets a receipt: how much goes with it in each table, and which objects
-- elsewhere it pointed at, which stay. Taken before, for after it there is nothing left to count;
-- the row is locked by then, so nothing is added to what was counted. Of several calls erased in
-- one statement the receipt is the last one's.
create or replace function voiceledger.erasure_leaves_a_receipt() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  objects_max constant integer := 1000;
  erased jsonb;
  objects jsonb;
begin
  erased := jsonb_build_object(
    'voice_calls', 1,
    'call_participants', (select count(*) from public.call_participants p where p.call_id = old.id),
    'call_recordings', (select count(*) from public.call_recordings r where r.call_id = old.id),
    'call_usage', (select count(*) from public.call_usage u where u.call_id = old.id),
    'voice_messages', (select count(*) from public.voice_messages m where m.call_id = old.id),
    'webhook_events', (select count(*) from public.webhook_events e where e.call_id = old.id));
  select coalesce(jsonb_agg(jsonb_build_object('kind', o.kind, 'url', o.url) order by o.rank, o.url), '[]')
    into objects
    from (
      select 1 as rank, 'recording' as kind, r.url from public.call_recordings r
        where r.call_id = old.id and r.url is not null
      union
      select 2, 'transcript', old.transcript_url where old.transcript_url is not null
      union
      select 3, 'message_audio', m.audio_url from public.voice_messages m
        where m.call_id = old.id and m.audio_url is not null
      order by 1, 3
      limit objects_max + 1) o;
  perform set_config('voiceledger.receipt', jsonb_build_object('erased', erased,
    'not_erased', objects - objects_max,
    'not_erased_has_more', jsonb_array_length(objects) > objects_max)::text, true);
  return old;
end $$;
comment on function voiceledger.erasure_leaves_a_receipt() is 'Leaves in voiceledger.receipt, for the erasing transaction, what goes with the call and what stays elsewhere.';
create or replace trigger _900_erasure_leaves_a_receipt before delete on voice_calls
  for each row execute function voiceledger.erasure_leaves_a_receipt();
comment on trigger _900_erasure_leaves_a_receipt on voice_calls is 'Leaves in voiceledger.receipt, for the erasing transaction, what goes with the call and what stays elsewhere.';

-- A key that still named an erased call would answer a repeat with a call that is not there.
create or replace function voiceledger.keys_go_with_the_call() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.idempotency_keys k where k.call_id = old.id;
  return null;
end $$;
comment on function voiceledger.keys_go_with_the_call() is 'The idempotency keys of an erased call go too.';
create or replace trigger _910_keys_go_with_the_call after delete on voice_calls
  for each row execute function voiceledger.keys_go_with_the_call();
comment on trigger _910_keys_go_with_the_call on voice_calls is 'The idempotency keys of an erased call go too.';

revoke all on all functions in schema voiceledger from public;

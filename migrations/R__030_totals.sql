-- Totals: exact, in the transaction that changes them, under concurrency, at a cost that does not
-- grow with the call. Deltas of what a statement really changed are added under the call's row
-- lock; a SUM over all messages would be quadratic over a call and lose concurrent ones.

-- Tokens follow from LLM usage once it is reported, before that from messages, never from both.
-- Cost does so for each component: messages are priced as LLM, the rest only usage knows.
create or replace function voiceledger.totals_follow_their_sources() returns trigger language plpgsql as $$
begin
  if new.llm_usage_reported then
    new.input_tokens := new.usage_input_tokens;
    new.output_tokens := new.usage_output_tokens;
    new.total_tokens_used := new.usage_input_tokens + new.usage_output_tokens;
  else
    new.input_tokens := new.message_input_tokens;
    new.output_tokens := new.message_output_tokens;
    new.total_tokens_used := new.message_tokens;
  end if;
  new.cost_usd := coalesce(new.usage_llm_cost_usd, new.message_cost_usd) + new.usage_other_cost_usd;
  new.cost_cents := round(new.cost_usd * 100)::bigint;
  return new;
end $$;
comment on function voiceledger.totals_follow_their_sources() is 'Totals follow reported usage, else messages, never the sum of both.';
create or replace trigger _200_totals_follow_their_sources
  before insert or update of message_tokens, message_input_tokens, message_output_tokens, message_cost_usd,
    llm_usage_reported, usage_input_tokens, usage_output_tokens, usage_llm_cost_usd, usage_other_cost_usd,
    input_tokens, output_tokens, total_tokens_used, cost_usd, cost_cents on voice_calls
  for each row execute function voiceledger.totals_follow_their_sources();
comment on trigger _200_totals_follow_their_sources on voice_calls is 'Totals follow reported usage, else messages, never the sum of both.';

-- The totals of a call equal the sum of its messages, whoever writes them at once.
create or replace function voiceledger.update_call_tokens() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  changes voiceledger.message_delta[];
begin
  if tg_op = 'INSERT' then
    changes := array(select (n.call_id, count(*), max(n.sequence_number), coalesce(sum(n.tokens_used), 0),
        coalesce(sum(n.input_tokens), 0), coalesce(sum(n.output_tokens), 0), coalesce(sum(n.cost_usd), 0)
      )::voiceledger.message_delta from new_rows n group by n.call_id order by n.call_id);
  elsif tg_op = 'DELETE' then
    changes := array(select (o.call_id, -count(*), 0, -coalesce(sum(o.tokens_used), 0),
        -coalesce(sum(o.input_tokens), 0), -coalesce(sum(o.output_tokens), 0), -coalesce(sum(o.cost_usd), 0)
      )::voiceledger.message_delta from old_rows o group by o.call_id order by o.call_id);
  elsif not exists (select from new_rows) then
    return null; -- of an upsert that only inserted
  else
    changes := array(select (m.call_id, sum(m.sign), max(m.sequence_number),
        coalesce(sum(m.sign * m.tokens_used), 0), coalesce(sum(m.sign * m.input_tokens), 0),
        coalesce(sum(m.sign * m.output_tokens), 0), coalesce(sum(m.sign * m.cost_usd), 0)
      )::voiceledger.message_delta
      from (select 1 as sign, n.* from new_rows n union all select -1, o.* from old_rows o) m
      group by m.call_id order by m.call_id);
  end if;
  if cardinality(changes) > 1 then
    perform from public.voice_calls c where c.id in (select d.call_id from unnest(changes) d)
      order by c.id for no key update;
  end if;
  update public.voice_calls c
    set message_count = c.message_count + d.messages,
        message_seq = greatest(c.message_seq, d.sequence_number),
        message_tokens = c.message_tokens + d.tokens,
        message_input_tokens = c.message_input_tokens + d.input_tokens,
        message_output_tokens = c.message_output_tokens + d.output_tokens,
        message_cost_usd = c.message_cost_usd + d.cost_usd
    from unnest(changes) d
    where c.id = d.call_id
      and ((d.messages, d.tokens, d.input_tokens, d.output_tokens, d.cost_usd) <> (0, 0, 0, 0, 0)
        or d.sequence_number > c.message_seq);
  return null;
end $$;
comment on function voiceledger.update_call_tokens() is 'The totals of a call equal the sum of its messages, whoever writes them at once.';
create or replace trigger voice_messages_update_tokens_trigger after insert on voice_messages
  referencing new table as new_rows
  for each statement execute function voiceledger.update_call_tokens();
comment on trigger voice_messages_update_tokens_trigger on voice_messages is 'The totals of a call equal the sum of its messages, whoever writes them at once.';
create or replace trigger voice_messages_update_tokens_on_update_trigger after update on voice_messages
  referencing new table as new_rows old table as old_rows
  for each statement execute function voiceledger.update_call_tokens();
comment on trigger voice_messages_update_tokens_on_update_trigger on voice_messages is 'The totals of a call equal the sum of its messages, whoever writes them at once.';
create or replace trigger voice_messages_update_tokens_on_delete_trigger after delete on voice_messages
  referencing old table as old_rows
  for each statement execute function voiceledger.update_call_tokens();
comment on trigger voice_messages_update_tokens_on_delete_trigger on voice_messages is 'The totals of a call equal the sum of its messages, whoever writes them at once.';

-- What a message does not say is filled in: the total of its tokens, its segment, its number.
create or replace function voiceledger.message_is_completed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.tokens_used := coalesce(new.tokens_used, new.input_tokens + new.output_tokens,
    new.input_tokens, new.output_tokens);
  if tg_op = 'INSERT' then
    new.segment_id := coalesce(new.segment_id, 'id:' || new.id);
    if new.sequence_number is null then
      -- The lock is a statement of its own: the next one sees what it waited for.
      perform from public.voice_calls c where c.id = new.call_id for no key update;
      new.sequence_number := 1 + greatest(
        (select c.message_seq from public.voice_calls c where c.id = new.call_id),
        (select max(m.sequence_number) from public.voice_messages m where m.call_id = new.call_id));
    end if;
  end if;
  return new;
end $$;
comment on function voiceledger.message_is_completed() is 'What a message does not say is filled in: the total of its tokens, its segment, its number.';
create or replace trigger _100_message_is_completed before insert or update on voice_messages
  for each row execute function voiceledger.message_is_completed();
comment on trigger _100_message_is_completed on voice_messages is 'What a message does not say is filled in: the total of its tokens, its segment, its number.';

-- Usage of a call is a handful of cumulative rows: summed anew under the call's lock.
create or replace function voiceledger.call_sums_its_usage() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  touched uuid[];
begin
  if tg_op = 'INSERT' then
    touched := array(select distinct n.call_id from new_rows n);
  elsif tg_op = 'DELETE' then
    touched := array(select distinct o.call_id from old_rows o);
  else
    touched := array(select n.call_id from new_rows n union select o.call_id from old_rows o);
  end if;
  perform from public.voice_calls c where c.id = any (touched) order by c.id for no key update;
  update public.voice_calls c
    set llm_usage_reported = s.llm, usage_input_tokens = s.input_tokens, usage_output_tokens = s.output_tokens,
        usage_llm_cost_usd = s.llm_cost_usd, usage_other_cost_usd = s.other_cost_usd
    from (
      select i.id, coalesce(bool_or(u.type = 'llm_usage'), false) as llm,
        coalesce(sum(u.input_tokens) filter (where u.type = 'llm_usage'), 0)::bigint as input_tokens,
        coalesce(sum(u.output_tokens) filter (where u.type = 'llm_usage'), 0)::bigint as output_tokens,
        sum(u.cost_usd) filter (where u.type = 'llm_usage') as llm_cost_usd,
        coalesce(sum(u.cost_usd) filter (where u.type <> 'llm_usage'), 0) as other_cost_usd
      from unnest(touched) i (id) left join public.call_usage u on u.call_id = i.id
      group by i.id) s
    where c.id = s.id
      and (c.llm_usage_reported, c.usage_input_tokens, c.usage_output_tokens,
           c.usage_llm_cost_usd, c.usage_other_cost_usd)
        is distinct from (s.llm, s.input_tokens, s.output_tokens, s.llm_cost_usd, s.other_cost_usd);
  return null;
end $$;
comment on function voiceledger.call_sums_its_usage() is 'The usage of a call is the sum of what its sessions last reported.';
create or replace trigger _200_call_sums_its_usage_on_insert after insert on call_usage
  referencing new table as new_rows for each statement execute function voiceledger.call_sums_its_usage();
comment on trigger _200_call_sums_its_usage_on_insert on call_usage is 'The usage of a call is the sum of what its sessions last reported.';
create or replace trigger _200_call_sums_its_usage_on_update after update on call_usage
  referencing new table as new_rows old table as old_rows
  for each statement execute function voiceledger.call_sums_its_usage();
comment on trigger _200_call_sums_its_usage_on_update on call_usage is 'The usage of a call is the sum of what its sessions last reported.';
create or replace trigger _200_call_sums_its_usage_on_delete after delete on call_usage
  referencing old table as old_rows for each statement execute function voiceledger.call_sums_its_usage();
comment on trigger _200_call_sums_its_usage_on_delete on call_usage is 'The usage of a call is the sum of what its sessions last reported.';

revoke all on all functions in schema voiceledger from public;

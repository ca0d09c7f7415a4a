-- A message whose id nobody gave may take the one that a later post gives. What stands here already
-- keeps its id.
alter table voice_messages add column id_given boolean not null default true;
comment on column voice_messages.id_given is 'Whether a poster gave the id; else it is ours, and gives way to one that is given.';

-- Totals hold whatever messages may say: 215 of 10 million tokens were more than an integer, and
-- with a total that cannot be written, none of the call's messages can. What stands in the way of a
-- column's type is made again: the triggers below, the views by R__050.
drop trigger if exists _200_totals_follow_their_sources on voice_calls;
drop trigger if exists _500_figures_are_due on voice_calls;
drop view if exists call_analytics;
drop view if exists voice_conversations;
alter table voice_calls
  alter column total_tokens_used type bigint,
  alter column input_tokens type bigint,
  alter column output_tokens type bigint,
  alter column cost_usd type numeric(18, 6),
  alter column cost_cents type bigint,
  alter column message_tokens type bigint,
  alter column message_input_tokens type bigint,
  alter column message_output_tokens type bigint,
  alter column message_cost_usd type numeric(18, 6),
  alter column usage_input_tokens type bigint,
  alter column usage_output_tokens type bigint,
  alter column usage_llm_cost_usd type numeric(18, 6),
  alter column usage_other_cost_usd type numeric(18, 6);
alter table call_figures drop column cost_micros;
alter table call_figures
  alter column total_tokens_used type bigint,
  alter column cost_usd type numeric(18, 6),
  add column cost_micros bigint not null generated always as ((cost_usd * 1000000)::bigint) stored;
comment on column call_figures.cost_micros is 'cost_usd in millionths, to filter and sort by. Comparisons of numeric are not leakproof: under row level security they use no statistics, and no index where a policy must be asked first.';
create index idx_call_figures_cost on call_figures (cost_micros, call_id);

-- Until R__030 and R__035 come, in transactions of their own, replicas of the version before go on
-- writing: no total of theirs may be lost. In a new database the functions are yet to come.
do $$
begin
  if to_regprocedure('voiceledger.totals_follow_their_sources()') is not null then
    create trigger _200_totals_follow_their_sources
      before insert or update of message_tokens, message_input_tokens, message_output_tokens, message_cost_usd,
        llm_usage_reported, usage_input_tokens, usage_output_tokens, usage_llm_cost_usd, usage_other_cost_usd,
        input_tokens, output_tokens, total_tokens_used, cost_usd, cost_cents on voice_calls
      for each row execute function voiceledger.totals_follow_their_sources();
  end if;
  if to_regprocedure('voiceledger.figures_are_due()') is not null then
    create trigger _500_figures_are_due after update on voice_calls
      for each row when (
        (old.ended_at is null) <> (new.ended_at is null)
        or new.ended_at is not null
          and (old.started_at, old.duration_seconds, old.total_tokens_used, old.cost_usd)
            is distinct from (new.started_at, new.duration_seconds, new.total_tokens_used, new.cost_usd))
      execute function voiceledger.figures_are_due();
  end if;
end $$;

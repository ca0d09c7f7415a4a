-- Session reports: what a later one replaces, and when a call is complete. The laws are in R__020.

-- Of two reports of one session the later holds; where both say the same time, their digest decides.
alter table call_usage add column reported_at timestamptz, add column report_digest uuid;
comment on column call_usage.source is 'job: and the id of the agent job whose session it was; report where none was named.';
comment on column call_usage.reported_at is 'When the report that stands here was made, as it says; of two the later holds.';
comment on column call_usage.report_digest is 'Digest of the row''s figures: decides between reports of one time, so that order does not.';

alter table voice_calls add column agent_reported boolean not null default false,
  add column recording_open boolean not null default false;
comment on column voice_calls.agent_reported is 'Whether a session report is in.';
comment on column voice_calls.recording_open is 'Whether an egress has not come to its end. Kept by the trigger of call_recordings.';
comment on column voice_calls.completeness is 'live: not over; settling: over, more may come; complete: reported and no recording open, or over for ten minutes.';

-- What the clock makes complete. No message changes these columns.
create index idx_voice_calls_settling on voice_calls (ended_at) where completeness = 'settling';

-- What was over for ten minutes before this version came is complete, and news to nobody: the clock
-- would tell of each such call, 500 at a time.
alter table voice_calls disable trigger user;
update voice_calls set completeness = 'complete'
  where completeness = 'settling' and ended_at <= now() - interval '10 minutes';
alter table voice_calls enable trigger user;

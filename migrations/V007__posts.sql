-- Of two posts of one message the higher poster wins, then what is final, then the later, then the
-- greater text: what that needs of the post that the row came from.
alter table voice_messages add column poster_rank smallint not null default 3,
  add column timestamp_given boolean not null default true,
  add column post_digest uuid;
update voice_messages set poster_rank = 2 where posted_by like 'user:%';
alter table voice_messages add constraint voice_messages_poster_rank_is_known check (poster_rank between 1 and 3);
comment on column voice_messages.poster_rank is 'Who wrote what stands here: 3 agent or service, 2 the call''s owner or an admin, 1 another participant.';
comment on column voice_messages.timestamp_given is 'Whether the poster said when it was said; else timestamp is when it came.';
comment on column voice_messages.post_digest is 'Digest of the post''s lesser fields: decides where all that matters is equal, so that order does not.';

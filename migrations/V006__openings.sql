-- Who asked for a call through the API. The first to ask keeps it: somebody else who asks for the
-- same room at the same moment meets the row and changes nothing.
alter table voice_calls add column opened_by text;
comment on column voice_calls.opened_by is 'Who asked for the call through the API first: user:UUID or service; null of a call that only webhooks told of.';

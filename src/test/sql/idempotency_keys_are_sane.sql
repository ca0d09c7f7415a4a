-- law: one key of one caller is one request
-- sabotage: alter table idempotency_keys drop constraint idempotency_keys_pkey
-- sabotage: alter table idempotency_keys drop constraint idempotency_keys_are_short
-- sabotage: alter table idempotency_keys drop constraint idempotency_keys_body_is_a_hash
select test.as_service();
insert into idempotency_keys (caller, key, body_sha256) values ('user:a', 'k', sha256('x'));
do $$
begin
  assert (select call_id is null and created_at = now() from idempotency_keys), 'a new key is under way';
  assert test.refused($s$insert into idempotency_keys (caller, key, body_sha256) values ('user:a', 'k', sha256('y'))$s$, '23505'),
    'the same caller''s same key is one';
  assert test.rows($s$insert into idempotency_keys (caller, key, body_sha256) values ('user:b', 'k', sha256('y')), ('user:a', 'K', sha256('y'))$s$) = 2,
    'another caller''s or another key is another';
  assert test.refused($s$insert into idempotency_keys (caller, key, body_sha256) values ('user:a', '', sha256('y'))$s$, '23514')
      and test.refused($s$insert into idempotency_keys (caller, key, body_sha256) values ('user:a', repeat('k', 256), sha256('y'))$s$, '23514'),
    'a key is given and short';
  assert test.refused($s$insert into idempotency_keys (caller, key, body_sha256) values ('user:a', 'z', 'short')$s$, '23514'),
    'of a body only its hash is kept';
end $$;

-- law: what a message does not say is filled in
-- sabotage: alter table voice_messages disable trigger _100_message_is_completed; alter table voice_messages alter segment_id drop not null, alter sequence_number set default 1; drop index idx_voice_messages_call_sequence
-- sabotage: alter table voice_messages disable trigger _100_message_is_completed; create sequence s; grant usage on s to public; alter table voice_messages alter sequence_number set default nextval('s'), alter segment_id set default gen_random_uuid()
select test.as_service();
insert into voice_calls (room_sid) values ('RM_a'), ('RM_b');
do $$
declare
  call uuid := test.call('RM_a');
begin
  insert into voice_messages (call_id, role, content, input_tokens, output_tokens, tokens_used)
    values (call, 'user', 'both', 3, 4, null), (call, 'user', 'one', 3, null, null),
           (call, 'user', 'none', null, null, null), (call, 'user', 'given', 3, 4, 9);
  assert (select array_agg(tokens_used order by sequence_number) from voice_messages) = array[7, 3, null, 9],
    'tokens are input and output where nobody says them';
  assert (select bool_and(segment_id = 'id:' || id) from voice_messages), 'a message without a segment is its own';
  assert (select array_agg(sequence_number order by content = 'given', content = 'none', content = 'one')
          from voice_messages) = array[1, 2, 3, 4], 'one statement numbers its messages in their order';
  insert into voice_messages (call_id, role, content, sequence_number) values (call, 'user', 'named', 10);
  insert into voice_messages (call_id, role, content, sequence_number)
    values (call, 'user', 'next', null), (call, 'user', 'named', 20), (call, 'user', 'after', null);
  assert (select array_agg(sequence_number order by sequence_number) from voice_messages where content in ('next', 'after'))
      = array[11, 21], 'numbers go on after the greatest that was named';
  delete from voice_messages where sequence_number > 4;
  insert into voice_messages (call_id, role, content) values (call, 'user', 'x');
  assert (select max(sequence_number) from voice_messages) = 22, 'no number is given twice, deleted or not';
  insert into voice_messages (call_id, role, content) select c.id, 'user', 'mixed' from voice_calls c, generate_series(1, 5);
  assert (select count(distinct (call_id, sequence_number)) = count(*) from voice_messages), 'no two messages of a call have one number';
  assert (select max(sequence_number) from voice_messages where call_id <> call) = 5, 'each call has numbers of its own';
  assert test.refused($s$insert into voice_messages (call_id, role, content, sequence_number)
    values (test.call('RM_a'), 'user', 'x', 1)$s$, '23505'), 'a number that is taken is refused';
end $$;

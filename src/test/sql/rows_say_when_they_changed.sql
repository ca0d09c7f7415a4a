-- law: a row says when it last changed
-- sabotage: alter table voice_calls disable trigger voice_calls_updated_at_trigger
-- sabotage: alter table voice_messages disable trigger voice_messages_updated_at_trigger
select test.a_call_with_everything();
do $$
declare
  what text;
begin
  foreach what in array array['voice_calls', 'call_participants', 'call_recordings', 'call_usage', 'voice_messages'] loop
    perform test.rows(format('update %I set updated_at = %L', what, test.at(0)));
    assert test.rows(format('select from %I where updated_at < now()', what)) = 0, 'a row says when it last changed';
    assert test.rows(format('select from %I where updated_at = now()', what)) > 0, 'and there is one to say it';
  end loop;
end $$;

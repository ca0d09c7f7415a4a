-- As many calls as test.calls says: each thousandth open, each five-hundredth settling; twice as
-- many raw events, one in two hundred failed and one in a thousand the reconciler's. Triggers are
-- off: what they would write is not asked here.
set session_replication_role = replica;
insert into voice_calls (session_id, room_sid, room_name, status, started_at, connected_at, ended_at, completeness)
  select 'RM_' || n, 'RM_' || n, 'room ' || n % 5000,
    case when n % 1000 = 0 then 'active' when n % 7 = 0 then 'failed' else 'completed' end::call_status,
    t, t, case when n % 1000 <> 0 then t + interval '3 minutes' end,
    case when n % 1000 = 0 then 'live' when n % 500 = 1 then 'settling' else 'complete' end
  from generate_series(1, current_setting('test.calls')::integer) n,
    lateral (select now() - (current_setting('test.calls')::integer - n) * interval '26 seconds' as t) x;
insert into webhook_events (provider, id, event, room_sid, state, error, received_at, body)
  select case when n % 1000 = 7 then 'reconciler' else 'livekit' end, 'EV_' || n, 'room_started', 'RM_' || n,
    case when n % 200 = 0 then 'failed' else 'applied' end::webhook_event_state,
    case when n % 200 = 0 then 'odd' end,
    now() - (2 * current_setting('test.calls')::integer - n) * interval '13 seconds',
    convert_to(repeat('x', 200), 'UTF8')
  from generate_series(1, 2 * current_setting('test.calls')::integer) n;
reset session_replication_role;

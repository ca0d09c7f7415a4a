// One statement for each kind of request: it commits by itself, so an event and its effect are on
// disk together after a single round trip. A `:name` stands for a parameter; the pgbench scripts
// in ../floor are made from the same texts. Times come in milliseconds since 1970.

const time = name => `to_timestamp(:${name}::float8 / 1000)`;

// A repeated event inserts nothing here, and then nothing below happens either.
const event = `with event as (
  insert into webhook_events (id, event, session_id, created_at, body)
  values (:id::text, :event::text, nullif(:room::text, ''),
    ${time('at')}, :body::text)
  on conflict do nothing returning id
)`;

// Least and greatest leave nulls aside, so events may come in any order.
const mergeCall = `on conflict (session_id) do update set
    room_name = coalesce(c.room_name, excluded.room_name),
    started_at = least(c.started_at, excluded.started_at),
    connected_at = least(c.connected_at, excluded.connected_at),
    ended_at = greatest(c.ended_at, excluded.ended_at),
    ai_agent_used = c.ai_agent_used or excluded.ai_agent_used,
    status = case
      when coalesce(c.ended_at, excluded.ended_at) is not null then
        case when coalesce(c.connected_at, excluded.connected_at) is null then 'failed'
          else 'completed' end
      when coalesce(c.connected_at, excluded.connected_at) is not null then 'active'
      else 'pending' end::call_status`;

const other = `${event} select count(*) from event`;

const room = `${event}
insert into voice_calls as c (session_id, room_name, started_at, ended_at, status)
  select :room::text, :name::text, ${time('created')},
    case when :event::text = 'room_finished' then ${time('at')} end,
    case when :event::text = 'room_finished' then 'failed' else 'pending' end::call_status
  from event
  ${mergeCall}`;

// Joined, left or aborted. Who was aborted never connected.
const participant = `${event}, call as (
  insert into voice_calls as c
    (session_id, room_name, started_at, connected_at, ai_agent_used, status)
  select :room::text, :name::text, ${time('created')},
    x.joined, :type::text = 'agent',
    case when x.joined is null then 'pending' else 'active' end::call_status
  from event, (select case when :event::text <> 'participant_connection_aborted'
    then ${time('joined')} end as joined) x
  ${mergeCall}
  returning id
)
insert into call_participants as p (call_id, participant_sid, participant_identity,
    participant_name, participant_type, joined_at, left_at)
  select call.id, :sid::text, :identity::text, nullif(:display::text, ''),
    :type::text::participant_type,
    case when :event::text <> 'participant_connection_aborted'
      then ${time('joined')} end,
    case when :event::text <> 'participant_joined'
      then ${time('at')} end
  from call
  on conflict (call_id, participant_sid) do update set
    participant_name = coalesce(excluded.participant_name, p.participant_name),
    participant_type = excluded.participant_type,
    joined_at = least(p.joined_at, excluded.joined_at),
    left_at = greatest(p.left_at, excluded.left_at)`;

// A track tells of a call and a participant, but nothing new about those already known, so no
// row is written for them again.
const track = `${event}, made as (
  insert into voice_calls (session_id, room_name)
  select :room::text, :name::text from event
  where not exists (select from voice_calls where session_id = :room::text)
  on conflict do nothing returning id
), call as (
  select id from made union all select id from voice_calls where session_id = :room::text
)
insert into call_participants (call_id, participant_sid, participant_identity)
  select call.id, :sid::text, :identity::text from event, call
  where not exists (select from call_participants p
    where p.call_id = call.id and p.participant_sid = :sid::text)
  on conflict do nothing`;

// Seed 001 counts a call's messages in their writer. For those who do not, the next free number.
const insertMessage = `insert into voice_messages (id, call_id, sequence_number, segment_id, role,
    content, input_modality, provider, model_used, tokens_used, input_tokens, output_tokens,
    cost_usd, latency_ms, metadata, "timestamp")
  select coalesce(:id::uuid, gen_random_uuid()), call.id,
    coalesce(:sequence::int, 1 + coalesce((select max(m.sequence_number)
      from voice_messages m where m.call_id = call.id), 0)),
    :segment::text, :role::text::message_role, :content::text, :modality::text,
    :provider::text, :model::text, :tokens::int, :input::int, :output::int, :cost::numeric,
    :latency::int, :metadata::text::jsonb, coalesce(:timestamp::timestamptz, now())
  from call
  on conflict do nothing
  returning id, call_id, sequence_number, "timestamp", created_at`;

// A message may come before its call's first webhook: then the call is made here.
const messageOfRoom = `with made as (
  insert into voice_calls (session_id)
  select :room::text where not exists (select from voice_calls where session_id = :room::text)
  on conflict do nothing returning id
), call as (
  select id from made union all select id from voice_calls where session_id = :room::text
)
${insertMessage}`;

const messageOfCall = `with call as (select id from voice_calls where id = :call::uuid)
${insertMessage}`;

const storedMessage = `select m.* from voice_messages m join voice_calls c on c.id = m.call_id
where (c.id = :call::uuid or c.session_id = :room::text)
  and (m.id = :id::uuid or m.segment_id = :segment::text)`;

export const texts =
  { other, room, participant, track, messageOfRoom, messageOfCall, storedMessage };

/** A named statement for `pg`: prepared once for each connection, then only bound. */
function prepared(name) {
  const order = [];
  const text = texts[name].replace(/(?<!:):([a-z]+)/g, (_, parameter) => {
    if (!order.includes(parameter)) order.push(parameter);
    return `$${order.indexOf(parameter) + 1}`;
  });
  return values => ({ name, text, values: order.map(parameter => values[parameter]) });
}

export const statements =
  Object.fromEntries(Object.keys(texts).map(name => [name, prepared(name)]));

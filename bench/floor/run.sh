#!/bin/sh
# The ceiling of one transaction an event: pgbench sends the peer's statements, nothing in front.
# Usage: bench/floor/run.sh DATABASE_URL [SECONDS [CLIENTS]]
# The mix: ten webhooks of a call (1 + 1 of the room, 2 joined, 2 left, 2 + 2 of tracks), ten
# messages. Each run starts with call numbers of its own, so the database may be used again.
set -eu
url=$1 seconds=${2:-10} clients=${3:-16}
cd "$(dirname "$0")"
node write.js
now=$(date +%s)
# 1,100 bytes that look like a payload: the digits keep them from being all alike.
body=$(seq 100000 100200 | tr '\n' ',' | cut -c 1-1100)
exec "${PGBENCH:-pgbench}" -n -M prepared -c "$clients" -j 2 -T "$seconds" \
  -D clients="$clients" -D n=0 -D first="$((now * 1000))" -D start="$((now * 1000))" \
  -D call=0 -D event=0 -D person=0 -D spoken=0 -D segment=0 -D tokens=0 -D body="$body" \
  -f room_started.sql@1 -f room_finished.sql@1 \
  -f participant_joined.sql@2 -f participant_left.sql@2 \
  -f track_published.sql@2 -f track_unpublished.sql@2 -f message.sql@10 "$url"

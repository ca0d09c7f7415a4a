#!/usr/bin/env bash
# Makes ready what the test against a real LiveKit server needs, in a folder outside the sources.
#
#   src/test/livekit/install.sh [FOLDER]        FOLDER defaults to target/livekit
#
# A livekit-server of LIVEKIT_SERVER or on the path is taken as it is; else one is built with Go, once, and kept
# in the user's cache, where a clean build does not reach it.
#
# stdout: first line the folder with scenario.mjs and its node modules, last line the path of a livekit-server.
# Exit 3, with one line on stderr that says why, where this machine cannot have them.
set -euo pipefail

readonly SERVER_VERSION=v1.13.5
readonly NODE_MAJOR_MIN=20
readonly GO_MINOR_MIN=26

main() {
  local sources folder
  sources="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
  folder="${1:-target/livekit}"
  mkdir -p "$folder"
  folder="$(cd "$folder" && pwd)"
  local scenario server
  scenario="$(install_scenario "$sources" "$folder/scenario")"
  server="$(find_or_build_server "${XDG_CACHE_HOME:-${HOME:-$folder}/.cache}/voiceledger")"
  echo "$scenario"
  echo "$server"
}

install_scenario() {
  local sources="$1" scenario="$2"
  command -v node >/dev/null && command -v npm >/dev/null || not_possible "Node $NODE_MAJOR_MIN or newer, with npm, is not on the path"
  local major
  major="$(node -p 'process.versions.node.split(".")[0]')"
  [ "$major" -ge "$NODE_MAJOR_MIN" ] || not_possible "Node is $major, needed is $NODE_MAJOR_MIN or newer"
  mkdir -p "$scenario"
  cp "$sources"/*.mjs "$sources/livekit.yaml" "$sources/package.json" "$sources/package-lock.json" "$sources/.npmrc" "$scenario/"
  # node_modules/installed.json is written last: a broken-off installation has none and is done again.
  if ! cmp -s "$scenario/package-lock.json" "$scenario/node_modules/installed.json"; then
    (cd "$scenario" && npm ci --ignore-scripts --no-fund --no-audit >&2) || not_possible "npm ci failed; its output is above"
    cp "$scenario/package-lock.json" "$scenario/node_modules/installed.json"
  fi
  (cd "$scenario" && node --input-type=module --eval "await import('@livekit/rtc-node'); process.exit(0)" >&2) ||
    not_possible "@livekit/rtc-node has no native library for this machine"
  echo "$scenario"
}

find_or_build_server() {
  local cache="$1" built="$1/livekit-server-$SERVER_VERSION"
  if [ -n "${LIVEKIT_SERVER:-}" ]; then
    [ -x "$LIVEKIT_SERVER" ] || not_possible "LIVEKIT_SERVER is $LIVEKIT_SERVER, which cannot be run"
    echo "$LIVEKIT_SERVER"
  elif command -v livekit-server >/dev/null; then
    command -v livekit-server
  else
    [ -x "$built" ] || build_server "$cache" "$built"
    echo "$built"
  fi
}

build_server() {
  local cache="$1" built="$2" version
  command -v go >/dev/null || not_possible "there is no livekit-server (LIVEKIT_SERVER, path) and no Go to build one"
  version="$(go env GOVERSION)"
  [[ "$version" =~ ^go1\.([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge "$GO_MINOR_MIN" ] || fetches_newer_go ||
    not_possible "there is no livekit-server, and Go is $version where 1.$GO_MINOR_MIN is needed to build one"
  echo "building livekit-server $SERVER_VERSION, once: 2 to 5 minutes …" >&2
  mkdir -p "$cache"
  # A folder of its own, then a move: two who build at once do not meet.
  building="$(mktemp -d "$cache/building.XXXXXX")"
  trap 'rm -rf "$building"' EXIT
  GOBIN="$building" go install "github.com/livekit/livekit-server/cmd/server@$SERVER_VERSION" >&2 ||
    not_possible "livekit-server $SERVER_VERSION could not be built; the output is above"
  mv "$building/server" "$built"
}

# From 1.21 on a Go that is too old fetches the one that a module asks for, unless it is told not to.
fetches_newer_go() {
  [[ "$(go env GOTOOLCHAIN)" =~ ^(auto|.*\+auto)$ ]]
}

# Called within $( ) as well: set -e carries the 3 out of it.
not_possible() {
  echo "no real LiveKit server here: $1" >&2
  exit 3
}

main "$@"

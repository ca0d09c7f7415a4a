#!/usr/bin/env bash
# Makes ready what real LiveKit agents are run with, once, in the user's cache, where a clean build does not reach it.
#
#   src/test/agents/install.sh python     prints the path of a Python that has livekit-agents
#   src/test/agents/install.sh node       prints the path of the node_modules that have @livekit/agents
#
# Exit 3, with one line on stderr that says why, where this machine cannot have it.
set -euo pipefail

readonly PYTHON_MINOR_MIN=11
readonly NODE_MAJOR_MIN=20

main() {
  local sources cache
  sources="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
  cache="${XDG_CACHE_HOME:-${HOME:-target}/.cache}/voiceledger"
  mkdir -p "$cache"
  case "${1:-}" in
    python) install_python "$sources" "$cache" ;;
    node) install_node "$sources" "$cache" ;;
    *) echo "usage: install.sh python|node" >&2 && exit 2 ;;
  esac
}

# installed.txt is written last: a broken-off installation has none and is done again.
install_python() {
  local sources="$1" venv
  command -v python3 >/dev/null || not_possible "Python 3.$PYTHON_MINOR_MIN or newer is not on the path"
  python3 -c "import sys; sys.exit(sys.version_info < (3, $PYTHON_MINOR_MIN))" ||
    not_possible "$(python3 --version) is here, needed is 3.$PYTHON_MINOR_MIN or newer"
  venv="$2/agents-python-$(cksum < "$sources/requirements.txt" | cut -d ' ' -f 1)"
  if [ ! -f "$venv/installed.txt" ]; then
    rm -rf "$venv"
    python3 -m venv "$venv" >&2 || not_possible "Python's module venv is not there"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$sources/requirements.txt" >&2 ||
      not_possible "pip could not install livekit-agents; its output is above"
    "$venv/bin/python" -c 'import livekit.agents' >&2 || not_possible "livekit-agents does not run on this machine"
    touch "$venv/installed.txt"
  fi
  echo "$venv/bin/python"
}

install_node() {
  local sources="$1" folder major
  command -v node >/dev/null && command -v npm >/dev/null || not_possible "Node $NODE_MAJOR_MIN or newer, with npm, is not on the path"
  major="$(node -p 'process.versions.node.split(".")[0]')"
  [ "$major" -ge "$NODE_MAJOR_MIN" ] || not_possible "Node is $major, needed is $NODE_MAJOR_MIN or newer"
  folder="$2/agents-node-$(cksum < "$sources/package-lock.json" | cut -d ' ' -f 1)"
  if [ ! -f "$folder/installed.txt" ]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$sources/package.json" "$sources/package-lock.json" "$sources/.npmrc" "$folder/"
    (cd "$folder" && npm ci --ignore-scripts --no-fund --no-audit >&2) || not_possible "npm ci failed; its output is above"
    (cd "$folder" && NODE_ENV=production node --input-type=module --eval "await import('@livekit/agents'); process.exit(0)" >&2) ||
      not_possible "@livekit/agents does not run on this machine"
    touch "$folder/installed.txt"
  fi
  echo "$folder/node_modules"
}

# Called within no $( ): the 3 is the script's own.
not_possible() {
  echo "no real LiveKit agents here: $1" >&2
  exit 3
}

main "$@"

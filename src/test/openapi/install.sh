#!/usr/bin/env bash
# Makes ready the fuzzer of the HTTP interface, once, in the user's cache, where a clean build does not reach it.
#
# stdout: the path of the program. Exit 3, with one line on stderr that says why, where this machine cannot have it.
set -euo pipefail

readonly MINOR_MIN=10

main() {
  local sources cache venv
  sources="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
  cache="${XDG_CACHE_HOME:-${HOME:-target}/.cache}/voiceledger"
  command -v python3 >/dev/null || not_possible "Python 3.$MINOR_MIN or newer is not on the path"
  python3 -c "import sys; sys.exit(sys.version_info < (3, $MINOR_MIN))" ||
    not_possible "$(python3 --version) is here, needed is 3.$MINOR_MIN or newer"
  venv="$cache/schemathesis-$(cksum < "$sources/requirements.txt" | cut -d ' ' -f 1)"
  # requirements.installed is written last: a broken-off installation has none and is done again.
  if [ ! -f "$venv/requirements.installed" ]; then
    mkdir -p "$cache"
    rm -rf "$venv"
    python3 -m venv "$venv" >&2 || not_possible "Python's module venv is not there"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$sources/requirements.txt" >&2 ||
      not_possible "pip could not install schemathesis; its output is above"
    touch "$venv/requirements.installed"
  fi
  echo "$venv/bin/schemathesis"
}

not_possible() {
  echo "no fuzzing of the interface here: $1" >&2
  exit 3
}

main "$@"

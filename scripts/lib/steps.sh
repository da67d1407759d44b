# shellcheck shell=bash
# Runs named steps one after the other, each into a log of its own, and sums up at the end.

# shellcheck source=build.sh
source "${BASH_SOURCE[0]%/*}/build.sh"

logs=$root/target/test
summary=()
failed=0
verdict=

# step <name> <command>...: leaves ok or FAILED in $verdict. Not for use in a condition, where bash
# would not stop at the first error inside.
step() {
  local name=$1 log=$logs/${1//[^a-zA-Z0-9.]/-}.log start=$SECONDS status
  shift
  mkdir -p "$logs"
  say "$name ..."
  set +e
  (set -e; "$@") >"$log" 2>&1 </dev/null
  status=$?
  set -e
  conclude $status "$name" $((SECONDS - start)) "$log"
  say "${summary[-1]}"
}

conclude() { # conclude <status> <name> <seconds> <log>
  verdict=ok
  if (($1 != 0)); then
    verdict=FAILED
    failed=1
    tail -200 "$4" >&2
  fi
  summary+=("$(printf '%-7s %4d s  %s%s' $verdict "$3" "$2" "$(count_tests "$4")")")
}

skip() { # skip <name> <why>
  summary+=("$(printf '%-7s %6s  %s: %s' skipped "" "$1" "$2")")
}

# Maven ends the tests of a module with a line like: [INFO] Tests run: 12, ..., Skipped: 1
count_tests() {
  sed -n 's/^\[[A-Z]*\] Tests run: \([0-9]*\), .*Skipped: \([0-9]*\)$/\1 \2/p' "$1" \
    | awk '{ run += $1; skipped += $2 } END { if (NR) printf " (%d tests, %d skipped)", run, skipped }'
}

finish() {
  printf '\n' >&2
  printf '%s\n' "${summary[@]}" >&2
  say "the logs are in target/test"
  exit "$failed"
}

# shellcheck shell=bash
# What every script needs. Sourced after `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '%s\n' "clutch: $*" >&2; }

die() {
  say "$@"
  exit 2
}

# In the C locale Java cannot name files beyond ASCII; Python itself coerces it the same way.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
  '' | C | POSIX)
    unset LC_ALL
    export LC_CTYPE=C.UTF-8
    ;;
esac

# Whoever calls CMake, Maven included, builds on all processors.
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}

# The major version of the JDK in a folder, or nothing if it is not one.
jdk_major() {
  [[ -x $1/bin/javac ]] || return 0
  sed -n 's/^JAVA_VERSION="\(1\.\)\{0,1\}\([0-9]*\).*/\2/p' "$1/release" 2>/dev/null
}

is_jdk() {
  local major
  major=$(jdk_major "$1")
  [[ -n $major && $major -ge 17 ]]
}

# Prints the JDK to use: JAVA_HOME, else the one on the PATH, else the first that is installed.
find_jdk() {
  local javac home
  if [[ -n ${JAVA_HOME:-} ]]; then
    if is_jdk "$JAVA_HOME"; then echo "$JAVA_HOME"; fi
    return
  fi
  javac=$(command -v javac || true)
  for home in ${javac:+"$(dirname "$(dirname "$(readlink -f "$javac")")")"} /usr/lib/jvm/*; do
    if is_jdk "$home"; then
      echo "$home"
      return
    fi
  done
}

# JDK 24 and later warn about native code unless told; earlier ones need no flag.
native_access() {
  [[ $(jdk_major "$1") -lt 24 ]] || echo --enable-native-access=ALL-UNNAMED
}

run_maven() {
  (cd "$root" && mvn --batch-mode --no-transfer-progress "$@")
}

# Prints nothing but, if it fails, what is wrong and where to read on.
quiet_maven() { # quiet_maven <log> <Maven option>...
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  if ! run_maven "$@" >"$log" 2>&1; then
    grep -E '^\[(ERROR|WARNING)\]' "$log" | head -40 >&2 || tail -40 "$log" >&2
    say "that failed; all of it is in $log"
    return 1
  fi
}

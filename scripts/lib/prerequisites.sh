# shellcheck shell=bash
# What Clutch needs of the machine, and how it gets there.

# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

missing=()  # what and what for, one line each
packages=() # the Debian packages that bring it

need() { # need <package, or nothing> <what and what for>
  packages+=(${1:+"$1"})
  missing+=("$2")
}

need_command() { # need_command <command> <package> <what for>
  command -v "$1" >/dev/null || need "$2" "$1 ($3)"
}

# The oldest JDK that will do and that this release of the distribution has.
jdk_package() {
  local major
  for major in 17 21 25; do
    if apt-cache show "openjdk-$major-jdk-headless" >/dev/null 2>&1; then
      echo "openjdk-$major-jdk-headless"
      return
    fi
  done
  echo openjdk-17-jdk-headless
}

check_jdk() {
  [[ -z $(find_jdk) ]] || return 0
  [[ -z ${JAVA_HOME:-} ]] || die "JAVA_HOME=$JAVA_HOME is no JDK 17 or later; correct or unset it"
  need "$(jdk_package)" "a JDK, 17 or later (compiles and runs Clutch)"
}

maven_version() {
  JAVA_HOME=$(find_jdk) mvn --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p'
}

at_least() { # at_least <version> <least>
  [[ $(printf '%s\n' "$2" "$1" | sort --version-sort | head -1) == "$2" ]]
}

check_maven() {
  local version
  if ! command -v mvn >/dev/null; then
    need maven "Maven, 3.8 or later (builds Clutch)"
  elif [[ -n $(find_jdk) ]]; then # without one, Maven cannot tell its version
    version=$(maven_version)
    at_least "${version:-0}" 3.8 \
      || need "" "Maven, 3.8 or later (builds Clutch); found ${version:-one that does not start}"
  fi
}

check_compiler() {
  need_command cc gcc "compiles the native glue"
  need_command make make "compiles the native glue"
  [[ -e /usr/include/stdio.h ]] \
    || need libc6-dev "the C library's headers (compiles the native glue)"
}

check_build() {
  check_jdk
  check_maven
  check_compiler
}

check_lint() {
  need_command clang-format clang-format "checks the format of C files"
  need_command clang-tidy clang-tidy "looks for bugs in C files"
  need_command shellcheck shellcheck "looks for bugs in scripts"
}

check_aarch64() {
  need_command qemu-aarch64 qemu-user "runs the aarch64 tests"
  need_command aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu "compiles the aarch64 tests"
  [[ -e /usr/aarch64-linux-gnu/include/stdio.h ]] \
    || need libc6-dev-arm64-cross "the C library for aarch64 (compiles the aarch64 tests)"
}

# Modules that were built once for many CPythons, for tests of the checker.
check_abi3() {
  local package
  for package in cryptography bcrypt; do
    [[ -e /usr/lib/python3/dist-packages/$package ]] \
      || need "python3-$package" "Debian's $package for Python (its modules are checked)"
  done
}

# gcc prints the bare name of a library that it does not have.
check_sanitize() {
  need_command gcc gcc "compiles the glue with sanitizers"
  ! command -v gcc >/dev/null || [[ -e $(gcc -print-file-name=libasan.so) ]] \
    || need "libgcc-$(gcc -dumpversion)-dev" "libasan (finds misuse of memory)"
  need_command valgrind valgrind "runs the native tests with each access of memory checked"
}

find_missing() { # find_missing <check>...
  local check
  missing=()
  packages=()
  for check in "$@"; do
    "check_$check"
  done
}

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  else
    sudo --non-interactive "$@"
  fi
}

may_install() {
  command -v apt-get >/dev/null && as_root true 2>/dev/null
}

# Looks for what is missing again after the update, because the lists tell which JDK there is.
install_missing() { # install_missing <check>...
  say "this machine lacks:"
  printf '  %s\n' "${missing[@]}" >&2
  as_root apt-get update --quiet=2 >&2 || true
  find_missing "$@"
  say "installing ${packages[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes \
    --no-install-recommends "${packages[@]}" </dev/null >&2 || true
  find_missing "$@"
}

explain_missing() {
  say "this machine lacks:"
  printf '  %s\n' "${missing[@]}" >&2
  if ((${#packages[@]} > 0)); then
    say "on Debian and Ubuntu, this installs it: sudo apt-get install ${packages[*]}"
  fi
  exit 2
}

# Sees to it that everything is there, then settles on a JDK. Checks are build, lint, aarch64, abi3,
# sanitize.
ensure_prerequisites() {
  find_missing "$@"
  if ((${#packages[@]} > 0)) && may_install; then
    install_missing "$@"
  fi
  ((${#missing[@]} == 0)) || explain_missing
  JAVA_HOME=$(find_jdk)
  export JAVA_HOME
}

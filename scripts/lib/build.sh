# shellcheck shell=bash
# Builds when something changed.

# shellcheck source=prerequisites.sh
source "${BASH_SOURCE[0]%/*}/prerequisites.sh"

stamp=$root/target/built
class_path_file=$root/java/cli/target/classpath.txt

# Changes when a file that the build reads is added, removed or written to.
fingerprint() {
  (cd "$root" && find pom.xml CMakeLists.txt .mvn native java/*/pom.xml java/*/src \
    -type f -printf '%p %s %T@\n' | LC_ALL=C sort | sha256sum)
}

# Also asks for the jars, because the local Maven repository may have been emptied since.
is_built() {
  local class_path jar
  [[ -f $stamp && -f $class_path_file && $(<"$stamp") == "$1" ]] || return 1
  IFS=: read -ra class_path <"$class_path_file"
  for jar in "${class_path[@]}"; do
    [[ -e $jar ]] || return 1
  done
}

build_if_needed() {
  local now
  now=$(fingerprint)
  is_built "$now" || build
}

build() {
  mkdir -p "$root/target"
  # Two commands that start together must not build into the same folders.
  exec 9>"$root/target/build.lock"
  flock 9
  build_locked
  exec 9>&-
}

build_locked() {
  local now
  now=$(fingerprint)
  is_built "$now" && return
  ensure_prerequisites build
  say "building (the first time downloads what is needed, about 200 MB)"
  quiet_maven "$root/target/build.log" package -DskipTests --projects java/cli --also-make 9>&-
  echo "$now" >"$stamp"
}

# build_projects <folder> <project>,...: those that scripts/clutch does not need, with a stamp of
# their own in the folder.
build_projects() {
  local folder=$1 now
  now=$(fingerprint)
  [[ ! -f $folder/built || $(<"$folder/built") != "$now" ]] || return 0
  say "building"
  mkdir -p "$folder"
  (
    flock 9
    quiet_maven "$folder/build.log" package -DskipTests --projects "$2" --also-make 9>&-
  ) 9>"$root/target/build.lock"
  echo "$now" >"$folder/built"
}

# native_tests <name> <cmake option>...: the C tests, built in a folder of that name.
native_tests() {
  local bin=$root/java/core/target/dependency/cmake/bin build=$root/target/native-test/$1
  shift
  "$bin/cmake" -S "$root/native/test" -B "$build" "$@"
  "$bin/cmake" --build "$build"
  "$bin/ctest" --test-dir "$build" --output-on-failure --no-tests=error
}

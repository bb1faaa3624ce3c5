# shellcheck shell=bash disable=SC2034,SC2154
# Builds presets and installs the backend's dependencies. Source it after common.sh.

# Ninja configures again by itself when a CMakeLists.txt changes, but it does not know the presets.
configure_preset() {
    local preset=$1 folder=$root/build/$1
    mkdir -p "$folder"
    if [ ! -f "$folder/build.ninja" ] || [ "$root/CMakePresets.json" -nt "$folder/build.ninja" ]; then
        step "Configuring $preset" "configure-$preset" cmake -S "$root" --preset "$preset"
    fi
}

# build_preset PRESET [TARGET...]: configures when that is needed and builds. One build of a preset at a time.
build_preset() {
    local preset=$1 folder=$root/build/$1 log=$logs/build-$1.log began arguments=()
    shift
    [ $# = 0 ] || arguments=(--target "$@")
    exec {lock}> "$folder.lock"
    if ! flock -n "$lock"; then
        say "Waiting for another build of $preset"
        flock "$lock"
    fi
    configure_preset "$preset"
    began=$(milliseconds)
    say "Building $preset${1:+: $*}"
    # On a terminal Ninja shows one line that changes; into a file it would be one line a command.
    if [ -t 2 ]; then
        cmake --build "$folder" -j "$(nproc)" "${arguments[@]}" >&2 {lock}>&- || fail "the build of $preset failed"
    elif ! cmake --build "$folder" -j "$(nproc)" "${arguments[@]}" > "$log" 2>&1 {lock}>&-; then
        grep -E -A 12 '^FAILED|error:' "$log" | head -n 60 >&2 || tail -n 40 "$log" >&2
        fail "the build of $preset failed: $log"
    fi
    say "Built $preset (${dim}$(seconds_since "$began") s$plain)"
    exec {lock}>&-
}

# Installs vendor/ unless it was made from the same files.
install_backend() {
    local backend=$root/backend stamp
    stamp=$(cat "$backend/composer.json" "$backend/bin/install" | sha256sum)
    if [ -f "$backend/vendor/autoload.php" ] && [ "$(cat "$backend/vendor/.made-from" 2> /dev/null)" = "$stamp" ]; then
        return
    fi
    step "Installing the backend's dependencies" composer \
        env COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_NO_INTERACTION=1 "$backend/bin/install"
    printf '%s' "$stamp" > "$backend/vendor/.made-from"
}

# shellcheck shell=bash disable=SC2034,SC2154
# What all scripts share: where things are and how to speak. Source it; it changes no directory.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
logs=$root/build/logs
PATH=$PATH:/usr/sbin:/sbin
export PATH

bold='' green='' red='' dim='' plain=''
# Colours where a person is looking: `colours 1` for what is written to stdout, `colours 2` for stderr.
colours() {
    if [ -t "$1" ] && [ -z "${NO_COLOR:-}" ]; then
        bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' dim=$'\e[2m' plain=$'\e[0m'
    fi
}

# Messages go to stderr; stdout is for what a caller reads.
say() { printf '%s\n' "$*" >&2; }
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}
wrong_usage() {
    printf '%s: %s (--help says what there is)\n' "${0##*/}" "$*" >&2
    exit 2
}
# The comment at the head of a script is its help.
help() {
    sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"
    exit 0
}

milliseconds() { printf '%s' "$((${EPOCHREALTIME/[.,]/} / 1000))"; }
# seconds_since MILLISECONDS: "1.2"
seconds_since() {
    local elapsed=$(($(milliseconds) - $1))
    printf '%d.%d' $((elapsed / 1000)) $((elapsed % 1000 / 100))
}

# step WHAT LOG COMMAND...: one line for the person, everything else to build/logs/LOG.log; ends the script on failure.
step() {
    local what=$1 log=$logs/$2.log began
    shift 2
    began=$(milliseconds)
    printf '%s ... ' "$what" >&2
    if "$@" > "$log" 2>&1 < /dev/null; then
        say "done (${dim}$(seconds_since "$began") s$plain)"
    else
        say "${red}failed$plain, the end of $log:"
        tail -n 30 "$log" >&2
        exit 1
    fi
}

# What root makes in a checkout of somebody else is given to them, or their next run without sudo could not write there.
# It happens when a script ends; one with an EXIT trap of its own calls this in it.
hand_over() {
    local owner path paths=()
    owner=$(stat -c %u:%g "$root")
    if [ "$(id -u)" != 0 ] || [ "${owner%:*}" = 0 ]; then return 0; fi
    for path in build backend/{vendor,var,composer.lock,composer.debian.json,.phpunit.cache}; do
        [ ! -e "$root/$path" ] || paths+=("$root/$path")
    done
    # A root that a network file system does not trust cannot do it, and is none there.
    chown -R -h --from=0 "$owner" "${paths[@]}" 2> /dev/null || true
}
trap hand_over EXIT

mkdir -p "$logs"
[ -w "$logs" ] || fail "$logs belongs to $(stat -c %U "$logs"), and here runs $(id -un): \`sudo chown -R $(id -un) $root/build\`"

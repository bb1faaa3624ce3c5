# shellcheck shell=bash disable=SC2034,SC2154
# Runs scripts/serve beside a script. Source it after common.sh.

# server_start LOG ARGUMENT...: sets server (its process), url and ca when the backend answers.
server_start() {
    local log=$1 line=$1.line
    shift
    : > "$line"
    "$root/scripts/serve" "$@" > "$line" 2> "$log" < /dev/null &
    server=$!
    until [ -s "$line" ]; do
        if ! kill -0 "$server" 2> /dev/null; then
            cat "$log" >&2
            fail "the backend did not start"
        fi
        sleep 0.05
    done
    url=$(sed -n 's/.*"url": *"\([^"]*\)".*/\1/p' "$line")
    ca=$(sed -n 's/.*"ca": *"\([^"]*\)".*/\1/p' "$line")
}

server_stop() {
    [ -n "${server:-}" ] || return 0
    kill -TERM "$server" 2> /dev/null || true
    wait "$server" 2> /dev/null || true
    server=''
}

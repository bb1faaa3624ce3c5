# shellcheck shell=bash disable=SC2034,SC2154
# Who runs what under a folder of scripts/serve, and how it ends. Source it after common.sh.

# As root the servers run as www-data, so that nothing that answers the network is root.
if [ "$(id -u)" = 0 ]; then worker=www-data; else worker=$(id -un); fi
worker_group=$(id -gn "$worker")

# as_worker COMMAND...: as that user, and ended when this script dies without ending it.
as_worker() {
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid "$worker" --regid "$worker_group" --init-groups --pdeathsig TERM -- "$@"
    fi
    exec setpriv --pdeathsig TERM -- "$@"
}

# The processes that serve DIR, by what they were started with: its configuration, its database, its environment.
processes_of() {
    local dir=$1 entry pid
    for entry in /proc/[0-9]*; do
        pid=${entry#/proc/}
        [ "$pid" != $$ ] || continue
        case $(cat "$entry/comm" 2> /dev/null) in
            apache2) tr '\0' '\n' 2> /dev/null < "$entry/cmdline" | grep -qxF "$dir/run/apache.conf" || continue ;;
            mariadbd) tr '\0' '\n' 2> /dev/null < "$entry/cmdline" | grep -qxF -- "--datadir=$dir/mariadb" || continue ;;
            php-cgi*) tr '\0' '\n' 2> /dev/null < "$entry/environ" | grep -qxF "SYNCLINE_ENV_FILE=$dir/data/.env" || continue ;;
            *) continue ;;
        esac
        printf '%s\n' "$pid"
    done 2> /dev/null
}

# Ends every process that serves DIR: asked first, and after 15 seconds not asked.
end_processes_of() {
    local dir=$1 pids tries=0
    while mapfile -t pids < <(processes_of "$dir") && [ ${#pids[@]} -gt 0 ]; do
        case $tries in
            0) kill -TERM "${pids[@]}" 2> /dev/null || true ;;
            150) kill -KILL "${pids[@]}" 2> /dev/null || true ;;
            200) return 1 ;;
        esac
        tries=$((tries + 1))
        sleep 0.1
    done
}

# port_is_free PORT: on the loopback address, where the backend will listen.
port_is_free() {
    php -r 'exit(@stream_socket_server("tcp://127.0.0.1:" . $argv[1]) === false ? 1 : 0);' "$1"
}
free_port() {
    php -r '$s = stream_socket_server("tcp://127.0.0.1:0");
        echo substr(strrchr(stream_socket_get_name($s, false), ":"), 1);'
}

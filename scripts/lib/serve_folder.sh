# shellcheck shell=bash disable=SC2034,SC2154
# The folder of one scripts/serve, in the variable dir: authority/, data/, mariadb/, run/, socket/. Source it after processes.sh.

readonly folder_mark=syncline-serve
# Sockets are below it, and the path of a socket has at most 107 bytes.
readonly folder_path_max=80

# Makes and claims the folder; the lock `held` lasts as long as this script.
folder_open() {
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd -P)
    [[ $dir =~ ^[A-Za-z0-9._/+@-]+$ ]] || fail "Apache's configuration does not take this path: $dir"
    [ ${#dir} -le $folder_path_max ] || fail "the path is longer than $folder_path_max bytes, too long for sockets: $dir"
    if [ ! -e "$dir/$folder_mark" ] && [ -n "$(ls -A "$dir")" ]; then
        fail "$dir is neither empty nor from an earlier run"
    fi
    if [ ! -w "$dir" ] || { [ -e "$dir/$folder_mark" ] && [ ! -w "$dir/$folder_mark" ]; }; then
        fail "$dir belongs to $(stat -c %U "$dir"), and here runs $(id -un): run it as that user, or take another folder"
    fi
    exec {held}>> "$dir/$folder_mark"
    flock -n "$held" || fail "another scripts/serve is using $dir"
    if [ "$(id -u)" = 0 ]; then chmod o+x "$dir"; fi
}

# What has to be there before a server starts. Each piece appears whole or not at all, so a kill here does no harm.
folder_fill() {
    local kind
    kind=$(cat "$dir/database" 2> /dev/null || printf '%s' "$database")
    [ "$kind" = "$database" ] || fail "$dir was made with $kind; $([ "$kind" = mariadb ] && echo say || echo leave out) --mariadb"
    mkdir -p "$dir/authority" "$dir/data" "$dir/run" "$dir/socket"
    chown "$worker:$worker_group" "$dir/data" "$dir/socket"
    chmod 700 "$dir/data" "$dir/socket"
    chmod 755 "$dir/run" "$dir/authority"
    "$root/backend/deploy/make-certificates" "$dir/authority" 2>> "$dir/run/certificates.log" ||
        fail "openssl did not make the certificates: $dir/run/certificates.log"
    if [ ! -s "$dir/database-password" ]; then
        (umask 077 && openssl rand -hex 16 > "$dir/database-password.new")
        mv "$dir/database-password.new" "$dir/database-password"
    fi
    [ -s "$dir/data/.env" ] || folder_write_settings
    printf '%s\n' "$database" > "$dir/database"
    (as_worker test -w "$dir/data") || fail "the servers run as $worker, who cannot enter $dir:
  every folder above it must let others enter (chmod o+x)"
    folder_service
}

# Sets service to the backend to run: this checkout's, or where the worker cannot read that (below /root, say), a copy.
folder_service() {
    local part
    service=$root/backend
    rm -rf "$dir/backend"
    if (as_worker test -r "$service/vendor/autoload.php"); then return; fi
    service=$dir/backend
    say "$worker cannot read $root/backend; serving a copy of it"
    mkdir "$service"
    for part in .htaccess bin config migrations public src vendor; do
        cp -r "$root/backend/$part" "$service/$part"
    done
    chmod -R o+rX "$service"
}

folder_write_settings() {
    local new=$dir/data/.env.new
    (
        umask 077
        {
            if [ "$database" = mariadb ]; then
                printf 'SYNCLINE_DSN="mysql:unix_socket=%s;dbname=syncline;charset=utf8mb4"\n' "$dir/socket/mariadb"
                printf 'SYNCLINE_DB_USER="syncline"\nSYNCLINE_DB_PASSWORD="%s"\n' "$(cat "$dir/database-password")"
            else
                printf 'SYNCLINE_DSN="sqlite:%s"\n' "$dir/data/syncline.sqlite"
            fi
            printf 'SYNCLINE_LOG="%s"\n' "$dir/data/syncline.log"
            "$root/backend/bin/console" key:generate
        } > "$new"
    )
    chown "$worker:$worker_group" "$new"
    mv "$new" "$dir/data/.env"
}

folder_migrate() {
    local log=$dir/run/migrate.log
    (as_worker env SYNCLINE_ENV_FILE="$dir/data/.env" "$service/bin/console" migrate) > "$log" 2>&1 < /dev/null || {
        cat "$log" >&2
        fail "the database could not be migrated"
    }
}

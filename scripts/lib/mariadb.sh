# shellcheck shell=bash disable=SC2034,SC2154
# A private MariaDB with its data in DIR/mariadb, reached by a socket only. Source it after processes.sh.

# The worker may do everything, by who it is on this machine and without a password.
mariadb_admin() { (as_worker mariadb --no-defaults --socket="$dir/socket/mariadb" --user="$worker" "$@"); }

mariadb_create() {
    [ ! -d "$dir/mariadb" ] || return 0
    rm -rf "$dir/mariadb.new"
    mkdir -m 700 "$dir/mariadb.new"
    chown "$worker:$worker_group" "$dir/mariadb.new"
    step "Creating a MariaDB" mariadb-create mariadb_install
    # What a kill interrupts is left under the other name and made anew.
    mv "$dir/mariadb.new" "$dir/mariadb"
}
mariadb_install() {
    (as_worker mariadb-install-db --no-defaults --datadir="$dir/mariadb.new" --skip-test-db \
        --auth-root-authentication-method=socket --auth-root-socket-user="$worker")
}

# Starts it, sets the variable mariadb to its process and waits until it answers. What a kill left is recovered by
# InnoDB before that.
mariadb_start() {
    local tries=0
    rm -f "$dir/socket/mariadb" "$dir/socket/mariadb.pid"
    as_worker mariadbd --no-defaults --datadir="$dir/mariadb" --socket="$dir/socket/mariadb" --skip-networking \
        --pid-file="$dir/socket/mariadb.pid" --innodb-buffer-pool-size=64M --innodb-log-file-size=32M \
        --character-set-server=utf8mb4 >> "$dir/run/mariadb.log" 2>&1 < /dev/null {held}>&- &
    mariadb=$!
    until mariadb_admin -e 'SELECT 1' > /dev/null 2>&1; do
        tries=$((tries + 1))
        if [ $tries -gt 600 ] || ! kill -0 "$mariadb" 2> /dev/null; then
            tail -n 20 "$dir/run/mariadb.log" >&2
            fail "MariaDB did not start: $dir/run/mariadb.log"
        fi
        sleep 0.1
    done
}

# mariadb_database PASSWORD: the database and the account of the backend, as often as it is called.
mariadb_database() {
    mariadb_admin -e "CREATE DATABASE IF NOT EXISTS syncline CHARACTER SET utf8mb4;
        CREATE USER IF NOT EXISTS syncline@localhost;
        ALTER USER syncline@localhost IDENTIFIED BY '$1';
        GRANT ALL ON syncline.* TO syncline@localhost"
}

# shellcheck shell=bash disable=SC2034,SC2154
# Apache with FastCGI and TLS on one loopback port, by the template of backend/deploy. Source it after processes.sh.

apache_configure() {
    local port=$1 php_cgi
    php_cgi=$(command -v php-cgi8.2 || command -v php-cgi8.3 || command -v php-cgi) || fail "there is no php-cgi"
    local values=(
        SERVER_ROOT "$dir/run" MODULES "${APACHE_MODULES:-/usr/lib/apache2/modules}" PORT "$port"
        DOCUMENT_ROOT "$service/public" CERTIFICATE "$dir/authority/server.pem" KEY "$dir/authority/server.key"
        PHP_CGI "$php_cgi" USER "$worker" GROUP "$worker_group" ENV_FILE "$dir/data/.env"
    )
    local script=() i
    for ((i = 0; i < ${#values[@]}; i += 2)); do
        script+=(-e "s|@${values[i]}@|${values[i + 1]}|g")
    done
    sed "${script[@]}" "$root/backend/deploy/apache-fcgid.conf.template" > "$dir/run/apache.conf"
}

# apache_start PORT: sets the variable apache to its process and waits until the service answers with a certificate
# that the authority vouches for. Fails when it does not.
apache_start() {
    local tries=0
    apache_configure "$1"
    rm -rf "$dir/run/apache.pid" "$dir/run/fcgid"
    mkdir "$dir/run/fcgid"
    chown "$worker:$worker_group" "$dir/run/fcgid"
    setpriv --pdeathsig TERM -- apache2 -f "$dir/run/apache.conf" -DFOREGROUND \
        >> "$dir/run/apache.log" 2>&1 < /dev/null {held}>&- &
    apache=$!
    until curl -sf -m 10 --noproxy '*' --cacert "$dir/authority/ca.pem" "https://localhost:$1/v1/meta" 2> /dev/null |
        grep -q '"service" *: *"syncline"'; do
        tries=$((tries + 1))
        if [ $tries -gt 100 ] || ! kill -0 "$apache" 2> /dev/null; then
            kill "$apache" 2> /dev/null || true
            wait "$apache" 2> /dev/null || true
            return 1
        fi
        sleep 0.1
    done
}

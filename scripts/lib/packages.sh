# shellcheck shell=bash disable=SC2034,SC2154
# Installs the distribution's packages that are missing. Source it after common.sh and call `need GROUP...`.

# The names of each group, one a line. `package command` is also satisfied by that command, wherever it came from.
# Servers come as the packages without a service: nothing is started on the machine but what the scripts start.
packages_of() {
    local boost=$1 php=$2 group=$3
    case $group in
        build) cat << LIST
g++
cmake cmake
ninja-build ninja
ccache ccache
mold mold
pkg-config pkg-config
lib$boost-dev
libboost-json${boost#boost}-dev
libboost-url${boost#boost}-dev
libboost-test${boost#boost}-dev
liblmdb-dev
libsodium-dev
libssl-dev
zlib1g-dev
libexpected-dev
librapidcheck-dev
libbenchmark-dev
libcli11-dev
libsqlite3-dev
LIST
            ;;
        backend) cat << LIST
$php-cli
$php-curl
$php-mbstring
$php-mysql
$php-sqlite3
$php-xml
php-nikic-fast-route
composer composer
unzip unzip
LIST
            ;;
        serve) cat << LIST
apache2-bin
libapache2-mod-fcgid
$php-cgi
curl curl
openssl openssl
LIST
            ;;
        mariadb) printf '%s\n' mariadb-server-core 'mariadb-client-core mariadb' ;;
        demo) printf '%s\n' 'jq jq' ;;
        test) cat << LIST
clang-16
clang-format-16
clang-tidy-16
libclang-rt-16-dev
faketime faketime
mariadb-server
nodejs node
npm npm
python3 python3
python3-pytest
shellcheck shellcheck
LIST
            ;;
        *) fail "there is no group of packages named $group" ;;
    esac
}

# Sets boost and php to what this distribution calls them, or says what is needed and ends.
distribution() {
    local id='' version=''
    if [ -r /etc/os-release ]; then
        # shellcheck source=/dev/null
        id=$(. /etc/os-release && printf '%s' "${ID:-}")
        # shellcheck source=/dev/null
        version=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
    fi
    case $id-$version in
        debian-12) boost=boost1.81 php=php8.2 ;;
        ubuntu-24.04)
            boost=boost1.83 php=php8.3
            say "Ubuntu 24.04: its package names are known here, but nobody has tested them yet"
            ;;
        *)
            fail "the packages of ${id:-this system} ${version:-} are not known here (Debian 12 is tested). Install what
  these are on Debian 12, and run again with SYNCLINE_PACKAGES=installed:
  $(for group in "$@"; do packages_of boost1.81 php8.2 "$group"; done | cut -d' ' -f1 | sort -u | tr '\n' ' ')"
            ;;
    esac
}

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# need GROUP...: returns when the packages of all groups are there. Asks the network for nothing when none is missing.
need() {
    [ "${SYNCLINE_PACKAGES:-}" != installed ] || return 0
    local boost php group package command missing=() apt=(env DEBIAN_FRONTEND=noninteractive apt-get)
    distribution "$@"
    while read -r package command; do
        if [ -n "$command" ] && command -v "$command" > /dev/null; then continue; fi
        installed "$package" || missing+=("$package")
    done < <(for group in "$@"; do packages_of "$boost" "$php" "$group"; done)
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] && ! command -v sudo > /dev/null; then
        fail "these packages are missing, and there is no sudo to install them with: ${missing[*]}"
    fi
    [ "$(id -u)" = 0 ] || sudo -v || fail "these packages are missing: ${missing[*]}"
    step "Reading the lists of packages" apt-update as_root "${apt[@]}" -q update
    step "Installing ${#missing[@]} packages: ${missing[*]}" apt-install \
        as_root "${apt[@]}" -q -y --no-install-recommends install "${missing[@]}"
}

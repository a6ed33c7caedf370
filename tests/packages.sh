# shellcheck shell=sh disable=SC2034
# The Debian packages that the project needs, in one place.  Sourced by
# examples/run.sh and tests/run.sh:  . tests/packages.sh; need_packages $BUILD_PACKAGES

# To build and to run.
BUILD_PACKAGES="gcc g++ libc6-dev cmake ninja-build pkg-config libjansson-dev libcctz-dev libev-dev libsqlite3-dev libpq-dev sqlite3 tzdata
    python3 python3-dev python3-cffi python3-setuptools python3-wheel"

# To test: clang with its sanitizers (llvm names the lines in their reports),
# cmocka, callgrind, a PostgreSQL (the tests start their own), what scripts use, and what the
# package for Python meets: checkers of types, numpy, pandas, another loop; and other
# libraries' timers, for sla-bench.
TEST_PACKAGES="$BUILD_PACKAGES clang libclang-rt-dev llvm libcmocka-dev valgrind
    python3-jsonschema mandoc bsdextrautils xz-utils postgresql binutils
    python3-venv python3-pytest python3-hypothesis python3-mypy python3-numpy python3-pandas
    python3-matplotlib python3-apscheduler python3-uvloop
    libuv1-dev libevent-dev libbsd-dev"

# A server's package makes a cluster and starts it, unless it is told before.
want_no_cluster() {
    conf=/etc/postgresql-common/createcluster.conf
    test -e $conf || $as_root sh -c \
        "mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' >$conf"
}

is_installed() {
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# Installs what is missing, and touches nothing when nothing is.  Without the
# right to install it says what to type.
need_packages() {
    if ! command -v dpkg-query >/dev/null; then
        echo "not a Debian: taking for granted that these are here: $*"
        return 0
    fi
    missing=
    for package in "$@"; do
        is_installed "$package" || missing="$missing $package"
    done
    test -n "$missing" || return 0
    if test "$(id -u)" -eq 0; then
        as_root=
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        echo "These packages are missing, and installing them needs root.  Please run:"
        echo "    apt-get install$missing"
        return 1
    fi
    echo "installing:$missing"
    export DEBIAN_FRONTEND=noninteractive
    case $missing in *postgresql*) want_no_cluster ;; esac
    # shellcheck disable=SC2086
    $as_root apt-get update -q >/dev/null &&
        $as_root apt-get install -q -y --no-install-recommends $missing >/dev/null
}

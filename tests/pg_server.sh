#!/bin/sh
# A PostgreSQL of our own for tests: as an ordinary user, on a socket in a temporary
# folder, without a network.
#
#     sh tests/pg_server.sh start FILE [WATCHED_PID]   writes the folder's name into FILE
#     sh tests/pg_server.sh stop FILE
#     sh tests/pg_server.sh up FOLDER                  the server alone, in a folder that is there
#     sh tests/pg_server.sh kill FOLDER                ... and stopped at once, as by a power cut
#
# A server whose WATCHED_PID (else the caller) is gone stops by itself.  Where there is no
# PostgreSQL, it says so and answers 77.  SLA_PG_BIN names the folder of its programs.
# SLA_PG_IN: where its folder is made, else /tmp.  SLA_PG_INITDB, SLA_PG_SETTINGS: more words for
# initdb and for the server.
# Role `sla_test` is an ordinary one, `sla_admin` may everything.
set -u

find_programs() {
    for folder in "${SLA_PG_BIN:-}" $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) \
        "$(command -v pg_config >/dev/null && pg_config --bindir)"; do
        if test -n "$folder" && test -x "$folder/postgres" && test -x "$folder/initdb"; then
            programs=$folder
            return 0
        fi
    done
    echo "skipped: no PostgreSQL server on this machine"
    exit 77
}

# The server refuses to run as root.
drop=
choose_account() {
    test "$(id -u)" -eq 0 || return 0
    for account in postgres nobody; do
        if id "$account" >/dev/null 2>&1; then
            drop="setpriv --reuid=$(id -u "$account") --regid=$(id -g "$account") --clear-groups"
            return 0
        fi
    done
    echo "skipped: started as root, and there is no other account"
    exit 77
}

up() { # $1 the folder
    # shellcheck disable=SC2086
    (cd / && exec $drop "$programs/postgres" -D "$1/data" -k "$1" -c listen_addresses= \
        -c unix_socket_permissions=0777 -c max_connections=60 -c log_min_messages=error \
        -c "autovacuum_naptime=${SLA_PG_NAPTIME:-5s}" ${SLA_PG_SETTINGS:-} \
        >>"$1/log" 2>&1 </dev/null) &
    echo $! >"$1/pid"
    for _ in $(seq 300); do
        "$programs/pg_isready" -q -h "$1" -d postgres && return 0
        kill -0 "$(cat "$1/pid")" 2>/dev/null || break
        sleep 0.1
    done
    cat "$1/log"
    return 1
}

down() { # $1 the folder, $2 the signal
    pid=$(cat "$1/pid" 2>/dev/null) || return 0
    kill "-$2" "$pid" 2>/dev/null
    for _ in $(seq 300); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.02
    done
    kill -KILL "$pid" 2>/dev/null
}

sql() { # $1 the folder, $2 the statement
    "$programs/psql" -q -X -v ON_ERROR_STOP=1 -h "$1" -U sla_admin -d postgres -c "$2" >/dev/null
}

start() { # $1 the file, $2 whom to watch
    folder=$(mktemp -d "${SLA_PG_IN:-/tmp}/sla-pg.XXXXXX") || exit 1
    test -z "$drop" || chown "$account" "$folder"
    chmod 0755 "$folder"
    # shellcheck disable=SC2086
    if ! (cd / && $drop "$programs/initdb" -D "$folder/data" --locale=C -E UTF8 -A trust \
        -U sla_admin --no-sync ${SLA_PG_INITDB:-} >"$folder/log" 2>&1) || ! up "$folder" ||
        ! sql "$folder" "CREATE ROLE sla_test LOGIN"; then
        cat "$folder/log"
        down "$folder" QUIT
        rm -rf "$folder"
        exit 1
    fi
    echo "$folder" >"$1"
    (
        while kill -0 "$2" 2>/dev/null && test -d "$folder"; do sleep 2; done
        test ! -d "$folder" || stop_folder "$1"
    ) >/dev/null 2>&1 </dev/null &
}

stop() { # $1 the file
    folder=$(cat "$1" 2>/dev/null) || exit 0
    stop_folder "$1"
}

# The file may name another server by now, which is left alone.
stop_folder() { # $1 the file
    test "$(cat "$1" 2>/dev/null)" != "$folder" || rm -f "$1"
    down "$folder" QUIT
    rm -rf "$folder"
}

case ${1:-} in
start) find_programs && choose_account && start "$2" "${3:-$PPID}" ;;
stop) stop "$2" ;;
up) find_programs && choose_account && up "$2" ;;
kill) down "$2" QUIT ;;
*) echo "usage: sh tests/pg_server.sh start|stop FILE, up|kill FOLDER" >&2 && exit 2 ;;
esac

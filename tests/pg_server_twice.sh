#!/bin/sh
# A server that is started on a file of an earlier one is not stopped when whoever wanted that
# one is gone.
#
#     pg_server_twice.sh PG_SERVER_SCRIPT
set -eu
file=$(mktemp)
trap 'sh "$1" stop "$file"; rm -f "$file"' EXIT
sleep 1000 &
wanted_it=$!
sh "$1" start "$file" "$wanted_it" || exit $?
first=$(cat "$file")
sh "$1" start "$file" $$
second=$(cat "$file")
kill "$wanted_it"
wait "$wanted_it" || true
for _ in $(seq 100); do
    test -d "$first" || break
    sleep 0.1
done
test ! -d "$first" || { echo "the first one is still there"; exit 1; }
test "$(cat "$file")" = "$second" || { echo "the file of the second one is gone"; exit 1; }
kill -0 "$(cat "$second/pid")" || { echo "the second one was stopped"; exit 1; }

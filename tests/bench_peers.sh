#!/bin/sh
# sla-bench peers, small, where its peers are installed in the build already; with
# SLA_LONG=1 they are installed for it.
#
#     bench_peers.sh SLA_BENCH SOURCE_DIR
set -u

folder=$(dirname "$1")/../peers
only_look=--ready
test "${SLA_LONG:-0}" = 0 || only_look=
# shellcheck disable=SC2086
sh "$2/bench/peers/install.sh" "$folder" $only_look || exit $?
exec "${PYTHON:-python3}" "$2/tests/bench.py" "$1" peers

#!/bin/sh
# One fuzz target, briefly, from its corpus; what it finds stays in a scratch
# folder and a crash is printed.  CORPUS.dict has words worth trying.
#
#     run.sh PROGRAM CORPUS
set -eu
program=$1
corpus=$2
seconds=5
test "${SLA_LONG:-0}" = 1 && seconds=60
words=
test -f "$corpus.dict" && words=-dict=$corpus.dict
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/found"
echo "seed ${SLA_SEED:-20260101}"
if ! "$program" -seed="${SLA_SEED:-20260101}" -max_total_time="$seconds" -max_len=8192 -timeout=10 \
    -rss_limit_mb=1024 -artifact_prefix="$work/" -print_final_stats=1 \
    ${words:+"$words"} "$work/found" "$corpus" >"$work/log" 2>&1; then
    tail -n 60 "$work/log"
    for input in "$work"/crash-* "$work"/timeout-* "$work"/oom-* "$work"/leak-*; do
        test -f "$input" && { echo "input, in base64:"; base64 "$input"; }
    done
    exit 1
fi
grep -E 'Done|stat::number_of_executed_units' "$work/log"

#!/bin/sh
# Same input, same bytes, whatever the compiler: two builds make the same day and
# tell the same events about it.  same_bytes.sh BUILD BUILD
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

policies=
for file in examples/policies/*.json; do
    policies="$policies -p $file"
done

tell() { # build folder, where to
    "$1/bin/sla-day" --seed "${SLA_SEED:-3}" --tickets 600 >"$2.day"
    # shellcheck disable=SC2086
    "$1/bin/sla" replay $policies "$2.day" >"$2.events"
}

tell "$1" "$work/first"
tell "$2" "$work/second"
cmp "$work/first.day" "$work/second.day"
cmp "$work/first.events" "$work/second.events"
echo "same bytes: $(wc -l <"$work/first.day") facts, $(wc -l <"$work/first.events") events," \
    "seed ${SLA_SEED:-3}"

#!/bin/sh
# Measures everything once, and leaves the figures for bench/README.md.
#
#     sh bench/run.sh [--quick] [--seed N] [--readme] [SUBJECT...]
#
# Without SUBJECT: all but `peers`, which takes minutes of waiting and npm's registry.  Into
# build/bench (or SLA_RESULTS) go SUBJECT.jsonl and SUBJECT.txt, which has the machine, the seed
# and what the subject said; then aims.md, the rows with an aim, and all.md; --readme puts the
# former into bench/README.md.  The programs come from build/bin, or from where SLA_PROGRAMS says.  Exit status: 1 where a subject could not be
# measured, or where an aim has no row; aims that are missed are figures, too.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
programs=${SLA_PROGRAMS:-$root/build/bin}
results=${SLA_RESULTS:-$root/build/bench}
python=${PYTHON:-python3}
subjects=
options=
quick=
readme=
while test $# -gt 0; do
    case $1 in
    --quick) quick=--quick ;;
    --readme) readme=yes ;;
    --seed) test $# -gt 1 || exit 64; options="--seed $2"; shift ;;
    -*) echo "run.sh: no option $1" >&2; exit 64 ;;
    *) subjects="$subjects $1" ;;
    esac
    shift
done
subjects=${subjects# }
subjects=${subjects:-calendar engine latency start store store-sqlite timers python}
mkdir -p "$results" || exit 1
rm -f "$results"/*.jsonl "$results"/*.txt "$results"/*.md

measure()
{
    # shellcheck disable=SC2086
    if test "$1" = python; then
        SLA_PROGRAMS=$programs sh "$here/python/run.sh" --json $quick $options
    else
        "$programs/sla-bench" "$1" --json $quick $options
    fi
}

status=0
for subject in $subjects; do
    began=$(date +%s)
    if ! measure "$subject" >"$results/$subject.jsonl" 2>"$results/$subject.txt"; then
        echo "run.sh: $subject failed, see $results/$subject.txt" >&2
        status=1
    fi
    echo "$subject: $(($(date +%s) - began)) s, $(wc -l <"$results/$subject.jsonl") figures" >&2
done
tables()
{
    # shellcheck disable=SC2086
    "$python" "$here/table.py" --machine "$results/${subjects%% *}.txt" $quick "$@" "$results"/*.jsonl
}

tables --aims-only >"$results/aims.md" || status=1
tables >"$results/all.md" 2>/dev/null
test -z "$readme" || tables --aims-only --into "$here/README.md" 2>/dev/null
sed -n 1p "$results/aims.md"
exit $status

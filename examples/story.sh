#!/bin/sh
# Replays the bundled day under the bundled policies and tells what came of it.
#
#     sh examples/story.sh [BUILD-DIR]      after the build; examples/run.sh does both
set -eu
cd "$(dirname "$0")/.."
build=${1:-build}
day=examples/day/day.jsonl
until=2026-05-14T00:00:00+08:00

# Those that the day needs, in the order in which they are best read; the others
# (orders, drills, knowledge, appeals ...) lie beside them.
set --
for name in complaint ungraded fault service billing province workorder incident platform \
    escalation supervision aftercare ledger; do
    set -- "$@" -p "examples/policies/$name.json"
done

cat <<END

A telecom operator on the eve of the Labour Day holiday, and the two weeks that followed:
END
"$build/bin/sla" story "$@" --offset +08:00 --by grade,severity,level --until "$until" "$day"

cat <<END

A DISPUTE  C0064, a complaint of grade 3, came in on Thursday, 30 April at 16:21; it may take five
business days. The customer says they were over on 5 May, the desk says 11 May. Who is right?

END
"$build/bin/sla" explain "$@" --ticket C0064 --target complaint.resolution --at "$until" "$day"

cat <<END

The desk is right: the holiday does not count, and Saturday 9 May was a make-up workday. It is late
all the same, because on the evening of 11 May the complaint was still not resolved.

END

# What the engine did, left in a store as `sla run` would leave it; a fresh one each time.
store=$build/day.db
rm -f "$store" "$store"-*
"$build/bin/sla" replay "$@" --store "sqlite:$store" --until "$until" --output /dev/null "$day"
query="select level, count(*) as escalations, count(distinct ticket) as tickets from event
        where kind = 'escalated' and policy = 'complaint' group by level"

cat <<END
IN A DATABASE  Facts, events and tickets as they stand are now in a file that SQL can ask. How often
was a complaint escalated, and how high?

    sqlite3 -box $store "
        $query"

$(sqlite3 -box "$store" "$query")

LOOK FURTHER
  what else is in it: docs/store.md has the tables, the views, and queries
  two other disputes: graded 3 by mistake and corrected; answered in time and recorded late
      $build/bin/sla explain -p complaint -p service --ticket C0010 $day
      $build/bin/sla explain -p complaint -p service --ticket C0004 $day
  all that was told, to read or as JSON
      $build/bin/sla replay --text -p complaint -p service $day
      $build/bin/sla replay -p complaint -p service $day
  another day, as large as you like; the same seed gives the same day
      $build/bin/sla-day --seed 2 --tickets 5000 >another.jsonl
  what the day has in it: examples/README.md; the policies: examples/policies/ and docs/policy.md
  all of the command: $build/bin/sla --help and docs/cli.md
END

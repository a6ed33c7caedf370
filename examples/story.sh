#!/bin/sh
# Replays the bundled day under the bundled policies and tells what came of it.
#
#     sh examples/story.sh [BUILD-DIR]      after the build; examples/run.sh does both
set -eu
cd "$(dirname "$0")/.."
sla=${1:-build}/bin/sla
day=examples/day/day.jsonl
disputed=C0022

policies=
for file in examples/policies/*.json; do
    policies="$policies -p $file"
done

echo
echo "A day of a telecom operator, made by a program and checked in as $day:"
# shellcheck disable=SC2086
"$sla" story $policies --offset +08:00 --by grade,severity,level "$day"

echo
echo "A DISPUTE  $disputed is a complaint of grade 3, received on the eve of a holiday. Is it late?"
# shellcheck disable=SC2086
"$sla" explain $policies --ticket "$disputed" --target resolution "$day"

cat <<END

LOOK FURTHER
  the events themselves   $sla replay $(echo "$policies" | cut -c 2-60)... $day
  another day             $(dirname "$sla")/sla-day --seed 2 --tickets 1000
  ask a calendar          $sla calendar eval cn_office
  the policies            examples/policies/, their language docs/policy.md
END

#!/bin/sh
# The story of the README's first command is told to its end, and what it leaves is a
# store that is in order and says the same as the story.
#
#     story.sh BUILD_DIR SOURCE_DIR
set -eu
build=$1
source=$2
command -v sqlite3 >/dev/null || { echo "skipped: sqlite3 is not installed"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/build"
ln -s "$build/bin" "$work/build/bin"
sh "$source/examples/story.sh" "$work/build" >"$work/said"
"$build/bin/sla" db check "sqlite:$work/build/day.db"
levels=$(sqlite3 "$work/build/day.db" "select count(distinct level) from event where kind = 'escalated' and policy = 'complaint'")
# A row of the table for each level, a heading, and three lines of its frame.
test "$(sed -n '/^┌/,/^└/p' "$work/said" | wc -l)" -eq $((levels + 4))
grep -q '^LOOK FURTHER' "$work/said"

#!/bin/sh
# The peers of sla-bench, at the versions of package.json, into a folder of the build.
#
#     sh bench/peers/install.sh FOLDER           as asked, unless they are there
#     sh bench/peers/install.sh FOLDER --ready   only look
#
# Exit 0: they are there.  77, with the reason on one line: they are not to be had.
set -u

here=$(dirname "$0")

skip() {
    echo "skipped: $1"
    exit 77
}

command -v node >/dev/null || skip "there is no node"
node -e 'process.exit(parseInt(process.versions.node, 10) < 20 ? 1 : 0)' || skip "node is older than 20"
if cmp -s "$here/package.json" "$1/package.json" && test -d "$1/node_modules"; then
    exit 0
fi
test "${2:-}" != --ready || skip "the peers are not installed in the build folder"
command -v npm >/dev/null || skip "there is no npm"
rm -rf "$1" && mkdir -p "$1" && cp "$here/package.json" "$1/package.json.new" || exit 1
# The name that says they are there comes last.
mkdir "$1/at" && mv "$1/package.json.new" "$1/at/package.json"
if ! (cd "$1/at" && npm install --no-package-lock --no-audit --no-fund >"../log" 2>&1); then
    skip "npm cannot install the peers: $(grep -m 1 'npm error' "$1/log" | cut -c 1-160)"
fi
mv "$1/at/node_modules" "$1/at/package.json" "$1" && rmdir "$1/at"

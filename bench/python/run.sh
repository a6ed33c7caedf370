#!/bin/sh
# Builds the wheel, installs it into a fresh virtual environment, and measures it.
#
#     sh bench/python/run.sh [SUBJECT...] [--json] [--quick] [--seed N] [--rounds N]
#
# SLA_VENV names an environment that has the wheel already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=${SLA_VENV:-}
if test -z "$venv"; then
    venv=$root/build/python/bench
    sh "$root/bindings/python/tests/install.sh" "$venv" >&2
fi
exec "$venv/bin/python" "$here" "$@"

#!/bin/sh
# Leaves the wheel and the source distribution in build/python/ of the project; nothing is
# downloaded.  Prints their names.
#
#     sh bindings/python/build.sh
set -eu
cd "$(dirname "$0")"
python=/usr/bin/python3 # Debian's: the one for which apt installs cffi
test -x $python || python=python3
out=$(cd ../.. && pwd)/build/python
mkdir -p "$out/egg"
rm -f "$out"/sla-*.whl "$out"/sla-*.tar.gz
if ! $python setup.py egg_info --egg-base "$out/egg" sdist --dist-dir "$out" \
    build --build-base "$out/made" bdist_wheel --dist-dir "$out" --bdist-dir "$out/made/wheel" \
    >"$out/build.log" 2>&1; then
    tail -n 40 "$out/build.log" >&2
    exit 1
fi
ls "$out"/sla-*.whl "$out"/sla-*.tar.gz

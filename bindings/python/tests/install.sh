#!/bin/sh
# Builds the wheel and installs it into a fresh virtual environment, which sees Debian's modules
# and nothing else of the project.
#
#     sh bindings/python/tests/install.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
python=/usr/bin/python3
test -x $python || python=python3

sh "$here/../build.sh"
rm -rf "$folder"
$python -m venv --system-site-packages "$folder"
"$folder/bin/pip" install --quiet --no-index --no-deps "$here"/../../../build/python/sla-*.whl
cd / && "$folder/bin/python" -c 'import sla; print(sla.__version__, sla.__file__)'

#!/bin/sh
# Installs what is missing, builds into build/, and shows a day of a telecom
# operator's tickets going through the engine.
#
#     sh examples/run.sh
set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh

# shellcheck disable=SC2086
need_packages $BUILD_PACKAGES

echo "building into build/ ..."
mkdir -p build
if ! { cmake -S . -B build -G Ninja -DBUILD_TESTING=OFF && cmake --build build; } >build/run.log 2>&1; then
    tail -n 40 build/run.log
    exit 1
fi

echo "building the package for Python into build/python/ ..."
SLA_ARCHIVES=$PWD/build/lib sh bindings/python/build.sh

sh examples/story.sh build

#!/bin/sh
# Installs what is missing, builds, runs all tests: gcc plain in build/, then
# clang with AddressSanitizer and UBSan in build-sanitized/, then the tests with
# threads under ThreadSanitizer in build-threads/.  The last line is the sum of
# everything.
#
#     sh tests/run.sh [--long] [--werror]
#
# --long (or SLA_LONG=1) asks the long questions: more rounds, more histories.
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/packages.sh

werror=OFF
for argument in "$@"; do
    case $argument in
    --long) SLA_LONG=1 && export SLA_LONG ;;
    --werror) werror=ON ;;
    *) echo "usage: sh tests/run.sh [--long] [--werror]" >&2 && exit 2 ;;
    esac
done

jobs=$(nproc)
results=
broken=0
export UBSAN_OPTIONS=print_stacktrace=1
began=$(date +%s)

part() { # says what begins, and when
    echo "== $(($(date +%s) - began)) s: $*"
}

# What of a build is made and asked; all of it where they are empty.
target=
only=

# Everything of one build: $1 its folder, the rest goes to cmake.  A build that
# fails is a failed test of its own, and the other one still runs.
build_and_test() {
    folder=$1
    shift
    part "building in $folder"
    log=$folder/run.log
    mkdir -p "$folder"
    if ! { cmake -S . -B "$folder" -G Ninja -DBUILD_TESTING=ON -DSLA_WERROR=$werror "$@" &&
        cmake --build "$folder" ${target:+--target $target}; } >"$log" 2>&1; then
        tail -n 60 "$log"
        echo "building in $folder failed"
        broken=$((broken + 1))
        return
    fi
    grep -A6 'warning:' "$log"
    part "testing in $folder"
    junit=$PWD/$folder/junit.xml
    rm -f "$junit"
    # Some tests wait for a clock: one more than there are processors keeps these at work.
    ctest --test-dir "$folder" --parallel $((jobs + 1)) --output-on-failure --no-tests=error \
        ${only:+--tests-regex "$only"} \
        --test-output-size-passed 100000 --test-output-size-failed 1000000 --output-junit "$junit"
    if test -f "$junit"; then
        results="$results $folder/junit.xml"
    else
        broken=$((broken + 1))
    fi
}

# shellcheck disable=SC2086
need_packages $TEST_PACKAGES || exit 1
python=/usr/bin/python3
test -x $python || python=python3

CC=gcc CXX=g++ build_and_test build
CC=clang CXX=clang++ build_and_test build-sanitized -DSLA_SANITIZE=address,undefined \
    -DSLA_FUZZ=ON -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG="-O1 -g" \
    -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g"
target="test_service_threads test_sqlite"
only="^(service_threads|sqlite)$"
CC=clang CXX=clang++ build_and_test build-threads -DSLA_SANITIZE=thread

part "comparing the two builds"
passed=0
if sh tests/same_bytes.sh build build-sanitized; then
    passed=1
else
    echo "the two compilers' builds do not tell the same"
    broken=$((broken + 1))
fi
part "done"

# shellcheck disable=SC2086
$python tests/tally.py --passed "$passed" --failed "$broken" $results

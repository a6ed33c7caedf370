#!/bin/sh
# Runs the tests with the extension under AddressSanitizer and UBSan: what crosses between Python
# and C, threads, fork.  Left out is what looks at the wheel, at types and at memory in use.
#
#     CC=clang SLA_SANITIZE=address,undefined SLA_ARCHIVES=build-sanitized/lib \
#         sh bindings/python/tests/watched.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
python=/usr/bin/python3
test -x $python || python=python3

runtime=$(${CC:-clang} -print-file-name=libclang_rt.asan-"$(uname -m)".so)
if ! test -f "$runtime"; then
    echo "skipped: no runtime of the sanitizer that can be loaded into python"
    exit 77
fi
mkdir -p "$folder/egg"
cd "$here/.."
if ! $python setup.py egg_info --egg-base "$folder/egg" build --build-base "$folder/work" \
    --build-lib "$folder/lib" >"$folder/build.log" 2>&1; then
    tail -n 40 "$folder/build.log" >&2
    exit 1
fi

# python's own leaks at its end are not ours; test_memory.py counts ours in the plain build
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
export LD_PRELOAD="$runtime $(${CC:-clang} -print-file-name=libstdc++.so.6)"
export PYTHONMALLOC=malloc PYTHONPATH="$folder/lib"
export SLA_COURSES="${SLA_COURSES:-30}" # of test_model.py
cd "$here"
exec $python -m pytest -q -rs -p no:cacheprovider \
    -k "not memory_flat and not leaves_nothing" \
    test_arrays.py test_batches.py test_calendar.py test_clock.py test_engine.py test_errors.py \
    test_events.py test_explain.py test_facts.py test_handles.py test_instants.py test_interrupts.py test_interrupted_events.py \
    test_model.py test_policy.py test_quick.py test_replay.py test_service.py test_service_cancelled.py test_service_ends.py \
    test_service_exceptions.py test_service_waits.py test_table_rows.py test_tables.py "$@"

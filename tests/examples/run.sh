#!/bin/sh
# An example prints what is written down beside it: run.sh PROGRAM EXPECTED
set -eu
"$1" | diff -u "$2" -

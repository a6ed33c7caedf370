#!/bin/sh
# Goal: a program outside the tree finds what was installed.  Method: install to
# a new prefix, then build a C and a C++ program by find_package(sla), shared
# and static, and the same C program by pkg-config alone; run them all.
#
#     package/run.sh BUILD_DIR SOURCE_DIR
set -eu
build=$1
here=$2/tests/package
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/prefix" >"$work/install.log"
libdir=$(dirname "$(find "$work/prefix" -name libsla.so)")

cmake -S "$here" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" \
    -DCMAKE_C_COMPILER="${CC:-cc}" -DCMAKE_CXX_COMPILER="${CXX:-c++}" >"$work/configure.log" ||
    { cat "$work/configure.log"; exit 1; }
cmake --build "$work/build" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
for program in outside_c outside_static outside_cpp; do
    printf '%s: ' "$program"
    "$work/build/$program"
done

PKG_CONFIG_PATH=$libdir/pkgconfig
export PKG_CONFIG_PATH
# The flags are several words.
# shellcheck disable=SC2046
${CC:-cc} -o "$work/by_pkg_config" "$here/outside.c" $(pkg-config --cflags --libs sla)
printf 'pkg-config, shared: '
LD_LIBRARY_PATH=$libdir "$work/by_pkg_config"

# Without the shared library in the way, --static must name all that is needed.
rm "$libdir"/libsla.so*
# shellcheck disable=SC2046
${CC:-cc} -o "$work/by_pkg_config_static" "$here/outside.c" \
    $(pkg-config --static --cflags --libs sla)
printf 'pkg-config, static: '
"$work/by_pkg_config_static"

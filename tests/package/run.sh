#!/bin/sh
# Goal: a program outside the tree finds what was installed.  Method: install to
# a new prefix, then build the programs of README.md by find_package(sla), shared
# and static, and by pkg-config alone, and a C++ program as well; run them all
# and compare what README.md says they print.  The same for the components ev (a C
# program), sqlite (a C program) and testing (a C++ program).
#
#     package/run.sh BUILD_DIR SOURCE_DIR
set -eu
build=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/outside"
cp "$source"/tests/package/CMakeLists.txt "$source"/tests/package/outside* "$work/outside"
# shellcheck disable=SC2016
sed -n '/^```c$/,/^```$/{/^```/d;p}' "$source/README.md" >"$work/outside/outside.c"
sed -n '/^```c live$/,/^```$/{/^```/d;p}' "$source/README.md" >"$work/outside/outside_live.c"
cmp "$work/outside/outside_live.c" "$source/examples/on_libev.c"
said=$(sed -n 's/^    \(four working hours .*\)/\1/p' "$source/README.md")

prints_what_readme_says() { # name, program...
    name=$1
    shift
    printed=$("$@")
    echo "$name: $printed"
    test -n "$said" && test "$printed" = "$said"
}

tells_live() { # name, program...
    name=$1
    shift
    printed=$("$@")
    echo "$name: $printed" | tr '\n' ';'
    echo
    test -n "$printed" && test "$printed" = "$(sed -n 's/^    \(T-[12] .*\)/\1/p' "$source/README.md")"
}

tells_level_1() { # name, program...
    name=$1
    shift
    printed=$("$@")
    echo "$name: $printed"
    test "$printed" = 'level_1 to shift_lead'
}

makes_a_store() { # name, program...
    name=$1
    shift
    printed=$("$@" "$work/outside.db")
    echo "$name: $printed"
    test "$printed" = 'a store in sqlite' && test -s "$work/outside.db"
    rm "$work"/outside.db*
}

cmake --install "$build" --prefix "$work/prefix" >"$work/install.log"
libdir=$(dirname "$(find "$work/prefix" -name libsla.so)")

cmake -S "$work/outside" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" \
    -DCMAKE_C_COMPILER="${CC:-cc}" -DCMAKE_CXX_COMPILER="${CXX:-c++}" >"$work/configure.log" ||
    { cat "$work/configure.log"; exit 1; }
cmake --build "$work/build" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
for program in outside_c outside_static outside_cpp; do
    prints_what_readme_says "$program" "$work/build/$program"
done

tells_live outside_live "$work/build/outside_live"

for component in ev testing; do
    tells_level_1 "outside_$component" "$work/build/outside_$component"
    tells_level_1 "outside_${component}_static" "$work/build/outside_${component}_static"
done

# A component that is not there: which are.
mkdir "$work/unknown"
printf 'cmake_minimum_required(VERSION 3.25)\nproject(unknown LANGUAGES C)\nfind_package(sla REQUIRED COMPONENTS ev test)\n' \
    >"$work/unknown/CMakeLists.txt"
if cmake -S "$work/unknown" -B "$work/unknown/build" -DCMAKE_PREFIX_PATH="$work/prefix" \
    -DCMAKE_C_COMPILER="${CC:-cc}" >"$work/unknown.log" 2>&1; then
    echo 'a component that does not exist was found'
    exit 1
fi
tr -s '\n ' ' ' <"$work/unknown.log" | grep -o 'sla has no component test; those installed are: [a-z, ]*testing'

makes_a_store outside_sqlite "$work/build/outside_sqlite"
makes_a_store outside_sqlite_static "$work/build/outside_sqlite_static"

printf 'the installed command: '
"$work/prefix/bin/sla" --version

PKG_CONFIG_PATH=$libdir/pkgconfig
export PKG_CONFIG_PATH
# The flags are several words.
# shellcheck disable=SC2046
${CC:-cc} -o "$work/by_pkg_config" "$work/outside/outside.c" $(pkg-config --cflags --libs sla)
prints_what_readme_says 'pkg-config, shared' env LD_LIBRARY_PATH="$libdir" "$work/by_pkg_config"
components_by_pkg_config() { # how, option of pkg-config
    # shellcheck disable=SC2046,SC2086
    ${CC:-cc} -o "$work/ev_by_pkg_config" "$work/outside/outside_ev.c" \
        $(pkg-config $2 --cflags --libs sla-ev)
    # shellcheck disable=SC2046,SC2086
    ${CC:-cc} -o "$work/live_by_pkg_config" "$work/outside/outside_live.c" \
        $(pkg-config $2 --cflags --libs sla-ev)
    tells_live "live, pkg-config, $1" env LD_LIBRARY_PATH="$libdir" "$work/live_by_pkg_config"
    # shellcheck disable=SC2046,SC2086
    ${CXX:-c++} -o "$work/testing_by_pkg_config" "$work/outside/outside_testing.cc" \
        $(pkg-config $2 --cflags --libs sla-test)
    # shellcheck disable=SC2046,SC2086
    ${CC:-cc} -o "$work/sqlite_by_pkg_config" "$work/outside/outside_sqlite.c" \
        $(pkg-config $2 --cflags --libs sla-sqlite)
    makes_a_store "sqlite, pkg-config, $1" env LD_LIBRARY_PATH="$libdir" \
        "$work/sqlite_by_pkg_config"
    for component in ev testing; do
        tells_level_1 "$component, pkg-config, $1" \
            env LD_LIBRARY_PATH="$libdir" "$work/${component}_by_pkg_config"
    done
}
components_by_pkg_config shared ''

# Without the shared library in the way, --static must name all that is needed.
rm "$libdir"/libsla*.so*
# shellcheck disable=SC2046
${CC:-cc} -o "$work/by_pkg_config_static" "$work/outside/outside.c" \
    $(pkg-config --static --cflags --libs sla)
prints_what_readme_says 'pkg-config, static' "$work/by_pkg_config_static"
components_by_pkg_config static --static

#!/bin/sh
# Every header compiles alone: the public ones as C11 and C++17, the internal
# ones as C11; and so does the example at its beginning, among what header_examples.h
# declares.  headers.sh SOURCE_DIR; CC and CXX from the environment.
set -eu
source=$1
strict="-pedantic -Wall -Wextra -Werror -fsyntax-only"
failed=0
count=0

alone() { # compiler and flags..., header as it is included
    header=$1
    shift
    count=$((count + 1))
    # A header of macros alone leaves nothing behind, which no translation unit may be.
    if ! printf '#include %s\nextern int something;\n' "$header" | "$@" -; then
        echo "not alone: $header ($*)"
        failed=$((failed + 1))
    fi
}

for path in "$source"/include/sla/*.h; do
    name="<sla/${path##*/}>"
    # shellcheck disable=SC2086
    alone "$name" ${CC:-cc} -x c -std=c11 $strict -I"$source/include"
    # shellcheck disable=SC2086
    alone "$name" ${CXX:-c++} -x c++ -std=c++17 $strict -I"$source/include"
done
libpq=$(pkg-config --cflags libpq)
for path in "$source"/lib/*/*.h; do
    # shellcheck disable=SC2086
    alone "\"${path#"$source"/lib/}\"" ${CC:-cc} -x c -std=c11 $strict -I"$source/include" \
        -I"$source/lib" $libpq
done
examples=0
libev=$(pkg-config --cflags libev 2>/dev/null || true)
for path in "$source"/include/sla/*.h; do
    # Indented lines of the first comment, as far as a statement is among them.
    example=$(awk '
        / \*\// { exit }
        /^ \*     / { block = block substr($0, 8) "\n"; next }
        /^ \*$/ { block = block "\n"; next }
        { if (block ~ /;\n/) all = all block; block = "" }
        END { if (block ~ /;\n/) all = all block; printf "%s", all }' "$path")
    test -n "$example" || continue
    examples=$((examples + 1))
    # shellcheck disable=SC2086
    if ! printf '#include "header_examples.h"\n#include <sla/%s>\nEXAMPLE\n{\n%s\n}\n' "${path##*/}" "$example" |
        ${CC:-cc} -x c -std=c11 -Wall -Wextra -Werror -fsyntax-only -I"$source/include" \
            -I"$source/tests" $libev -; then
        echo "the example of ${path##*/} does not compile"
        failed=$((failed + 1))
    fi
done
echo "$examples examples"
test "$examples" -ge 9
echo "$count headers alone, $failed of them do not compile"
test "$failed" -eq 0 && test "$count" -gt 0

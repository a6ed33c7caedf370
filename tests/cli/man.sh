#!/bin/sh
# The man page is well formed, and says every option that the help texts say.
# man.sh SLA MAN_PAGE
set -eu
sla=$1
page=$2
command -v mandoc >/dev/null || { echo "skipped: mandoc is not installed"; exit 77; }

remarks=$(mandoc -Tlint "$page") || true
test -z "$remarks" || { echo "$remarks"; exit 1; }
text=$(mandoc -Tascii "$page" | col -b)
missing=0
for command in check calendar replay run explain story import db plan; do
    help=$("$sla" "$command" --help)
    for option in $(echo "$help" | grep -o -e '--[a-z-]*' | sort -u); do
        case $option in
        --help | --usage | --version | --) continue ;;
        esac
        case $text in
        *"$option"*) ;;
        *) echo "$command $option is not in the man page"; missing=1 ;;
        esac
    done
done
exit $missing

#!/bin/sh
# The units for systemd: every setting stands behind a comment that explains it, systemd
# finds nothing wrong with them (where it is not there they are only parsed), and the
# command line in them is one that the command takes.
#
#     unit.sh SLA FOLDER      FOLDER: where the units are that cmake --install takes
set -eu
sla=$1
folder=$2

awk '
/^#/ || /^$/ || /^\[(Unit|Service|Socket|Install)\]$/ { said = /^#/; goes_on = 0; next }
goes_on && /^    / { goes_on = /\\$/; next }
/^[A-Z][A-Za-z]*=./ && said { said = 0; goes_on = /\\$/; next }
{ print FILENAME ":" FNR ": without a comment before it, or no setting: " $0; bad = 1 }
END { exit bad }' "$folder/sla.service" "$folder/sla.socket"
! grep -n '@[A-Z_]*@' "$folder/sla.service" "$folder/sla.socket"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$folder/sla.socket" "$work"
# The program where it stands here.
sed -e "s|^ExecStart=[^ ]*/sla |ExecStart=$sla |" "$folder/sla.service" >"$work/sla.service"
if command -v systemd-analyze >/dev/null; then
    remarks=$(systemd-analyze --man=no verify "$work/sla.service" "$work/sla.socket" 2>&1) || true
    # What the units of this machine are like is not our business.
    ours=$(echo "$remarks" | grep -e 'sla\.s' -e "$work") || true
    test -z "$ours" || { echo "$ours"; exit 1; }
else
    echo "parsed only: systemd-analyze is not installed"
fi

# A policy and a program that are here.
command=$(sed -n '/^ExecStart=/,/[^\\]$/{s/^ExecStart=//;s/\\$//;p}' "$work/sla.service" | tr '\n' ' ' |
    sed -e 's|[^ ]*/sla/policies/complaint.json|complaint|' -e "s|/run/sla|$work|" -e "s|/var/lib/sla|$work|" -e 's|[^ ]*/tell-somebody|cat|')
# Without facts nothing can fall due: it ends at once.
sh -c "exec $(echo "$command" | sed 's/ --exec-timeout/ --until-idle&/')" </dev/null
test -s "$work/sla.prom"
test -s "$work/sla.db"

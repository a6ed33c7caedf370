#!/bin/sh
# systemd finds nothing wrong with the example units, and the command line in them is
# one that the command takes.  unit.sh SLA FOLDER
set -eu
sla=$1
folder=$2
command -v systemd-analyze >/dev/null || { echo "skipped: systemd-analyze is not installed"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$folder/sla.socket" "$work"
# The program where it stands here, and a policy and a program that are here.
sed -e "s|/usr/bin/sla|$sla|" "$folder/sla.service" >"$work/sla.service"
remarks=$(systemd-analyze --man=no verify "$work/sla.service" "$work/sla.socket" 2>&1) || true
# What the units of this machine are like is not our business.
ours=$(echo "$remarks" | grep -e 'sla\.s' -e "$work") || true
test -z "$ours" || { echo "$ours"; exit 1; }

command=$(sed -n '/^ExecStart=/,/[^\\]$/{s/^ExecStart=//;s/\\$//;p}' "$work/sla.service" | tr '\n' ' ' |
    sed -e 's|/etc/sla/policies/complaint.json|complaint|' -e "s|/run/sla|$work|" -e 's|/usr/local/bin/tell-somebody|cat|')
# Without facts nothing can fall due: it ends at once.
sh -c "exec $(echo "$command" | sed 's/ --exec-timeout/ --until-idle&/')" </dev/null
test -s "$work/sla.prom"

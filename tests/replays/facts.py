"""Turns real event logs into facts for `sla replay`, as JSON lines in order of recording.

    facts.py uci|bpic|bpic-problems|helpdesk|comcast FILE > FACTS.jsonl

FILE is the log as it lies in the shared data (csv, csv.gz or csv.xz).  Nothing
is cleaned: rows that share a minute, dirty states and a ticket that was opened
before its first row stay as they are, because replaying those is the point.
One row becomes one fact; the first row of a ticket opens it, and a first row
that already ends it becomes two.  Times without a zone are taken as UTC.
"""
import csv
import datetime
import functools
import gzip
import json
import lzma
import re
import sys

ENDED = ("resolved", "closed")
UTC = datetime.timezone.utc


def rows_of(path, *columns):
    """Each row as a list of these columns; of two with one name the first."""
    opener = {"gz": gzip.open, "xz": lzma.open}.get(path.rsplit(".", 1)[-1], open)
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        names = next(reader)
        places = [names.index(column) for column in columns]
        for row in reader:
            yield [row[place] for place in places]


class Log:
    """Collects what happened, then prints it in order of recording."""

    def __init__(self):
        self.facts = []
        self.tickets = {}

    def add(self, ticket, name, recorded, attributes, occurred=None):
        """`recorded` is (sortable instant, text)."""
        known = self.tickets.setdefault(ticket, {"count": 0, "attributes": {}})
        known["count"] += 1
        changed = {k: v for k, v in attributes.items() if known["attributes"].get(k) != v}
        known["attributes"].update(changed)
        fact = {"ticket": ticket, "id": "f%d" % known["count"], "fact": name,
                "occurred_at": occurred or recorded[1], "recorded_at": recorded[1]}
        if changed:
            fact["attributes"] = changed
        self.facts.append((recorded[0], fact))

    def row(self, ticket, state, recorded, attributes, passing="updated", opened=None):
        """One row of a log that says which state the ticket is in now.

        `passing` names the fact of a row that neither ends nor reopens it.
        """
        known = self.tickets.get(ticket)
        if known is None:
            self.add(ticket, "opened", recorded, attributes, opened)
            known, before = self.tickets[ticket], None
            if state not in ENDED:
                known["state"] = state
                if passing != "updated":
                    self.add(ticket, passing, recorded, attributes)
                return
        else:
            before = known["state"]
        if state in ENDED and state != before:
            name = state
        elif before in ENDED and state not in ENDED:
            name = "reopened"
        else:
            name = passing
        self.add(ticket, name, recorded, attributes)
        if name == "reopened" and passing != "updated":
            self.add(ticket, passing, recorded, attributes)
        known["state"] = state

    def print(self):
        self.facts.sort(key=lambda each: each[0])
        encode = json.JSONEncoder(separators=(",", ":")).encode
        for _, fact in self.facts:
            sys.stdout.write(encode(fact) + "\n")


@functools.lru_cache(maxsize=None)
def word(text):
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def naive(text):
    """D/M/YYYY HH:MM as RFC 3339, which also sorts."""
    date, time = text.split(" ")
    day, month, year = date.split("/")
    return "%s-%02d-%02dT%s:00Z" % (year, int(month), int(day), time)


def uci(path, log):
    """A ServiceNow audit log: the state is an attribute, Awaiting... pauses while it lasts."""
    rows = [(naive(updated), ticket, int(changes), *others)
            for updated, ticket, changes, *others in
            rows_of(path, "sys_updated_at", "number", "sys_mod_count", "incident_state",
                    "assignment_group", "priority", "opened_at")]
    rows.sort()
    for updated, ticket, _, state, group, priority, opened in rows:
        state = word(state)
        log.row(ticket, state, (updated, updated),
                {"state": state, "group": group, "priority": int(priority[0])},
                opened=min(naive(opened), updated))


def zoned(text):
    return datetime.datetime.fromisoformat(text).astimezone(UTC), text


def bpic(path, log, incident=True):
    """Volvo IT: transitions are facts; Wait... pauses until the next one."""
    columns = ["case_id", "time:timestamp", "org:group"]
    columns += ["lifecycle:transition", "impact"] if incident else ["concept:name", "concept:name"]
    for ticket, at, group, status, impact in rows_of(path, *columns):
        if not incident: # "Accepted-In Progress"
            status = status.split("-", 1)[1]
        state = {"in_call": "resolved", "cancelled": "closed"}.get(word(status), word(status))
        attributes = {"team": group, "line": 1}
        for line in (2, 3):
            if "%d" % line in re.findall(r"\b([23])[nr]d\b", group):
                attributes["line"] = line
        if incident:
            attributes["impact"] = word(impact)
        log.row(ticket, state, zoned(at), attributes, passing=state)


def helpdesk(path, log):
    """An Italian help desk: activities are facts, seriousness changes in mid-life."""
    states = {"Resolve ticket": "resolved", "RESOLVED": "resolved", "Closed": "closed"}
    columns = ("Case ID", "Activity", "Complete Timestamp", "seriousness_2", "service_level")
    for ticket, activity, at, seriousness, service in rows_of(path, *columns):
        date, time = at.split(" ")
        at = "%sT%sZ" % (date.replace("/", "-"), time)
        attributes = {"waiting": activity == "Wait",
                      "seriousness": int(seriousness[-1]),
                      "service": int(service[-1])}
        log.row(ticket, states.get(activity, "open"), (at, at), attributes,
                passing="updated" if activity in states else word(activity))


def comcast(path, log):
    """Arrivals only, with a burst in June.  The log knows no grades: they are dealt out
    by the ticket's number, half an hour after receipt, so that every ladder is climbed."""
    for ticket, date, time, channel in rows_of(path, "Ticket #", "Date", "Time", "Received Via"):
        at = datetime.datetime.strptime(date + " " + time, "%d-%m-%Y %I:%M:%S %p")
        stamp = lambda when: (when, when.strftime("%Y-%m-%dT%H:%M:%SZ"))
        channel = {"internet": "web"}.get(word(channel), "phone")
        log.add(ticket, "opened", stamp(at), {"kind": "complaint", "channel": channel})
        log.add(ticket, "graded", stamp(at + datetime.timedelta(minutes=30)),
                {"grade": 1 + sum(map(ord, ticket)) % 3})


def main():
    kinds = {"uci": uci, "bpic": bpic, "helpdesk": helpdesk, "comcast": comcast,
             "bpic-problems": lambda path, log: bpic(path, log, incident=False)}
    if len(sys.argv) != 3 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    log = Log()
    kinds[sys.argv[1]](sys.argv[2], log)
    log.print()


main()

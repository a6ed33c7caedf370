"""The views of both stores give the same answers, and these were worked out by hand.

Goal: what people ask a store in SQL is right.  Method: one scenario under the bundled policy
`complaint` (its limits: response 2 h, proposal 4 h, resolution 24 h for grade 1; 4 h, 8 h, 48 h
for grade 2), written into SQLite and into a PostgreSQL of the test's own, row by row, through
the stores, and by `sla replay`; the figures below were counted with a pencil.  Then every query of docs/store.md, and who may do what.

    store_views.py SOURCE_DIR STORE_ROWS SLA
"""
import datetime
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

from own_postgres import Unavailable, own_postgres

# A: grade 1, from 28 February 23:00.  Answered after 1.5 h of 2, proposed at 4 h exactly, resolved
#    an hour after its due, of which a waiver credits two: late, and on time once adjusted.
# B: grade 2, from 2 March 01:00.  Answered after 5 h of 4, which a waiver excludes; proposed after
#    7 h of 8; not resolved, due on the 4th.
# C: as B, urgent, without a region; nobody did anything.
# D: taken back after half an hour.
UNTIL = "2026-03-03T00:00:00Z"

# ticket, target, rank, due, breached, level
OPEN = [
    ("C", "response", 30, "2026-03-02T05:00:00Z", 1, 0),
    ("C", "proposal", 30, "2026-03-02T09:00:00Z", 1, 0),
    ("C", "resolution", 30, "2026-03-04T01:00:00Z", 0, 0),  # of two that are due at once ...
    ("B", "resolution", 10, "2026-03-04T01:00:00Z", 0, 0),  # ... the higher rank is first
]

# month, ticket, target, breached_at, ended_at, level, excluded, adjusted_met
BREACHES = [
    ("2026-03", "A", "resolution", "2026-03-01T23:00:00Z", "2026-03-02T00:00:00Z", 1, 0, 1),
    ("2026-03", "B", "response", "2026-03-02T05:00:00Z", "2026-03-02T06:00:00Z", 0, 1, 0),
    ("2026-03", "C", "response", "2026-03-02T05:00:00Z", None, 0, 0, 0),
    ("2026-03", "C", "proposal", "2026-03-02T09:00:00Z", None, 0, 0, 0),
]

# month, target, grade, region, accepted, in_time, late, open, adjusted_accepted, adjusted_in_time, share
ON_TIME = [
    ("2026-02", "proposal", "1", "gz", 1, 1, 0, 0, 1, 1, 1.0),
    ("2026-02", "resolution", "1", "gz", 1, 0, 1, 0, 1, 1, 1.0),
    ("2026-02", "response", "1", "gz", 1, 1, 0, 0, 1, 1, 1.0),
    ("2026-03", "proposal", "2", "gz", 1, 1, 0, 0, 1, 1, 1.0),
    ("2026-03", "proposal", "2", None, 1, 0, 1, 1, 1, 0, 0.0),
    ("2026-03", "resolution", "2", "gz", 1, 0, 0, 1, 1, 0, 0.0),
    ("2026-03", "resolution", "2", None, 1, 0, 0, 1, 1, 0, 0.0),
    ("2026-03", "response", "2", "gz", 1, 0, 1, 0, 0, 0, None),
    ("2026-03", "response", "2", None, 1, 0, 1, 1, 1, 0, 0.0),
]

# D's region was `true`: no text and no number, so no region; nothing refuses it.
TICKETS = [("A", "complaint", "1", "gz", 40, 1, 1), ("B", "complaint", "2", "gz", 10, 0, 1),
           ("C", "complaint", "2", None, 30, 0, 1), ("D", "complaint", "1", None, 40, 0, 0)]

# One consumer, who has acknowledged three events and one beyond them.
CONSUMER = ("INSERT INTO {0}consumer (name, through) VALUES ('desk', 3);\n"
            "INSERT INTO {0}mark (consumer, number) VALUES ('desk', 5);\n")

# What each asks, and what comes.  `policy` is complaint everywhere.
ASKED = [
    ("SELECT ticket, target, rank, due_at, breached, level FROM open_clock", OPEN),
    ("SELECT month, ticket, target, breached_at, ended_at, level, excluded, adjusted_met FROM breach_month",
     BREACHES),
    ("SELECT month, target, grade, region, accepted, in_time, late, open, adjusted_accepted, adjusted_in_time,"
     " share FROM on_time", ON_TIME),
    ("SELECT ticket, kind, grade, region, rank, level, breached FROM ticket ORDER BY ticket", TICKETS),
]

VIEWS = {"clock": "tenant, ticket, policy, target, cycle", "open_clock": None, "at_risk": None, "breach_month": None,
         "on_time": None}

UNIT = "SELECT sla.unit_begin('{1}', '{0}', decode(repeat('00', 16), 'hex'), 1, now(), NULL, NULL)"

# role, text, and the SQLSTATE of the refusal or None
ALLOWED = [
    ("sla_engine", "UPDATE sla.ticket SET facts = facts", None),
    ("sla_engine", "SELECT 1 FROM sla.shard WHERE id = 1 FOR SHARE", None),
    ("sla_engine", UNIT, None),
    ("sla_engine", "UPDATE sla.fact SET seq = seq", "42501"),
    ("sla_engine", "UPDATE sla.event SET late = late", "42501"),
    ("sla_engine", "DELETE FROM sla.world", "42501"),
    ("sla_engine", "TRUNCATE sla.event", "42501"),
    ("sla_engine", "INSERT INTO sla.schema_version VALUES (2, 1, now())", "42501"),
    ("sla_engine", "INSERT INTO sla.shard VALUES (1, 1)", "42501"),
    ("sla_engine", "CREATE TABLE sla.mine (id integer)", "42501"),
    ("sla_read", "SELECT count(*) FROM sla.on_time", None),
    ("sla_read", "SELECT count(*) FROM sla.ticket", "42501"),
    ("sla_read", "SELECT count(*) FROM sla.fact", "42501"),
    ("sla_read", "DELETE FROM sla.open_clock", "55000"),
    ("sla_read", UNIT, "42501"),
    ("sla_nobody", "SELECT count(*) FROM sla.on_time", "42501"),
]


def plain(value):
    """A value of either database as the tables above have it."""
    if isinstance(value, str):
        match = re.fullmatch(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\+00", value)
        return f"{match[1]}T{match[2]}Z" if match else value
    return value


class Sqlite:
    name = "SQLite"

    def __init__(self, schema, rows, file=":memory:"):
        self.database = sqlite3.connect(file)
        self.database.executescript(schema)
        self.database.executescript("BEGIN;\n" + rows + CONSUMER.format("") + "COMMIT;")

    def ask(self, queries):
        """For each query its rows."""
        return [[tuple(plain(value) for value in row) for row in self.database.execute(query)] for query in queries]


MARK = "-=-=-"  # behind the rows of each query


class Postgresql:
    name = "PostgreSQL"

    def __init__(self, server, schema, rows):
        self.server = server
        server.psql(schema, "--single-transaction", "-v", "schema=sla")
        server.psql(rows + CONSUMER.format("sla."), "--single-transaction")

    def ask(self, queries):
        text = "SET search_path = sla;\n" + "".join(f"{query};\n\\echo {MARK}\n" for query in queries)
        answers = self.server.psql(text, "-F", "\x1f", "-P", "null=\x02").split(MARK + "\n")
        return [[tuple(self.value(cell) for cell in line.split("\x1f")) for line in answer.splitlines()]
                for answer in answers[:-1]]

    @staticmethod
    def value(cell):
        if cell in ("t", "f", "\x02"):
            return {"t": 1, "f": 0, "\x02": None}[cell]
        if re.fullmatch(r"-?\d+(\.\d+)?", cell):
            return float(cell) if "." in cell else int(cell)
        return plain(cell)


def same(want, got):
    """Alike but for numbers that one of them has as text: psql does not say what is text."""
    def words(rows):
        return [tuple(None if value is None else str(value).removesuffix(".0") for value in row) for row in rows]
    return words(want) == words(got)


def rows_of(program, dialect, facts, until):
    return subprocess.run([program, dialect, until, "complaint"], input=facts, check=True, capture_output=True,
                          text=True).stdout


def write(program, where, facts):
    """The same through the store itself."""
    subprocess.run([program, where, UNTIL, "complaint"], input=facts, check=True, text=True)


def soon():
    """Two tickets of which the response is due in half an hour, and in three and a half."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    opened = now - datetime.timedelta(minutes=90)
    return "".join(
        '{"ticket":"%s","fact":"opened","occurred_at":"%s","attributes":{"kind":"complaint","grade":%d}}\n'
        % (ticket, opened.isoformat(), grade) for ticket, grade in (("soon", 1), ("later", 2))), now.isoformat()


def queries(document):
    found = re.findall(r"```sql\n(.*?)```", document.read_text(encoding="utf-8"), re.S)
    return [query.strip().rstrip(";") for query in found]


def check_figures(database, complaints):
    for (query, want), got in zip(ASKED, database.ask([query for query, _ in ASKED])):
        if not same(want, got):
            complaints.append(f"{database.name}: {query}\n  wanted {want}\n  got    {got}")


def check_queries(database, document, complaints):
    for query, rows in zip(queries(document), database.ask(queries(document))):
        if not rows:
            complaints.append(f"{database.name}: nothing comes of docs/store.md's\n{query}")


def check_at_risk(database, complaints):
    got = database.ask(["SELECT ticket, target FROM at_risk"])[0]
    if got != [("soon", "response")]:
        complaints.append(f"{database.name}: at risk are {got}")


def check_roles(server, source, complaints):
    roles = (source / "lib/pg/roles.sql").read_text(encoding="utf-8")
    functions = (source / "lib/pg/functions.sql").read_text(encoding="utf-8")  # psql leaves $$ alone
    server.psql(functions.replace(':"schema"', "sla"))
    for _ in range(2):
        server.psql(roles, "--single-transaction", "-v", "schema=sla")
    text = "CREATE ROLE sla_nobody;\n\\set ON_ERROR_STOP 0\n" + "".join(
        f"BEGIN;\nSET LOCAL ROLE {role};\n\\o /dev/null\n{act};\n\\o\n\\echo :SQLSTATE\nROLLBACK;\n"
        for role, act, _ in ALLOWED)
    states = server.psql(text).split()
    for (role, act, refusal), state in zip(ALLOWED, states, strict=True):
        if state != (refusal or "00000"):
            complaints.append(f"PostgreSQL: {role}, {act}: wanted {refusal or 'leave'}, got {state}")


def through_store(server, source, program, facts):
    """Made by one account, written by another that may do no more than roles.sql says."""
    where = f"postgresql:host={server.folder} dbname=postgres user="
    server.psql("GRANT CREATE ON DATABASE postgres TO sla_test; CREATE ROLE sla_clerk LOGIN IN ROLE sla_engine")
    write(program, where + "sla_test", "")
    server.psql((source / "lib/pg/roles.sql").read_text(encoding="utf-8"), "-v", "schema=sla")
    write(program, where + "sla_clerk", facts)
    stored = Postgresql(server, "", "")
    stored.name = "PostgreSQL's store"
    return stored


def check_alike(one, other, complaints):
    asked = [f"SELECT * FROM {view}" + (f" ORDER BY {order}" if order else "") for view, order in VIEWS.items()]
    for query, first, second in zip(asked, one.ask(asked), other.ask(asked)):
        if not same(first, second):
            complaints.append(f"{query}\n  {one.name}: {first}\n  {other.name}: {second}")


def main():
    source, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    facts = (source / "tests/store/views.jsonl").read_text(encoding="utf-8")
    sqlite_schema = (source / "lib/sqlite/schema.sql").read_text(encoding="utf-8")
    schema = "".join((source / f"lib/pg/{name}.sql").read_text(encoding="utf-8") for name in ("schema", "views"))
    document, complaints = source / "docs/store.md", []

    small = Sqlite(sqlite_schema, rows_of(program, "sqlite", facts, UNTIL))
    check_figures(small, complaints)
    check_queries(small, document, complaints)
    check_at_risk(Sqlite(sqlite_schema, rows_of(program, "sqlite", *soon())), complaints)
    with tempfile.TemporaryDirectory() as folder:
        write(program, f"sqlite:{folder}/sla.db", facts)
        stored = Sqlite("", "", f"{folder}/sla.db")
        stored.name = "SQLite's store"
        check_alike(small, stored, complaints)
        subprocess.run([sys.argv[3], "replay", f"--store=sqlite:{folder}/replay.db", f"--until={UNTIL}",
                        "--policy=complaint", source / "tests/store/views.jsonl"], check=True,
                       stdout=subprocess.DEVNULL)
        replayed = Sqlite("", "", f"{folder}/replay.db")
        replayed.name = "sla replay"
        check_alike(small, replayed, complaints)
    try:
        with own_postgres() as server:
            big = Postgresql(server, schema, rows_of(program, "postgresql", facts, UNTIL))
            check_figures(big, complaints)
            check_alike(small, big, complaints)
            check_queries(big, document, complaints)
            check_roles(server, source, complaints)
            server.psql("DROP SCHEMA sla CASCADE")
            check_alike(small, through_store(server, source, program, facts), complaints)
            server.psql("DROP SCHEMA sla CASCADE")
            check_at_risk(Postgresql(server, schema, rows_of(program, "postgresql", *soon())), complaints)
    except Unavailable as reason:
        print(f"skipped: PostgreSQL ({reason})")
    print("\n".join(complaints) or f"{len(ASKED)} figures, {len(VIEWS)} views and {len(queries(document))} queries"
          " are as they should be")
    return 1 if complaints else 0


sys.exit(main())

"""The schemas of both stores are exactly what docs/store.md lists.

Names, order, types, what is required, what is computed, and the words: PostgreSQL has them
as comments, SQLite in the text of its CREATE TABLE.  And the columns that the stores write and
read by (lib/store) are those that no database computes.

    store_schema.py SOURCE_DIR STORE_ROWS
"""
import pathlib
import re
import sqlite3
import subprocess
import sys

from own_postgres import Unavailable, own_postgres

SQLITE = {"small number": "INTEGER", "number": "INTEGER", "large number": "INTEGER", "yes or no": "INTEGER",
          "text": "TEXT", "instant": "INTEGER", "bytes": "BLOB", "JSON": "TEXT", "JSON value": "TEXT"}
POSTGRESQL = {"small number": "smallint", "number": "integer", "large number": "bigint", "yes or no": "boolean",
              "text": "text", "instant": "timestamp with time zone", "bytes": "bytea", "JSON": "json",
              "JSON value": "jsonb", "share": "double precision"}


class Column:
    def __init__(self, name, kind, need, meaning):
        self.name, self.kind, self.need, self.meaning = name, kind, need, meaning


def documented(path):
    """{name: (meaning, [Column])} of tables and of views."""
    tables, views, into, name = {}, {}, None, None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            into = {"## Tables": tables, "## Views": views}.get(line)
        elif into is not None and line.startswith("### "):
            name = line[4:]
            into[name] = ("", [])
        elif into is not None and name and line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            need, meaning = (cells[2], cells[3]) if into is tables else ("", cells[2])
            into[name][1].append(Column(cells[0].strip("`"), cells[1], need, meaning))
        elif into is not None and name and line and not into[name][0] and not line.startswith("|"):
            into[name] = (line.rstrip("."), into[name][1])
    return tables, views


class Complaints(list):
    def same(self, what, want, got):
        if want != got:
            self.append(f"{what}: docs/store.md says {want!r}, the schema {got!r}")


# -------------------------------------------------------------------- SQLite

def sqlite_comments(text):
    """{column: its comment} of a CREATE TABLE."""
    found, words = {}, []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("-- "):
            words.append(line[3:])
        else:
            match = re.match(r"([a-z_]+) [A-Z]+", line)
            if match and words:
                found[match[1]] = " ".join(words)
            words = []
    return found


def check_sqlite(source, tables, views, complaints):
    database = sqlite3.connect(":memory:")
    database.executescript((source / "lib/sqlite/schema.sql").read_text(encoding="utf-8"))
    live = dict(database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'"))
    complaints.same("SQLite: tables", sorted(tables), sorted(live))
    complaints.same("SQLite: views", sorted(views),
                    sorted(name for name, in database.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")))
    for name, (_, columns) in tables.items():
        comments = sqlite_comments(live.get(name, ""))
        rows = database.execute(f"PRAGMA table_xinfo({name})").fetchall()
        complaints.same(f"SQLite: columns of {name}", [c.name for c in columns], [row[1] for row in rows])
        for column, row in zip(columns, rows):
            what = f"SQLite: {name}.{column.name}"
            complaints.same(what, SQLITE[column.kind], row[2])
            complaints.same(what + " required", column.need == "required", bool(row[3]))
            complaints.same(what + " computed", column.need == "computed", row[6] != 0)
            complaints.same(what, column.meaning, comments.get(column.name))
    for name, (_, columns) in views.items():
        rows = database.execute(f"PRAGMA table_xinfo({name})").fetchall()
        complaints.same(f"SQLite: columns of {name}", [c.name for c in columns], [row[1] for row in rows])
    database.close()


# ---------------------------------------------------------------- PostgreSQL

LIVE = """
SELECT c.relname, c.relkind, obj_description(c.oid, 'pg_class'), a.attname, format_type(a.atttypid, a.atttypmod),
    a.attnotnull, a.attgenerated, col_description(c.oid, a.attnum)
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'a sla "x"'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0
    AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""


def check_postgresql(server, source, tables, views, complaints):
    for name in ("schema", "views"):
        server.psql((source / f"lib/pg/{name}.sql").read_text(encoding="utf-8"), "--single-transaction",
                    "-v", 'schema=a sla "x"')
    live = {}
    for line in server.psql(LIVE.replace("'a sla \"x\"'", "'\"a sla \"\"x\"\"\"'"), "-F", "\x1f").splitlines():
        table, _, said, *column = line.split("\x1f")
        live.setdefault(table, (said, []))[1].append(column)
    everything = {**tables, **views}
    complaints.same("PostgreSQL: tables and views", sorted(everything), sorted(live))
    for name, (meaning, columns) in everything.items():
        said, rows = live.get(name, ("", []))
        complaints.same(f"PostgreSQL: {name}", meaning, said)
        complaints.same(f"PostgreSQL: columns of {name}", [c.name for c in columns], [row[0] for row in rows])
        for column, row in zip(columns, rows):
            what = f"PostgreSQL: {name}.{column.name}"
            complaints.same(what, POSTGRESQL[column.kind], row[1])
            complaints.same(what, column.meaning, row[4])
            if name in tables:
                complaints.same(what + " required", column.need == "required", row[2] == "t")
                complaints.same(what + " computed", column.need == "computed", row[3] == "s")


# --------------------------------------------------------------- what stores write

def check_written(program, tables, complaints):
    written = {}
    for line in subprocess.run([program, "columns"], check=True, capture_output=True, text=True).stdout.splitlines():
        table, *column = line.split("|")
        written.setdefault(table, []).append(column)
    complaints.same("tables with many columns", ["event", "fact", "ticket"], sorted(written))
    for table, columns in written.items():
        complaints.same(f"columns of {table} that are written",
                        [[c.name, c.kind, c.need] for c in tables[table][1] if c.need != "computed"], columns)


# -------------------------------------------------------------------- shards

def check_shards(document, complaints):
    rows = re.findall(r"^\| `(\w*)` \| `([^`]+)` \| (\d+) \|$", document.read_text(encoding="utf-8"), re.M)
    for tenant, ticket, shard in rows:
        number = 14695981039346656037
        for byte in tenant.encode() + b"\0" + ticket.encode():
            number = (number ^ byte) * 1099511628211 % 2**64
        complaints.same(f"shard of {tenant!r} {ticket!r}", int(shard), (number ^ number >> 32) % 64)
    complaints.same("shards worked out", True, len(rows) > 5)


def main():
    source = pathlib.Path(sys.argv[1])
    tables, views = documented(source / "docs/store.md")
    complaints = Complaints()
    check_shards(source / "docs/store.md", complaints)
    check_written(sys.argv[2], tables, complaints)
    check_sqlite(source, tables, views, complaints)
    where = "SQLite and PostgreSQL"
    try:
        with own_postgres() as server:
            check_postgresql(server, source, tables, views, complaints)
    except Unavailable as reason:
        print(f"skipped: PostgreSQL ({reason})")
        where = "SQLite"
    print("\n".join(complaints) or f"{len(tables)} tables and {len(views)} views of {where} are as documented")
    return 1 if complaints or not tables or not views else 0


sys.exit(main())

"""Where a test keeps what it records: a SQLite file, or a PostgreSQL of the test's own."""
import os
import pathlib
import re
import sqlite3
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from own_postgres import Unavailable, own_postgres

SERVER = None  # of setUpModule, or why there is none


def setUpModule():
    global SERVER
    try:
        made = own_postgres()
        SERVER = made.__enter__()
        unittest.addModuleCleanup(made.__exit__, None, None, None)
        SERVER.psql("CREATE ROLE crm LOGIN PASSWORD 'sesame'")
    except Unavailable as why:
        SERVER = str(why)
        print(f"PostgreSQL skipped: {why}")


class InSqlite:
    """A store in a file; `query` reads it as anybody would."""

    def new_store(self):
        return f"sqlite:{self.path('x.db')}"

    def let_go(self):
        """What a killed service holds goes with it."""

    def query(self, text):
        with sqlite3.connect(self.path("x.db")) as file:
            rows = file.execute(text).fetchall()
        file.close()
        return [tuple(map(str, row)) for row in rows]


class InPostgres:
    def new_store(self):
        if isinstance(SERVER, str):
            self.skipTest(SERVER)
        self.name = f"t{os.getpid()}_{id(self)}"
        SERVER.psql(f"CREATE DATABASE {self.name} OWNER crm")
        self.addCleanup(lambda: SERVER.psql(f"DROP DATABASE {self.name} WITH (FORCE)"))
        uri = f"postgresql://crm:sesame@/{self.name}?host={SERVER.folder}"
        self.sla("db", "init", uri)
        return uri

    def let_go(self):
        """Its lease runs out in 15 s; no test has so much time."""
        SERVER.psql(f"\\c {self.name}\nUPDATE sla.shard SET expires_at = clock_timestamp();")

    def query(self, text):
        text = re.sub(r"\b(from|join) (\w+)", r"\1 sla.\2", text)
        said = SERVER.psql("\\c " + self.name + "\n" + text.rstrip(";") + ";")
        return [tuple(line.split("|")) for line in said.splitlines() if line]

"""What the tests of the service share: both loops, small policies, a store of each kind."""

import asyncio
import os
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sla

try:
    import uvloop
except ImportError:
    uvloop = None

ROOT = Path(__file__).resolve().parents[3]

#: One goal, a breach, a level an hour behind it.
CALL = """{"policy": "call", "version": "1", "targets": [{"target": "answer", "stop": "answered",
 "goals": [{"elapsed": "PT1H"}],
 "steps": [{"step": "level_1", "after": "PT1H", "level": 1, "to": "lead"}]}]}"""

START = "2026-03-02T09:00:00+08:00"


def overdue(ticket):
    """A ticket that was opened a day ago: its breach and its level are told at once."""
    return sla.Fact(ticket, "opened", datetime.now().astimezone() - timedelta(days=1), id="opened")


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request):
    """Runs a coroutine to its end on a loop of each kind, at most a minute."""
    if request.param == "uvloop" and uvloop is None:
        pytest.skip("no uvloop on this machine")

    def runs(coroutine):
        loop = uvloop.new_event_loop() if request.param == "uvloop" else asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            return loop.run_until_complete(asyncio.wait_for(coroutine, 60))
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            asyncio.set_event_loop(None)
            loop.close()

    return runs


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    return "memory:" if request.param == "memory" else f"sqlite:{tmp_path}/desk.db"


async def first(service, count=1, consumer=None):
    """The first events, acknowledged."""
    told = []
    async for event in service.events(consumer=consumer):
        told.append(event)
        assert event.acknowledge()
        if len(told) == count:
            return told


class Server:
    """A PostgreSQL of our own (tests/pg_server.sh)."""

    def __init__(self, file: Path) -> None:
        script = os.environ.get("SLA_PG_SERVER_SCRIPT", str(ROOT / "tests/pg_server.sh"))
        self._file, self._script = str(file), script
        # What the tests themselves run under is nothing for a server.
        self._around = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        started = subprocess.run(
            ["sh", script, "start", self._file, str(os.getpid())], capture_output=True, text=True, env=self._around
        )
        if started.returncode == 77:
            pytest.skip(started.stdout.strip())
        assert started.returncode == 0, started.stdout + started.stderr
        self.folder = Path(self._file).read_text().strip()
        self.conninfo = f"host={self.folder} dbname=postgres user=sla_test"
        self.sql("ALTER ROLE sla_test CREATEROLE", "GRANT CREATE ON DATABASE postgres TO sla_test")

    def sql(self, *statements: str) -> str:
        commands = [part for statement in statements for part in ("-c", statement)]
        done = subprocess.run(
            ["psql", "-qXAt", "-h", self.folder, "-U", "sla_admin", "-d", "postgres", *commands],
            capture_output=True, text=True, check=True, env=self._around,
        )  # fmt: skip
        return done.stdout.strip()

    def kill(self) -> None:
        subprocess.run(["sh", self._script, "kill", self.folder], check=True, env=self._around)

    def up(self) -> None:
        subprocess.run(["sh", self._script, "up", self.folder], check=True, env=self._around)

    def stop(self) -> None:
        subprocess.run(["sh", self._script, "stop", self._file], check=True, env=self._around)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("pg") / "server")
    yield made
    made.stop()

"""A PostgreSQL server of a script's own (pg_server.sh), gone afterwards.

    with own_postgres() as server:
        server.psql("SELECT 1")

Unavailable is raised where there is none to start, and says why.
"""
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

SCRIPT = pathlib.Path(__file__).with_name("pg_server.sh")


class Unavailable(Exception):
    pass


class Server:
    def __init__(self, folder):
        self.folder = folder

    def psql(self, text, *options, check=True):
        """What psql prints, columns parted by |; of a failure without `check`, its message."""
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose",
                   "-h", self.folder, "-U", "sla_admin", *options, "postgres"]
        run = subprocess.run(command, input=text, capture_output=True, text=True,
                             env={**os.environ, "PGTZ": "UTC", "PGOPTIONS": "-c jit=off"})
        if check and run.returncode != 0:
            raise AssertionError(f"psql: {run.stderr}\n{text[:2000]}")
        return run.stdout if run.returncode == 0 else run.stderr


@contextlib.contextmanager
def own_postgres():
    if shutil.which("psql") is None:
        raise Unavailable("there is no psql")
    with tempfile.TemporaryDirectory() as folder:
        note = pathlib.Path(folder, "server")
        start = subprocess.run(["sh", SCRIPT, "start", note, str(os.getpid())], capture_output=True, text=True)
        if start.returncode == 77:
            raise Unavailable(start.stdout.strip().removeprefix("skipped: "))
        if start.returncode != 0:
            raise AssertionError(start.stdout + start.stderr)
        try:
            yield Server(note.read_text(encoding="utf-8").strip())
        finally:
            subprocess.run(["sh", SCRIPT, "stop", note], check=True)

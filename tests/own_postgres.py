"""A PostgreSQL server of a test's own, on a socket in a folder of its own.

    with own_postgres() as server:
        server.psql("SELECT 1")

Started as an ordinary account (root hands it to one), without a port, gone afterwards.
Unavailable is raised where there is none to start, and says why.
"""
import contextlib
import glob
import os
import pwd
import shutil
import subprocess
import tempfile


class Unavailable(Exception):
    pass


class Server:
    def __init__(self, folder, account, psql):
        self.folder, self.account, self.program = folder, account, psql

    def psql(self, text, *options, role=None, check=True):
        """What psql prints, columns parted by |; of a failure without `check`, its message."""
        command = [self.program, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose",
                   "-h", self.folder, "-U", role or self.account, *options, "postgres"]
        run = subprocess.run(command, input=text, capture_output=True, text=True,
                             env={**os.environ, "PGTZ": "UTC", "PGAPPNAME": "test"})
        if check and run.returncode != 0:
            raise AssertionError(f"psql: {run.stderr}\n{text[:2000]}")
        return run.stdout if run.returncode == 0 else run.stderr


def programs():
    found = shutil.which("initdb")
    folders = [os.path.dirname(os.path.realpath(found))] if found else []
    folders += sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: float(path.split("/")[4]))
    for folder in reversed(folders):
        if all(os.access(os.path.join(folder, name), os.X_OK) for name in ("initdb", "pg_ctl", "psql")):
            return folder
    raise Unavailable("no PostgreSQL server is installed")


def ordinary_account():
    """The account that runs the server: ours, or an ordinary one where we are root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Unavailable("root may not run PostgreSQL, and there is no ordinary account")


@contextlib.contextmanager
def own_postgres():
    programs_folder, account = programs(), ordinary_account()
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}

    def run(name, *arguments):
        subprocess.run([os.path.join(programs_folder, name), *arguments], check=True, cwd=folder,
                       stdout=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C", "TZ": "UTC"}, **who)

    folder = tempfile.mkdtemp(prefix="sla-pg-", dir="/tmp")
    data = os.path.join(folder, "data")
    try:
        if who:
            os.chown(folder, account.pw_uid, account.pw_gid)
        run("initdb", "-D", data, "-A", "trust", "--locale=C", "-E", "UTF8", "--no-sync")
        run("pg_ctl", "-D", data, "-w", "-l", os.path.join(folder, "log"), "-o",
            f"-k {folder} -c listen_addresses= -c fsync=off -c shared_buffers=16MB -c max_wal_senders=0",
            "start")
        try:
            yield Server(folder, account.pw_name, os.path.join(programs_folder, "psql"))
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)

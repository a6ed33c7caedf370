"""The programs of examples/ that live on a service, run as a reader would run them."""

import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from loops import ROOT

EXAMPLES = ROOT / "examples"


def begin(name, *arguments, **more):
    return subprocess.Popen(
        [sys.executable, str(EXAMPLES / name), *map(str, arguments)], stdout=subprocess.PIPE, text=True, **more
    )


# ---- desk.py


def lines_until(program, pattern, seconds=20):
    """Its output up to the line that fits."""
    said, over = [], threading.Timer(seconds, program.kill)
    over.start()
    for line in program.stdout:
        said.append(line.rstrip("\n"))
        if re.search(pattern, line):
            over.cancel()
            return said
    pytest.fail(f"{pattern!r} did not come: {said}")


def test_desk_tells_and_goes_on_after_a_kill(tmp_path):
    path = tmp_path / "desk.db"
    desk = begin("desk.py", path, stdin=subprocess.PIPE)
    desk.stdin.write("T-1 opened\nT-2 opened\nT-2 repaired\nT-9 why\n")
    desk.stdin.flush()
    lines_until(desk, "^T-2 repaired is fact 2")
    lines_until(desk, "^NotFoundError")
    lines_until(desk, "T-1 repaired: warning, to engineer")
    desk.kill()
    desk.communicate()
    time.sleep(2.5)  # the breach falls due, and nobody is there
    desk = begin("desk.py", path, stdin=subprocess.PIPE)
    lines_until(desk, "T-1 repaired: breached")
    lines_until(desk, "T-1 repaired: escalated, level 1, to shift_lead")
    rest, _ = desk.communicate("T-1 why\n")
    assert "fault/repaired cycle 1: running" in rest and desk.returncode == 0


def test_desk_goes_on_after_a_line_that_is_no_text(tmp_path):
    path = tmp_path / "desk.db"
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "desk.py"), str(path)], input=b"T-\xff opened\nT-1 opened\n", capture_output=True
    )
    said = done.stdout.decode().splitlines()
    assert said[0].startswith("UnicodeDecodeError") and said[1] == "T-1 opened is fact 1" and done.returncode == 0


def test_desk_says_who_has_its_file(tmp_path):
    path = tmp_path / "desk.db"
    first = begin("desk.py", path, stdin=subprocess.PIPE)
    first.stdin.write("T-1 opened\n")
    first.stdin.flush()
    lines_until(first, "is fact 1")
    second = begin("desk.py", path, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert "desk.db" in second.communicate()[1] and second.returncode == 1
    first.send_signal(signal.SIGINT)
    first.communicate()
    assert first.returncode == 0


# ---- crm_wsgi.py


class Crm:
    def __init__(self, path):
        self.program = begin("crm_wsgi.py", path, 0)
        self.port = int(re.search(r":(\d+)/", self.program.stdout.readline())[1])

    def ask(self, method, page, body=None, key=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        data = None if body is None else json.dumps(body)
        connection.request(method, page, data, {"Idempotency-Key": key} if key else {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, json.loads(text) if answer.headers["Content-Type"] == "application/json" else text

    def end(self, number=signal.SIGINT):
        self.program.send_signal(number)
        self.program.communicate(timeout=20)
        return self.program.returncode


COMPLAINT = {
    "occurred_at": datetime.now().astimezone().isoformat(timespec="seconds"),
    "attributes": {"kind": "complaint", "grade": 2},
}


def test_facts_over_http(tmp_path):
    crm = Crm(tmp_path / "crm.db")
    try:
        assert crm.ask("POST", "/tickets/T-1/opened", COMPLAINT, "k-1") == (201, {"seq": 1, "duplicate": False})
        assert crm.ask("POST", "/tickets/T-1/opened", COMPLAINT, "k-1") == (200, {"seq": 1, "duplicate": True})
        status, clocks = crm.ask("GET", "/tickets/T-1")
        assert status == 200 and clocks and {"target", "state", "due"} == set(clocks[0])
        assert crm.ask("GET", "/health") == (200, "all is well")
        assert "sla_facts" in crm.ask("GET", "/metrics")[1]
        rows = [
            (404, "GET", "/tickets/T-9", None, None, "no such ticket"),
            (404, "GET", "/nowhere", None, None, "no such page"),
            (409, "POST", "/tickets/T-1/chased", COMPLAINT, "k-1", "another fact under the same key"),
            (400, "POST", "/tickets/T-1/Chased", {}, None, "a name that is none"),
            (400, "POST", "/tickets/T-1/chased", {"attributes": {"price": 1.5}}, None, "a value that is none"),
            (400, "POST", "/tickets/T-1/chased", {"occured_at": "now"}, None, "no member of a fact"),
        ]
        for wanted, method, page, body, key, why in rows:
            status, said = crm.ask(method, page, body, key)
            assert (status, why) == (wanted, why), said
    finally:
        assert crm.end() == 0


def test_what_was_answered_over_http_survives_a_kill(tmp_path):
    path, count = tmp_path / "crm.db", 200
    crm = Crm(path)
    with ThreadPoolExecutor(16) as clients:
        answers = clients.map(lambda i: crm.ask("POST", f"/tickets/T-{i}/opened", COMPLAINT, f"k-{i}"), range(count))
        assert all(status == 201 for status, _ in answers)
    crm.end(signal.SIGKILL)
    crm = Crm(path)
    try:
        assert all(crm.ask("GET", f"/tickets/T-{i}")[0] == 200 for i in range(0, count, 20))
        assert crm.ask("POST", "/tickets/T-1/opened", COMPLAINT, "k-1")[1]["duplicate"] is True
    finally:
        assert crm.end() == 0

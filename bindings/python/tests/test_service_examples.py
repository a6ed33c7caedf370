"""The programs of examples/ that live on a service, run as a reader would run them."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import quote

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


def test_desk_reads_a_file_and_lines_of_any_length(tmp_path):
    written = tmp_path / "written.txt"
    written.write_text("T-1 opened\n" + "T-2 " + "x" * 100000 + "\n" + "T-3 opened")
    said = {}
    for given in (written, "/dev/null"):
        with open(given, "rb") as file:
            words = [sys.executable, str(EXAMPLES / "desk.py"), str(tmp_path / "desk.db")]
            done = subprocess.run(words, stdin=file, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        said[given] = done.stdout.splitlines()
    first, second, third = said[written]
    assert (first, third, said["/dev/null"]) == ("T-1 opened is fact 1", "T-3 opened is fact 1", [])
    assert re.fullmatch("FactError: /fact: .{,100}", second)


def test_desk_without_a_standard_input_says_so(tmp_path):
    command = 'exec "$0" "$1" "$2" <&-'
    words = ["sh", "-c", command, sys.executable, str(EXAMPLES / "desk.py"), str(tmp_path / "desk.db")]
    done = subprocess.run(words, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "desk.py: the standard input is closed\n")


def test_desk_ends_when_nobody_reads_what_it_tells(tmp_path):
    desk = begin("desk.py", tmp_path / "desk.db", stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    desk.stdin.write("T-1 opened\n")
    desk.stdin.flush()
    lines_until(desk, "is fact 1")
    desk.stdout.close()  # and a warning comes after two seconds
    assert desk.wait(timeout=20) == 1
    assert desk.stderr.read() == "desk.py: nobody reads what it tells\n"


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


def sent(crm, *parts, more=None):
    """The status of what answers these bytes; `more` keeps the connection open for that long."""
    with socket.create_connection(("127.0.0.1", crm.port), timeout=20) as connection:
        connection.sendall(b"\r\n".join(parts))
        if more is None:
            connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").readline()
        return int(answer.split()[1]) if answer else 0


def test_a_body_that_is_none_records_nothing(tmp_path):
    crm = Crm(tmp_path / "crm.db")
    body, key = json.dumps(COMPLAINT).encode(), b"Idempotency-Key: k-1"
    head = b"POST /tickets/T-1/opened HTTP/1.1"
    try:
        rows = [
            (400, [b"Content-Length: 94", b"", b""], "nothing of it came"),
            (400, [b"Content-Length: %d" % (len(body) + 1), b"", body], "a byte of it is missing"),
            (400, [b"Content-Length: -1", b"", body], "a length below 0"),
            (400, [b"Content-Length: 1e3", b"", body], "a length that is no number"),
            (400, [b"Content-Length: 99999999999", b"", body], "more than any fact has"),
            (411, [b"Transfer-Encoding: chunked", b"", b"%x" % len(body), body, b"0", b"", b""], "in chunks"),
            (400, [b"Content-Length: 3", b"", b"[1]"], "a list"),
            (400, [b"Content-Length: 3", b"", b'"x"'], "a text"),
            (400, [b"Content-Length: 200000", b"", b"[" * 200000], "a deep list"),
        ]
        for wanted, parts, why in rows:
            assert (sent(crm, head, key, *parts), why) == (wanted, why)
        assert sent(crm, head, b"Content-Length: -1", b"", b"", more=True) == 400, "without waiting for the client to end"
        assert crm.ask("GET", "/tickets/T-1")[0] == 404, "nothing is on the record"
        assert crm.ask("POST", "/tickets/T-1/opened", COMPLAINT, "k-1") == (201, {"seq": 1, "duplicate": False})
    finally:
        assert crm.end() == 0


def test_what_a_request_says_twice_it_says_alike(tmp_path):
    crm = Crm(tmp_path / "crm.db")
    opened = "/tickets/T-1/opened"
    try:
        assert crm.ask("POST", opened, {**COMPLAINT, "id": "k-1"})[0] == 201
        assert crm.ask("POST", opened, {**COMPLAINT, "id": "k-1"})[1]["duplicate"] is True
        assert crm.ask("POST", opened, {**COMPLAINT, "id": "k-1", "ticket": "T-1", "fact": "opened"}, "k-1")[0] == 200
        for member in ("id", "ticket", "fact"):
            status, said = crm.ask("POST", opened, {**COMPLAINT, member: "other"}, "k-1")
            assert status == 400 and f"the {member} in the body" in said["text"]
    finally:
        assert crm.end() == 0


def test_tickets_have_names_in_any_script(tmp_path):
    crm = Crm(tmp_path / "crm.db")
    try:
        page, said = "/tickets/" + quote("工单-1") + "/opened", {**COMPLAINT, "ticket": "工单-1", "id": "钥匙"}
        assert crm.ask("POST", page, COMPLAINT, "钥匙".encode())[0] == 201
        assert crm.ask("POST", page, said, "钥匙".encode())[0] == 200
        assert crm.ask("GET", "/tickets/" + quote("工单-1"))[0] == 200
        assert crm.ask("GET", "/tickets/%ff")[0] == 400
    finally:
        assert crm.end() == 0


def test_a_body_that_does_not_come_is_not_waited_for_without_limit(monkeypatch):
    """In this process, with a shorter limit than the program's own."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import crm_wsgi

    monkeypatch.setattr(crm_wsgi.Quiet, "timeout", 0.3)
    with crm_wsgi.make_server("127.0.0.1", 0, crm_wsgi.application(NoService()), crm_wsgi.Server, crm_wsgi.Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.port = server.server_port
        head = b"POST /tickets/T-1/opened HTTP/1.1"
        assert sent(server, head, b"Content-Length: 94", b"", b"{", more=True) == 408
        assert sent(server, head, b"X-", more=True) == 0, "a head that ends nowhere: the connection is closed"
        server.shutdown()


class NoService:
    service = None

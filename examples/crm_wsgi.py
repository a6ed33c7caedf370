#!/usr/bin/env python3
"""crm_wsgi.py - a web application of the old kind (WSGI, a thread for each request) that records
facts in its requests, with nothing but the standard library.

    $ python3 examples/crm_wsgi.py crm.db 8080
    $ curl -X POST localhost:8080/tickets/T-1/opened -H 'Idempotency-Key: call-17' \\
           -d '{"occurred_at": "2026-03-02T09:00:00+08:00", "attributes": {"kind": "complaint", "grade": 2}}'
    {"seq": 1, "duplicate": false}
    $ curl localhost:8080/tickets/T-1

The body is what docs/facts.md says of a fact; its `id` may be there or in the header.  A request
is answered when its fact is on the record.  A client that did not get the answer sends the same
request again, with its key and its occurred_at, and the ticket has the fact once.

The service lives on a loop in a thread of its own; requests hand their facts over and wait.  One
process has the store: behind a server that forks workers, make the service in one of them.
"""

import asyncio
import json
import sys
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import sla

STATUS = [  # the first that fits
    (sla.NotFoundError, "404 Not Found"),
    (sla.ConflictError, "409 Conflict"),
    (ValueError, "400 Bad Request"),  # facts, instants and names that are not valid
    (sla.BusyError, "503 Service Unavailable"),
    (sla.StoreError, "503 Service Unavailable"),
    (sla.StateError, "409 Conflict"),
    (RecursionError, "400 Bad Request"),  # [[[[[...
    (TimeoutError, "408 Request Timeout"),
]
LONGEST = 1 << 20  # bytes of a body: more than any fact has


class Deadlines(threading.Thread):
    """The service, on a loop of its own."""

    def __init__(self, policies, calendars, store):
        super().__init__(name="deadlines")
        self.service = sla.Service(policies, calendars, store=store)
        self._ready = threading.Event()
        self._failed = None
        self.told = []
        self.start()
        self._ready.wait()
        if self._failed is not None:
            raise self._failed

    def run(self):
        asyncio.run(self._live())

    async def _live(self):
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with self.service as service:
                telling = asyncio.create_task(self._tell(service))
                self._ready.set()
                await self._over.wait()
            await telling
        except BaseException as failure:
            self._failed = failure
        finally:
            self._ready.set()

    async def _tell(self, service):
        """Here a CRM would send mail; it shows them at /events."""
        async for event in service.events():
            self.told.append(event.json())
            event.acknowledge()

    def wait_for(self, coroutine):
        """What a coroutine of the service answers, for any thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def stop(self):
        self._loop.call_soon_threadsafe(self._over.set)
        self.join()


def text_of(value):
    """What WSGI hands over as Latin-1 is UTF-8.  Raises ValueError, as all of these do."""
    return value.encode("latin-1").decode()


def body_of(environ):
    """The object in the body, which is there to its last byte: half a fact is none."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LONGEST:
        raise ValueError(f"Content-Length is a number from 0 to {LONGEST}, not {length:.20}")
    data = environ["wsgi.input"].read(int(length))
    if len(data) < int(length):
        raise ValueError(f"{length} bytes were announced and {len(data)} came: send the request again")
    body = json.loads(data or b"{}")
    if not isinstance(body, dict):
        raise ValueError(f"a fact is a JSON object, not {type(body).__name__}")
    return body


def fact_of(environ, ticket, fact):
    """The fact of a request; what it says twice it says alike."""
    said = {"ticket": ticket, "fact": fact}
    if key := environ.get("HTTP_IDEMPOTENCY_KEY"):
        said["id"] = text_of(key)
    body = body_of(environ)
    for name, value in said.items():
        if body.setdefault(name, value) != value:
            raise ValueError(f"the {name} in the body is another than that of the request, {value}")
    return body


def application(deadlines):
    """The WSGI application."""
    service = deadlines.service

    def answer(environ):
        method, path = environ["REQUEST_METHOD"], text_of(environ["PATH_INFO"]).strip("/").split("/")
        if method == "POST" and len(path) == 3 and path[0] == "tickets":
            if "HTTP_TRANSFER_ENCODING" in environ:  # which wsgiref does not read
                return "411 Length Required", {"error": "NO_LENGTH", "text": "send the body with its Content-Length"}
            fact = fact_of(environ, path[1], path[2])
            said = deadlines.wait_for(service.record(fact))
            return "200 OK" if said.duplicate else "201 Created", {"seq": said.seq, "duplicate": said.duplicate}
        if method == "GET" and len(path) == 2 and path[0] == "tickets":
            return "200 OK", [
                {"target": clock.target, "state": clock.state, "due": clock.due_at and clock.due_at.isoformat()}
                for clock in deadlines.wait_for(service.clocks(path[1]))
            ]
        if method == "GET" and path == ["events"]:
            return "200 OK", [json.loads(event) for event in list(deadlines.told)]
        if method == "GET" and path == ["health"]:
            health = service.health()
            return "200 OK" if health else "503 Service Unavailable", str(health)
        if method == "GET" and path == ["metrics"]:
            return "200 OK", service.metrics()
        return "404 Not Found", {"error": "NO_SUCH_PAGE"}

    def respond(environ, start_response):
        try:
            status, said = answer(environ)
        except Exception as error:
            status = next((status for kind, status in STATUS if isinstance(error, kind)), "500 Internal Server Error")
            said = {"error": getattr(error, "name", type(error).__name__), "text": str(error)}
        plain = isinstance(said, str)
        data = (said if plain else json.dumps(said)).encode()
        kind = "text/plain; version=0.0.4; charset=utf-8" if plain else "application/json"
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(data)))])
        return [data]

    return respond


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):  # a client that left, or says nothing
            super().handle_error(request, client_address)


class Quiet(WSGIRequestHandler):
    timeout = 10  # seconds without a byte of the request

    def log_message(self, *_):
        pass


def main(path, port):
    policies = sla.Policies.bundled("complaint")
    calendars = [sla.Calendar.bundled(name) for name in policies.calendars]
    deadlines = Deadlines(policies, calendars, sla.stores.SQLite(path))
    try:
        with make_server("127.0.0.1", port, application(deadlines), Server, Quiet) as server:
            print(f"http://127.0.0.1:{server.server_port}/", flush=True)
            server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        deadlines.stop()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "crm.db", int(sys.argv[2]) if len(sys.argv) > 2 else 8080)

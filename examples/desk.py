#!/usr/bin/env python3
"""desk.py - a service desk on asyncio that keeps its deadlines in one SQLite file.

    $ python3 examples/desk.py desk.db
    T-1 opened                                  <- you write: a ticket, and what happened to it
    T-1 opened is fact 1
    12:00:04 T-1 repaired: breached             <- the desk tells, and keeps on telling
    12:00:06 T-1 repaired: escalated, level 1, to shift_lead
    T-1 why
    T-1 repaired

End it in whatever way, also by kill -9, and start it again: what it had answered is on the
record, and what fell due meanwhile is told.
"""

import asyncio
import sys

import sla

POLICY = """{"policy": "fault", "version": "1", "targets": [{"target": "repaired", "stop": "repaired",
    "goals": [{"elapsed": "PT4S"}],
    "pauses": [{"reason": "customer", "on": "asked_customer"}],
    "resumes": [{"on": "customer_answered"}],
    "steps": [{"step": "warn_50", "percent": 50, "to": "engineer"},
              {"step": "level_1", "after": "PT2S", "level": 1, "to": "shift_lead"},
              {"step": "level_2", "after": "PT4S", "level": 2, "to": "manager"}]}]}"""


async def tell(service: sla.Service) -> None:
    """What falls due, until the service ends.  Acknowledged once it is out: else it comes again."""
    async for event in service.events():
        level = f", level {event.level}" if event.level else ""
        to = f", to {event.to}" if event.to else ""
        print(f"{event.told.astimezone():%H:%M:%S} {event.ticket} {event.target}: {event.kind}{level}{to}", flush=True)
        event.acknowledge()


async def hear(service: sla.Service, line: bytes) -> None:
    """A line of whoever sits at the desk."""
    try:
        ticket, _, fact = line.decode().strip().partition(" ")
        if fact == "why":
            print(await service.explain(ticket, "repaired"), flush=True)
        elif ticket:
            answer = await service.record(ticket=ticket, fact=fact)
            print(f"{ticket} {fact} is fact {answer.seq}", flush=True)
    except (sla.SlaError, UnicodeDecodeError) as error:
        print(f"{type(error).__name__}: {error}", flush=True)


async def main(path: str) -> None:
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with sla.Service(POLICY, store=sla.stores.SQLite(path)) as service:
        telling = asyncio.create_task(tell(service))
        while line := await lines.readline():
            await hear(service, line)
    await telling  # which the service has ended


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "desk.db"))
    except KeyboardInterrupt:
        pass
    except sla.SlaError as error:  # somebody else has the file, say
        sys.exit(f"desk.py: {error}")

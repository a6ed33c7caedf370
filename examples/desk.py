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
import os
import sys
import threading
from typing import AsyncIterator

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


async def lines() -> AsyncIterator[bytes]:
    """What is written to the desk.  A thread reads it, which serves a terminal, a pipe and a file."""
    queue: "asyncio.Queue[bytes]" = asyncio.Queue(100)
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            with open(0, "rb", closefd=False) as written:
                for line in written:
                    asyncio.run_coroutine_threadsafe(queue.put(line), loop).result()
        finally:
            asyncio.run_coroutine_threadsafe(queue.put(b""), loop)

    threading.Thread(target=read, daemon=True).start()
    while line := await queue.get():
        yield line


async def hear(service: sla.Service) -> None:
    """Line by line, whoever sits at the desk, until they leave."""
    async for line in lines():
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
    async with sla.Service(POLICY, store=sla.stores.SQLite(path)) as service:
        telling, hearing = asyncio.create_task(tell(service)), asyncio.create_task(hear(service))
        await asyncio.wait((telling, hearing), return_when=asyncio.FIRST_COMPLETED)
        hearing.cancel()  # where nobody reads what the desk tells
    await asyncio.gather(telling, hearing)  # the service has ended both; raises what went wrong


if __name__ == "__main__":
    if sys.stdin is None:
        sys.exit("desk.py: the standard input is closed")
    try:
        asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "desk.db"))
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python writes there once more at its end
        sys.exit("desk.py: nobody reads what it tells")
    except (sla.SlaError, OSError) as error:  # somebody else has the file, say
        sys.exit(f"desk.py: {error}")

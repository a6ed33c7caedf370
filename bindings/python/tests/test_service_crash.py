"""A process killed in the middle and started again on the same file: what was answered is there,
what was told keeps its identity, nothing is lost and nothing is told anew."""

import os
import random
import signal
import subprocess
import sys
import time

import sla
from loops import CALL, run  # noqa: F401  (a fixture)

KILLS = 20 if os.environ.get("SLA_LONG") == "1" else 4
SEED = int(os.environ.get("SLA_SEED", "5"))

#: Records a ticket after the other, overdue all of them, and acknowledges what it is told; says
#: each in a line of its own once it is certain.
VICTIM = """
import asyncio, sys
sys.path.insert(0, sys.argv[3])
import sla
from loops import CALL, overdue

def say(*words):
    sys.stdout.write(" ".join(words) + "\\n")
    sys.stdout.flush()

async def consume(service):
    async for event in service.events():
        say("told", event.identity, str(event.number))
        event.acknowledge()

async def main(path, first):
    async with sla.Service(CALL, store="sqlite:" + path) as service:
        asyncio.ensure_future(consume(service))
        while True:
            await asyncio.gather(*(write(service, first + i) for i in range(20)))
            first += 20

async def write(service, number):
    await service.record(overdue(f"T-{number}"))
    say("recorded", f"T-{number}")

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def live_until_killed(path, first, seconds):
    """What the victim said before it was killed."""
    victim = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(path), str(first), os.path.dirname(__file__)],
        stdout=subprocess.PIPE,
        text=True,
    )
    time.sleep(seconds)
    victim.send_signal(signal.SIGKILL)
    said = victim.communicate()[0]
    assert victim.returncode == -signal.SIGKILL
    return [line.split(" ") for line in said.splitlines(True) if line.endswith("\n")]


def test_killed_in_the_middle(run, tmp_path):
    path, randomness = tmp_path / "desk.db", random.Random(SEED)
    print("seed", SEED)
    recorded, numbers, first, doubled = set(), {}, 0, 0
    for _ in range(KILLS):
        for word, what, *number in live_until_killed(path, first, 0.5 + randomness.random()):
            if word == "recorded":
                recorded.add(what.strip())
            else:  # an identity keeps its place in the outbox for good
                doubled += what in numbers
                assert numbers.setdefault(what, number) == number
        first += 100_000
    assert sla.stores.SQLite(path).check() == []

    async def main():
        async with sla.Service(CALL, store=f"sqlite:{path}") as service:
            tickets = service.stats().tickets
            async for event in service.events():  # what is left of it, and of those that were on their way
                assert numbers.setdefault(event.identity, [f"{event.number}\n"]) == [f"{event.number}\n"]
                event.acknowledge()
                if len(numbers) >= 2 * tickets:
                    break
            for ticket in recorded:
                assert (await service.clocks(ticket))[0].level == 1
                assert f"/{ticket}/call/answer/1/level_1/0/0" in numbers
            print(f"{len(recorded)} answered, {tickets} on the record, {len(numbers)} told, {doubled} of them twice")

    run(main())
    assert len(recorded) > 100

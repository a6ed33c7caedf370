"""Random courses of tickets against a plain model (desk_model.py): Hypothesis invents what is
recorded when, in order, late, corrected, withdrawn and said again, and when is polled; it shrinks a
course that shows a difference to the shortest.

A ticket whose facts came in order is compared event by event.  One with late, corrected or withdrawn
facts by what stands: its clocks, and what was told and not taken back.

The courses are always the same; SLA_SEED makes others.
"""

import json
import os
from collections import Counter
from datetime import datetime, timedelta, timezone

import hypothesis.strategies as st
import sla
from conftest import LONG
from desk_model import HOUR, POLICY, Fact, Fold, kind_of
from explained import check_sums
from hypothesis import HealthCheck, note, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

SEED = os.environ.get("SLA_SEED")
COURSES = int(os.environ.get("SLA_COURSES", "3000" if LONG else "120"))
STEPS = 60  # of a course, at most

BASE = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
TICKETS = st.sampled_from(["A", "B", "C"])
NAMES = st.sampled_from(
    ["answered", "resolved", "closed", "reopened", "waiting", "replied", "ordered", "delivered", "graded", "hummed"]
)
SPANS = st.one_of(
    st.sampled_from([0, 1, 30, HOUR, 90, 2 * HOUR, 10 * HOUR, 24 * HOUR, 28 * HOUR, 48 * HOUR]),
    st.integers(0, 30 * HOUR),
)


def instant(minute):
    return None if minute is None else BASE + timedelta(minutes=minute)


def minute(moment):
    return None if moment is None else (moment - BASE) // timedelta(minutes=1)


done = Counter()  # what was compared, so that nobody believes in a test of nothing


class Ticket:
    """What was recorded of a ticket, and what was told."""

    def __init__(self):
        self.facts = {}  # by id
        self.tidy = True  # nothing came late
        self.expected = Counter()  # told so far by the model, of a tidy one
        self.standing = Counter()  # (target, cycle, step): told and not taken back

    def opened_at(self):
        return self.facts["f1"].at


class Course(RuleBasedStateMachine):
    """An engine and the model, side by side."""

    def __init__(self):
        super().__init__()
        done["courses"] += 1
        self.engine = sla.Engine(json.dumps(POLICY))
        self.now = self.polled_at = 0
        self.tickets, self.identities = {}, set()

    def teardown(self):
        self.engine.close()

    # ---- what happens

    @rule(span=SPANS)
    def time_passes(self, span):
        self.now += span

    @rule()
    def poll(self):
        self.take(self.engine.poll(instant(self.now)))

    @rule(n=st.integers(1, 3))
    def poll_in_pieces(self, n):
        events = []
        while batch := self.engine.poll_many(instant(self.now), n):
            assert len(batch) <= n
            events += batch
        self.take(events)

    @rule()
    def sleep_until_the_wakeup(self):
        wakeup = minute(self.engine.wakeup())
        if wakeup is not None:
            if wakeup > self.now:
                self.now = wakeup - 1  # a minute before nothing is due
                self.take(self.engine.poll(instant(self.now)))
            self.now = max(self.now, wakeup)
            self.poll()

    @initialize(grade=st.sampled_from([None, 1, 2]))
    def begin(self, grade):
        self.open("A", grade)

    @rule(name=TICKETS, grade=st.sampled_from([None, 1, 2]))
    def open(self, name, grade):
        if name in self.tickets:
            before = self.engine.hash()
            try:
                self.engine.record(ticket=name, fact="opened", now=instant(self.now))
                raise AssertionError("opened twice")
            except sla.StateError:
                assert self.engine.hash() == before
        else:
            self.tickets[name] = Ticket()
            self.record(name, Fact(self.now, 1, "opened", grade))

    @precondition(lambda self: self.tickets)
    @rule(data=st.data(), what=NAMES, grade=st.sampled_from([1, 2]), span=SPANS)
    def happen(self, data, what, grade, span):
        """A fact, said as it happens."""
        self.now += span
        self.happened(data, what, grade, 0)

    @precondition(lambda self: self.tickets)
    @rule(data=st.data(), what=NAMES, grade=st.sampled_from([1, 2]), behind=SPANS)
    def happen_unheard(self, data, what, grade, behind):
        """A fact, said so many minutes later."""
        self.happened(data, what, grade, behind)

    def happened(self, data, what, grade, behind):
        name = data.draw(st.sampled_from(sorted(self.tickets)), label="ticket")
        ticket = self.tickets[name]
        if what == "graded":  # what passes and is taken back before a poll is told in one
            self.poll()
            self.now += 1
        at = max(self.now - behind, ticket.opened_at())
        self.record(name, Fact(at, len(ticket.facts) + 1, what, grade if what == "graded" else None))

    def amendable(self):
        return [
            (name, id)
            for name, one in sorted(self.tickets.items())
            for id, fact in one.facts.items()
            if id != "f1" and fact.name != "amends"
        ]

    @precondition(lambda self: self.amendable())
    @rule(data=st.data())
    def withdraw(self, data):
        name, id = data.draw(st.sampled_from(self.amendable()), label="withdrawn")
        done["withdrawn facts"] += 1
        self.amend(name, id, fact="withdrawn", withdraws=id)
        self.tickets[name].facts[id].name, self.tickets[name].facts[id].grade = "nothing", None

    @precondition(lambda self: self.amendable())
    @rule(data=st.data(), what=NAMES, grade=st.sampled_from([1, 2]), behind=SPANS)
    def correct(self, data, what, grade, behind):
        """Said otherwise: it takes the place of the old one, of a withdrawn one too."""
        name, id = data.draw(st.sampled_from(self.amendable()), label="corrected")
        ticket = self.tickets[name]
        at, grade = max(self.now - behind, ticket.opened_at()), grade if what == "graded" else None
        attributes = None if grade is None else {"grade": grade}
        done["corrected facts"] += 1
        self.amend(name, id, fact=what, corrects=id, occurred_at=instant(at), attributes=attributes)
        ticket.facts[id] = Fact(at, ticket.facts[id].number, what, grade)

    def amend(self, name, id, **members):
        ticket = self.tickets[name]
        number = len(ticket.facts) + 1
        note(f"{name} {id} {members}, now {self.now}")
        ticket.tidy = False
        assert self.engine.record(ticket=name, id=f"f{number}", now=instant(self.now), **members).seq == number
        ticket.facts[f"f{number}"] = Fact(self.now, number, "amends")

    @precondition(lambda self: self.tickets)
    @rule(data=st.data())
    def say_again(self, data):
        name = data.draw(st.sampled_from(sorted(self.tickets)), label="ticket")
        fact = self.tickets[name].facts["f1"]
        before = self.engine.hash()
        assert self.say(name, fact).duplicate and self.engine.hash() == before

    # ---- how it is said and compared

    def say(self, name, fact):
        return self.engine.record(
            ticket=name, fact=fact.name, id=f"f{fact.number}", occurred_at=instant(fact.at), now=instant(self.now),
            attributes=None if fact.grade is None else {"grade": fact.grade},
        )  # fmt: skip

    def record(self, name, fact):
        ticket = self.tickets[name]
        note(f"{name} {fact.name} at {fact.at}, now {self.now}")
        if ticket.facts and fact.at < max(one.at for one in ticket.facts.values()):
            ticket.tidy = False
        if fact.at <= self.polled_at and fact.number > 1:
            ticket.tidy = False
        answer = self.say(name, fact)
        assert answer.seq == fact.number
        done["late facts"] += answer.late
        ticket.facts[f"f{fact.number}"] = fact

    def take(self, events):
        """Compares all that stands with the model after a poll."""
        told = {name: Counter() for name in self.tickets}
        for event in events:
            assert event.identity not in self.identities, event
            self.identities.add(event.identity)
            assert event.at <= event.told == instant(self.now)
            assert event.late == (event.told - event.at > timedelta(minutes=1))
            self.stand(event)
            because = "" if event.kind == "retracted" else event.because  # which of several it names is left open
            told[event.ticket][minute(event.at), event.target, event.cycle, event.kind, event.step, because] += 1
        self.polled_at = self.now
        wakeups = [self.compare(name, ticket, told[name]) for name, ticket in self.tickets.items()]
        wakeup = minute(self.engine.wakeup())
        assert wakeup == min((one for one in wakeups if one is not None), default=None)

    def stand(self, event):
        """What is told anew within a poll may come before what it replaces is taken back."""
        standing = self.tickets[event.ticket].standing
        clock = event.target, event.cycle
        if event.kind == "breach_retracted":
            standing[(*clock, "breach")] -= 1
        elif event.kind == "retracted":
            standing[(*clock, event.step.split(":")[1])] -= 1
        elif event.kind in ("breached", "escalated", "met", "missed", "cancelled"):
            standing[(*clock, event.step)] += 1

    def compare(self, name, ticket, told):
        """Gives the model's next instant."""
        fold = Fold(ticket.facts.values(), self.now)
        done["events"] += told.total()
        if ticket.tidy:
            done["tidy events"] += told.total()
            all_of_it = Counter(
                (one.at, one.target, one.cycle, one.kind, one.step, one.because) for one in fold.told
            )
            assert told == all_of_it - ticket.expected
            ticket.expected = all_of_it
        want = {
            (clock.target, clock.cycle, what)
            for clock in fold.clocks
            for what in [*(step for step in clock.passed if kind_of(step) != "warning"), clock.state]
            if what not in ("running", "paused")
        }
        assert +ticket.standing == Counter(want) and not -ticket.standing
        views = self.engine.clocks(name)
        assert [self.shown(view) for view in views] == [
            (one.target, one.cycle, one.state, one.start, one.due, one.paused_at, one.ended_at, one.breached_at)
            for one in sorted(fold.clocks, key=lambda one: (one.target, one.cycle))
        ]
        return min((at for clock in fold.clocks for at, _ in clock.timers()), default=None)

    @staticmethod
    def shown(view):
        assert view.breached == (view.breached_at is not None)
        moments = view.started_at, view.due_at, view.paused_at, view.ended_at, view.breached_at
        return (view.target, view.cycle, str(view.state), *map(minute, moments))

    @precondition(lambda self: self.tickets)
    @rule(data=st.data(), ahead=SPANS)
    def explain(self, data, ahead):
        name = data.draw(st.sampled_from(sorted(self.tickets)), label="ticket")
        self.poll()
        for clock in self.engine.clocks(name):
            done["clocks explained"] += 1
            check_sums(self.engine.explain(name, clock.target, cycle=clock.cycle, now=instant(self.now + ahead)))

    @invariant()
    def nothing_is_broken(self):
        self.engine.verify()


def test_courses():
    done.clear()
    options = settings(
        max_examples=COURSES, stateful_step_count=STEPS, derandomize=SEED is None, deadline=None, database=None,
        print_blob=True, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    if SEED is not None:
        seed(int(SEED))(Course)
    run_state_machine_as_test(Course, settings=options)
    print(f"seed {SEED or 'none'}:", ", ".join(f"{count} {what}" for what, count in sorted(done.items())))
    assert min(done["tidy events"], done["late facts"], done["withdrawn facts"], done["corrected facts"], done["clocks explained"]) > COURSES // 2

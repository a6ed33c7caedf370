"""A plain model of two promises of a help desk, written from docs/policy.md alone: a ticket is folded
from all its facts whenever it is asked anything.  It shares nothing with `sla`.

Instants are whole minutes.  The first answer is due two hours after the opening; the solution a
day or two after it, by grade, not counting the time in which the customer is waited for or, up to
ten hours, a part; a reopened ticket is promised a solution anew.
"""

from dataclasses import dataclass, field

HOUR = 60
CAP = 10 * HOUR

POLICY = {
    "policy": "desk", "version": "1", "cancel": "closed", "attributes": {"grade": "int"}, "catch_up": "all",
    "pauses": [{"reason": "customer", "on": "waiting"}, {"reason": "part", "on": "ordered", "cap": "PT10H"}],
    "resumes": [{"on": "replied", "reason": "customer"}, {"on": "delivered", "reason": "part"}],
    "targets": [
        {"target": "answer", "stop": "answered", "pauses": [], "resumes": [], "on_reopen": "never",
         "goals": [{"elapsed": "PT2H"}],
         "steps": [{"step": "warn", "before": "PT30M", "to": "agent"},
                   {"step": "level_1", "after": "PT1H", "level": 1, "to": "lead"}]},
        {"target": "solution", "stop": "resolved",
         "goals": [{"when": {"attr": "grade", "eq": 1}, "elapsed": "PT24H"}, {"elapsed": "PT48H"}],
         "steps": [{"step": "warn_50", "percent": 50, "to": "agent"},
                   {"step": "warn_80", "percent": 80, "to": "agent"},
                   {"step": "level_1", "after": "PT0S", "level": 1, "to": "lead"},
                   {"step": "level_2", "after": "PT4H", "level": 2, "to": "head"}]},
    ],
}  # fmt: skip

PAUSES = {"waiting": "customer", "ordered": "part"}
RESUMES = {"replied": "customer", "delivered": "part"}

#: The steps of a target in order, each from (start, due by the goal alone); levels lie after due.
STEPS = {
    "answer": {"warn": lambda start, base: base - 30, "breach": None, "level_1": lambda start, base: base + HOUR},
    "solution": {
        "warn_50": lambda start, base: start + (base - start) * 50 // 100,
        "warn_80": lambda start, base: start + (base - start) * 80 // 100,
        "breach": None,
        "level_1": lambda start, base: base,
        "level_2": lambda start, base: base + 4 * HOUR,
    },
}


@dataclass(order=True)
class Fact:
    """What happened at `at`; `number` is the order of recording."""

    at: int
    number: int
    name: str = field(compare=False)
    grade: "int | None" = field(default=None, compare=False)


@dataclass(frozen=True, order=True)
class Told:
    """What a poll has to tell."""

    at: int
    target: str
    cycle: int
    kind: str
    step: str
    because: str = ""


def level_of(step):
    return int(step[-1]) if step.startswith("level") else 0


def kind_of(step):
    return "breached" if step == "breach" else "escalated" if level_of(step) else "warning"


class Clock:
    """One cycle of a target."""

    def __init__(self, target, cycle, start, goal):
        self.target, self.cycle, self.start, self.goal = target, cycle, start, goal
        self.state, self.ended_at, self.paused_at, self.breached_at = "running", None, None, None
        self.breached_by_change = False
        self.reasons, self.capped, self.pauses = {}, set(), []
        self.passed = set()

    @property
    def live(self):
        return self.state in ("running", "paused")

    @property
    def due(self):
        due = self.start + self.goal
        for start, end in self.pauses:
            if due >= start:
                due += end - start
        return due

    def instant(self, step):
        """When a step passes; None for one that lies at or before the start."""
        if step == "breach":
            return self.due
        at = STEPS[self.target][step](self.start, self.start + self.goal)
        if at <= self.start:
            return None
        for start, end in self.pauses:
            if start <= at:
                at += end - start
        return max(at, self.due) if level_of(step) else at

    def armed(self):
        """{step: instant} of what is to come."""
        if self.state != "running":
            return {}
        instants = {step: self.instant(step) for step in STEPS[self.target] if step not in self.passed}
        return {step: at for step, at in instants.items() if at is not None}

    def timers(self):
        """(instant, name of a step or of a reason whose cap it is), in order."""
        caps = [(since + CAP, "cap") for reason, since in self.reasons.items() if reason == "part"]
        return sorted(caps) + sorted((at, step) for step, at in self.armed().items())


class Fold:
    """A ticket folded from its facts up to `now`."""

    def __init__(self, facts, now):
        self.clocks, self.told, self.grade = [], [], None
        for fact in sorted(facts):
            if fact.at <= now:
                self.pass_time(fact.at - 1)
                self.apply(fact)
        self.pass_time(now)

    def tell(self, clock, at, kind, step, because=""):
        self.told.append(Told(at, clock.target, clock.cycle, kind, step, because))

    # ---- time

    def pass_time(self, until):
        for clock in self.clocks:
            while (timers := clock.timers()) and (first := min(at for at, _ in timers)) <= until:
                self.pass_one(clock, *next(timer for timer in timers if timer[0] == first))

    def pass_one(self, clock, at, what):
        if what == "cap":
            self.tell(clock, at, "resumed", "resumed:part", "pause_cap")
            clock.capped.add("part")
            self.resume(clock, at, "part", "pause_cap")
        else:
            self.pass_step(clock, what, at)

    def pass_step(self, clock, step, at, change=None, because=""):
        """A breach that a change of the goal makes is one of the change (rule 5)."""
        clock.passed.add(step)
        if step == "breach":
            clock.breached_at, clock.breached_by_change = at if change is None else change, change is not None
            self.tell(clock, clock.breached_at, "breached", step, because)
        else:
            self.tell(clock, at, kind_of(step), step)

    # ---- facts

    def latest(self):
        """The clocks of the last cycles, in the order of the targets."""
        last = {clock.target: clock for clock in self.clocks}
        return [last[target] for target in STEPS if target in last]

    def goal(self, target):
        return 2 * HOUR if target == "answer" else 24 * HOUR if self.grade == 1 else 48 * HOUR

    def begin(self, target, cycle, at):
        self.clocks.append(Clock(target, cycle, at, self.goal(target)))

    def apply(self, fact):
        if fact.grade is not None:
            self.grade = fact.grade
        if fact.name == "opened":
            for target in STEPS:
                self.begin(target, 1, fact.at)
            return
        for clock in self.latest():
            self.apply_to(clock, fact.at, fact.name)

    def apply_to(self, clock, at, name):
        if clock.live:
            self.change_goal(clock, at)
        if clock.live and name == "closed":
            self.end(clock, at, "cancelled")
        elif clock.live and name == {"answer": "answered", "solution": "resolved"}[clock.target]:
            self.end(clock, at, None)
        elif clock.target == "solution":
            if not clock.live and name == "reopened":
                self.begin(clock.target, clock.cycle + 1, at)
            elif clock.live and name in PAUSES:
                self.pause(clock, at, PAUSES[name])
            elif clock.live and name in RESUMES:
                self.resume(clock, at, RESUMES[name], "resumed")

    def change_goal(self, clock, at):
        goal, old = self.goal(clock.target), clock.due
        if goal != clock.goal:
            clock.goal = goal
            self.due_changed(clock, at, old, "goal_changed")
            self.hold(clock, at, "goal_changed")

    def hold(self, clock, at, because):
        """The plan has changed: each step is held against the instant of the change.  What lies
        before it passes now, or, of a paused clock, when it goes on."""
        for step in STEPS[clock.target]:
            instant = clock.instant(step)
            if step in clock.passed and instant >= at:
                self.take_back(clock, at, step, because)
            elif step == "breach" and step in clock.passed:
                self.backdate(clock, at, instant, because)
            elif step in clock.armed() and instant < at:
                self.pass_step(clock, step, instant, at, because)

    def take_back(self, clock, at, step, because):
        clock.passed.discard(step)
        if step == "breach":
            clock.breached_at = None
            self.tell(clock, at, "breach_retracted", "breach_retracted:breach", because)
        elif level_of(step):
            self.tell(clock, at, "retracted", f"retracted:{step}")

    def backdate(self, clock, at, instant, because):
        """A breach that time made is at the due; one that a change made stays where it was."""
        if not clock.breached_by_change and clock.breached_at != instant:
            clock.breached_at = instant
            self.tell(clock, at, "breach_backdated", "breach_backdated", because)

    def due_changed(self, clock, at, old, because):
        if clock.due != old:
            self.tell(clock, at, "due_changed", "due_changed", because)

    def pause(self, clock, at, reason):
        if reason not in clock.capped and reason not in clock.reasons:
            clock.reasons[reason] = at
            if clock.state == "running":
                clock.state, clock.paused_at = "paused", at

    def resume(self, clock, at, reason, because):
        if clock.reasons.pop(reason, None) is not None and not clock.reasons:
            old = clock.due
            self.end_pause(clock, at)
            self.due_changed(clock, at, old, because)
            self.hold(clock, at, because)

    @staticmethod
    def end_pause(clock, at):
        clock.pauses.append((clock.paused_at, at))
        clock.state, clock.paused_at, clock.reasons = "running", None, {}

    def end(self, clock, at, state):
        if clock.state == "paused" and state is None:  # nobody asks how late a cancelled clock was
            self.end_pause(clock, at)
            self.hold(clock, at, "resumed")
        clock.paused_at, clock.reasons = None, {}
        clock.state = state or ("met" if at <= clock.due else "missed")
        clock.ended_at = at
        self.tell(clock, at, clock.state, clock.state)

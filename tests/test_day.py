"""Goal: the bundled day is what the generator makes, and it has everything in it.

    test_day.py SLA-DAY SOURCE-DIR

The checked-in day holds compilers together: built by whichever one, the
generator must print these bytes.
"""
import collections
import json
import subprocess
import sys


def facts_of(program, *options):
    """The bytes of a day, and its facts."""
    text = subprocess.run([program, *options], stdout=subprocess.PIPE, check=True).stdout
    return text, [json.loads(line) for line in text.splitlines()]


def check(why, condition):
    print("%s %s" % ("ok    " if condition else "FAILED", why))
    return condition


def instant(text):
    """RFC 3339 at one offset sorts as text."""
    assert text.endswith("+08:00"), text
    return text


def whole(facts):
    """What a day must have for the story to be told."""
    names = collections.Counter(fact["fact"] for fact in facts)
    grades = collections.Counter(fact["attributes"]["grade"] for fact in facts
                                 if fact["fact"] == "graded")
    regraded = collections.Counter(fact["ticket"] for fact in facts if fact["fact"] == "graded"
                                   and "corrects" not in fact)
    kinds = collections.Counter(fact["attributes"]["kind"] for fact in facts
                                if fact["fact"] == "opened")
    lag = [fact for fact in facts if fact["fact"] == "responded"
           and fact["recorded_at"][:15] > fact["occurred_at"][:15]]
    yield "complaints of every grade", set(grades) == {1, 2, 3}
    yield "some of them graded again", max(regraded.values()) > 1
    yield "kinds of tickets", set(kinds) == {"complaint", "fault", "consultation", "business",
                                             "billing", "work_order", "incident"}
    yield "major faults and ordinary ones", {"major", "normal"} == {
        fact["attributes"]["severity"] for fact in facts
        if fact["fact"] == "opened" and fact["attributes"]["kind"] == "fault"}
    yield "a corrected fact", any("corrects" in fact for fact in facts)
    yield "a withdrawn fact", any("withdraws" in fact for fact in facts)
    yield "a late fact", len(lag) > 0
    for name in ("acknowledged", "extended", "waived", "handed_over", "result_rejected", "chased",
                 "sent", "accepted", "returned", "solved",
                 "supervision_answered", "owner_named", "escalation_requested"):
        yield "a fact " + name, names[name] > 0


def main():
    program, source = sys.argv[1:]
    text, facts = facts_of(program)
    with open(source + "/examples/day/day.jsonl", "rb") as file:
        bundled = file.read()
    results = [check("the bundled day is what the generator prints", text == bundled),
               check("the same seed, the same bytes",
                     facts_of(program, "--seed", "9")[0] == facts_of(program, "--seed", "9")[0]),
               check("another seed, another day", facts_of(program, "--seed", "9")[0] != text)]
    recorded = [instant(fact["recorded_at"]) for fact in facts]
    results.append(check("in the order of recording", recorded == sorted(recorded)))
    results.append(check("nothing is recorded before it happened", all(
        instant(fact["occurred_at"]) <= fact["recorded_at"] for fact in facts)))
    identities = [(fact["ticket"], fact["id"]) for fact in facts]
    results.append(check("ids are unique", len(set(identities)) == len(identities)))
    results += [check(why, holds) for why, holds in whole(facts)]
    more = facts_of(program, "--seed", "3", "--tickets", "100", "--date", "2026-02-28",
                    "--tenant", "another")[1]
    results.append(check("parameters count", more[0]["tenant"] == "another" and
                         more[0]["occurred_at"].startswith("2026-02-28") and
                         sum(fact["fact"] == "opened" for fact in more) == 102))
    for options in (["--date", "2026-02-30"], ["--seed", "x"], ["--tickets", "-1"],
                    ["--tenant", 'a"b']):
        refused = subprocess.run([program, *options], stderr=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL).returncode
        results.append(check("refused: " + " ".join(options), refused != 0))
    print("tally: %d passed, %d failed, 0 skipped" % (results.count(True), results.count(False)))
    return 0 if all(results) else 1


sys.exit(main())

"""Goal: the story of the bundled day says what the replay of it says.

    test_story.py SLA SOURCE-DIR

Method: its tables are read back and added up, and held against the summary
and against the events themselves, which other code prints.
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys

UNTIL = "2026-05-14T00:00:00+08:00"


class Command:
    def __init__(self, sla, source):
        policies = sorted(glob.glob(source + "/examples/policies/*.json"))
        self.sla, self.day = sla, source + "/examples/day/day.jsonl"
        self.options = [word for policy in policies for word in ("-p", policy)]

    def run(self, name, *options):
        done = subprocess.run([self.sla, name, *self.options, *options, "--until", UNTIL, self.day],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return done.returncode, done.stdout, done.stderr


def sections(text):
    """The lines below each title."""
    found, lines = {}, []
    for line in text.splitlines():
        title = re.match(r"([A-Z][A-Z ]+[A-Z])(  |$)", line)
        if title:
            lines = found.setdefault(title.group(1), [])
        else:
            lines.append(line)
    return found


def shares_told(lines):
    """{(policy, display): (in time, accepted)} out of ON TIME."""
    told, policy = {}, None
    for line in lines:
        if re.match(r"  [a-z]", line):
            policy = line.split()[0]
        elif re.match(r"    \S", line):
            cells = re.findall(r"(\d+)/(\d+)", line[42:])
            told[policy, line[4:42].strip()] = (sum(int(a) for a, _ in cells),
                                                sum(int(b) for _, b in cells))
    return told


def shares_summed(summary):
    sums = collections.defaultdict(lambda: [0, 0, 0])
    for row in summary["targets"]:
        sums[row["policy"], row["display"]][0] += row["in_time"]
        sums[row["policy"], row["display"]][1] += row["accepted"]
        sums[row["policy"], row["display"]][2] += row["in_time"] + row["breached"] + row["late"]
    return {key: (a, b) for key, (a, b, came_due) in sums.items() if came_due > 0}


def receivers_told(lines):
    """{(receiver, word): count} out of WHO WAS TOLD."""
    words = ["warned", "of breach", "reminded", "supervised", "escalated", "noticed"]
    told = {}
    for line in lines[1:]:
        if line.strip() and not line.strip().startswith("..."):
            name, *cells = line.split()
            told.update({(name, word): int(cell) for word, cell in zip(words, cells)
                         if cell != "."})
    return told


def receivers_counted(events):
    words = {"warning": "warned", "breached": "of breach", "reminded": "reminded",
             "supervised": "supervised", "escalated": "escalated", "notice": "noticed"}
    counted = collections.Counter()
    for event in events:
        if event["event"] in words:
            for receiver in filter(None, event.get("to", "").split(",")):
                counted[receiver, words[event["event"]]] += 1
    return counted


def check(why, condition, detail=""):
    print("%s %s %s" % ("ok    " if condition else "FAILED", why, "" if condition else detail))
    return condition


def example(sla, source):
    """What examples/story.sh says of its ticket is so."""
    build = os.path.dirname(os.path.dirname(os.path.abspath(sla)))
    done = subprocess.run(["sh", source + "/examples/story.sh", build], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    yield "the example runs", done.returncode == 0 and done.stderr == ""
    text = done.stdout[done.stdout.find("A DISPUTE"):]
    for words in ("started  2026-04-30T16:21", "due      2026-05-11T18:00:00+08:00",
                  "running, breached at 2026-05-11T18:00:00+08:00", "holiday", "make-up workday"):
        yield "the dispute has: " + words, words in text
    prefix = "      " + build + "/bin/sla "
    for line in text.splitlines():
        if line.startswith(prefix):
            words = line[len(prefix):].split()
            words[-1] = os.path.join(source, words[-1])
            done = subprocess.run([sla, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  text=True)
            yield "as shown: " + " ".join(words[:-1]), done.returncode == 0 and done.stderr == ""


def main():
    command = Command(*sys.argv[1:])
    code, story, complaints = command.run("story", "--by", "grade,severity", "--offset", "+08:00")
    summary = json.loads(command.run("replay", "--summary", "--json")[1])
    events = [json.loads(line) for line in command.run("replay")[1].splitlines()]
    told = sections(story)
    titles = ["THE FIRST DAY", "WHO WAS TOLD", "WHAT BREACHED", "WHO WAS ESCALATED TO", "ON TIME",
              "WORTH A LOOK"]
    results = [check("no fact of the day is refused", code == 0 and complaints == "", complaints),
               check("all sections in their order", list(told) == titles, str(list(told))),
               check("lines fit", max(map(len, story.splitlines())) <= 104)]
    if not all(results):
        print("tally: %d passed, %d failed, 0 skipped" % (results.count(True), results.count(False)))
        return 1
    shown, want = shares_told(told["ON TIME"]), shares_summed(summary)
    results.append(check("shares as the summary has them", shown == want,
                         str(set(shown.items()) ^ set(want.items()))))
    receivers, counted = receivers_told(told["WHO WAS TOLD"]), receivers_counted(events)
    results.append(check("receivers as in the events", len(receivers) > 10 and all(
        counted[key] == count for key, count in receivers.items())))
    levels = sum(event["event"] == "escalated" for event in events)
    results.append(check("somebody was escalated to", levels > 0 and any(
        "level 3" in line for line in told["WHO WAS ESCALATED TO"])))
    for seldom in ("a breach taken back", "refused: return_after_acceptance", "waived",
                   "due moved: extended", "corrected afterwards",
                   "withdrawn afterwards", "acknowledged", "recorded late"):
        results.append(check("worth a look: " + seldom, any(
            line.strip().startswith(seldom) for line in told["WORTH A LOOK"])))
    results.append(check("what the engine made itself", any(
        "deemed_accepted " in line for line in told["WORTH A LOOK"])))
    results += [check(why, holds) for why, holds in example(*sys.argv[1:])]
    results.append(check("the same twice", command.run("story")[1] == command.run("story")[1]))
    results.append(check("an offset that is none", command.run("story", "--offset", "8")[0] == 2))
    print("tally: %d passed, %d failed, 0 skipped" % (results.count(True), results.count(False)))
    return 0 if all(results) else 1


sys.exit(main())

"""Adds up what ctest wrote (--output-junit) into one closing line.

A program over check.h prints a tally of its tests, and that is counted; any
other test counts as one.

    tally.py [--broken N] JUNIT_XML...

N builds that did not come to a test count as failed.
"""
import re
import sys
import xml.etree.ElementTree as tree

SKIPPED = re.compile(r"^skipped: (.*)$", re.M)
TALLY = re.compile(r"^tally: (\d+) passed, (\d+) failed, (\d+) skipped$", re.M)


def count(case):
    """(passed, failed, skipped) of one ctest test."""
    status = case.get("status")
    found = TALLY.findall(case.findtext("system-out") or "")
    if status in ("notrun", "disabled") or case.find("skipped") is not None:
        return (0, 0, max(1, int(found[-1][2]) if found else 1))
    passed, failed, skipped = map(int, found[-1]) if found else (0, 0, 0)
    if status == "fail" or case.find("failure") is not None:
        return (passed, max(failed, 1), skipped)
    return (passed, failed, skipped) if found else (1, 0, 0)


def reasons(case):
    """What could not run, and why."""
    return [f"skipped in {case.get('name')}: {why}" for why in SKIPPED.findall(case.findtext("system-out") or "")]


def main():
    paths, total = sys.argv[1:], [0, 0, 0]
    if paths[:1] == ["--broken"]:
        total[1] += int(paths[1])
        paths = paths[2:]
    for path in paths:
        for case in tree.parse(path).getroot().iter("testcase"):
            total = [have + more for have, more in zip(total, count(case))]
            print("".join(line + "\n" for line in reasons(case)), end="")
    print("%d passed, %d failed, %d skipped" % tuple(total))
    return 1 if total[1] or not total[0] else 0


sys.exit(main())

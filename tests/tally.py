"""Adds up what ctest wrote (--output-junit) into one closing line.

A program over check.h prints a tally of its tests, and that is counted; any
other test counts as one.

    tally.py [--passed N] [--failed N] JUNIT_XML...

The two options add what no ctest counted, such as a build that failed.
"""
import argparse
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
    parser = argparse.ArgumentParser()
    parser.add_argument("--passed", type=int, default=0)
    parser.add_argument("--failed", type=int, default=0)
    parser.add_argument("junit", nargs="*")
    given = parser.parse_args()
    total = [given.passed, given.failed, 0]
    for path in given.junit:
        for case in tree.parse(path).getroot().iter("testcase"):
            total = [have + more for have, more in zip(total, count(case))]
            print("".join(line + "\n" for line in reasons(case)), end="")
    print("%d passed, %d failed, %d skipped" % tuple(total))
    return 1 if total[1] or not total[0] else 0


sys.exit(main())

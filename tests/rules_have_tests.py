"""Every rule of docs/semantics.md has a test that carries its number.

A rule is a numbered paragraph of the page, a test is a TEST(rule_NN_...).  Rules
of what is not part of the library yet are listed here; one that gets a test
leaves the list.

    rules_have_tests.py SOURCE_DIR
"""
import pathlib
import re
import sys

# The service: stores, threads, delivery.
OF_THE_SERVICE = set(range(25, 33))

NAME = re.compile(r"^TEST\(rule_(\d\d)_\w+\)", re.M)
RULE = re.compile(r"^(\d+)\. \*\*", re.M)


def main():
    source = pathlib.Path(sys.argv[1])
    rules = {int(number) for number in RULE.findall((source / "docs/semantics.md").read_text("utf-8"))}
    tested = {}
    for path in sorted((source / "tests").glob("test_*.c")):
        for number in NAME.findall(path.read_text("utf-8")):
            tested.setdefault(int(number), set()).add(path.name)
    complaints = [f"rule {number} has no test called rule_{number:02}_..."
                  for number in sorted(rules - OF_THE_SERVICE - set(tested))]
    complaints += [f"{', '.join(tested[number])}: there is no rule {number}"
                   for number in sorted(set(tested) - rules)]
    complaints += [f"rule {number} has a test now: take it off the list in this script"
                   for number in sorted(OF_THE_SERVICE & set(tested))]
    print("\n".join(complaints) or f"{len(tested)} rules are tested by name")
    return 1 if complaints or len(rules) < 32 else 0


sys.exit(main())

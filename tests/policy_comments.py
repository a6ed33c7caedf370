"""The bundled policies are commented line by line.

Whatever has an effect says why it is there: a document, and every element of a
list, by its `comment`; any other member, and every attribute, by a `comment`
inside or by an `x-NAME` beside it.  A comment says something, and an `x-NAME`
stands directly before NAME, so that it cannot go astray.

    policy_comments.py SOURCE_DIR
"""
import json
import pathlib
import sys

# Elements of these are commented one by one.
LISTS = {"targets", "goals", "steps", "pauses", "resumes", "rank", "at_once", "refuse"}
# What these say is said by the comment of what they belong to.
PLAIN = {"policy", "version", "display", "target", "attributes"}
SHORTEST = 12


def is_comment(name):
    return name == "comment" or name.startswith("x-")


def check_text(text, where, bad):
    lines = text if isinstance(text, list) else [text]
    if not all(isinstance(line, str) and line for line in lines) or len(" ".join(lines)) < SHORTEST:
        bad.append(f"{where}: the comment says nothing: {text!r}")


def check_texts(owner, where, bad):
    names = list(owner)
    for place, name in enumerate(names):
        if is_comment(name):
            check_text(owner[name], f"{where}/{name}", bad)
        if name.startswith("x-") and names[place + 1:place + 2] != [name[2:]]:
            bad.append(f"{where}/{name}: stands before no {name[2:]}")


def check_member(owner, name, where, bad):
    value = owner[name]
    inside = isinstance(value, dict) and "comment" in value
    if inside:
        check_texts(value, f"{where}/{name}", bad)
    if not inside and f"x-{name}" not in owner:
        bad.append(f"{where}/{name}: no comment; write \"x-{name}\" before it")


def check_elements(elements, where, bad):
    for place, element in enumerate(elements):
        at = f"{where}/{place}"
        if "comment" not in element:
            bad.append(f"{at}: no comment")
        check_texts(element, at, bad)
        if "repeat" in element:
            check_member(element, "repeat", at, bad)
        if "target" in element:
            check_members(element, at, bad)


def check_members(owner, where, bad):
    for name, value in owner.items():
        if name in LISTS:
            check_elements(value, f"{where}/{name}", bad)
        elif not is_comment(name) and name not in PLAIN:
            check_member(owner, name, where, bad)


def check_policy(path):
    bad = []
    policy = json.loads(path.read_text(encoding="utf-8"))
    attributes = policy.get("attributes", {})
    if "comment" not in policy:
        bad.append("/: no comment")
    check_texts(policy, "", bad)
    check_members(policy, "", bad)
    check_texts(attributes, "/attributes", bad)
    for name in attributes:
        if not is_comment(name):
            check_member(attributes, name, "/attributes", bad)
    return [f"{path.name}{line}" for line in bad]


def main():
    paths = sorted((pathlib.Path(sys.argv[1]) / "examples/policies").glob("*.json"))
    bad = [line for path in paths for line in check_policy(path)]
    print("\n".join(bad[:40] + [f"{len(paths)} policies, {len(bad)} members without a comment, or with an idle one"]))
    sys.exit(1 if bad or not paths else 0)


main()

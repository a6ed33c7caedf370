"""The schemas of facts and events say what the library says.

Facts made at random, good and bad in every member, get the same verdict from
docs/schema/fact.schema.json and from the reader; every event of the bundled day
is one that docs/schema/event.schema.json knows, in both forms.

    schema.py SLA SOURCE_DIR
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

SEED = int(os.environ.get("SLA_SEED", "20260101"))
COUNT = 50000 if os.environ.get("SLA_LONG") == "1" else 3000

INSTANTS = ["2026-03-02T09:00:00Z", "2026-03-02T09:00:00.25+08:00"]
NO_INSTANTS = ["2026-03-02T09:00:00", "today", 7, None, "2026-03-02T09:00:00.1234567Z", ""]
NAMES, NO_NAMES = ["resolved", "a", "a_1"], ["Resolved", "", "1a", "a-b", 7, None, "a" * 64]
IDS, NO_IDS = ["T-1", "x" * 64, "\u6295\u8bc9"], ["", "x" * 65, 7, None, []]
TEXTS, NO_TEXTS = ["desk 4", "x" * 256], ["", "x" * 257, 7, None]
VALUES = ["", "x" * 256, 0, -(2 ** 63), 2 ** 63 - 1, True, False, None, "a\nb", "\ta\r\n"]
NO_VALUES = ["x" * 257, 1.5, [], {}, "a\u001bb", "a\u007f", "\u0000", "\u0085"]

# Of every member: what it may be, and what it may not.
OURS = {
    "tenant": (["", "north"], ["x" * 65, 7, None]), "ticket": (IDS, NO_IDS), "id": (IDS, NO_IDS),
    "fact": (NAMES, NO_NAMES), "occurred_at": (INSTANTS, NO_INSTANTS),
    "recorded_at": (INSTANTS, NO_INSTANTS),
    "attributes": ([{}, *({"grade": v} for v in VALUES), {"x-note": [1], "a": 1}],
                   [[], None, *({"grade": v} for v in NO_VALUES), {"Grade": 1},
                    {f"a{i}": i for i in range(65)}]),
    "by": (TEXTS, NO_TEXTS), "reason": (TEXTS, NO_TEXTS), "approver": (TEXTS, NO_TEXTS),
    "authorised_by": (TEXTS, NO_TEXTS), "policy": (NAMES, NO_NAMES), "target": (NAMES, NO_NAMES),
    "cycle": ([1, 4294967295], [0, 4294967296, "1", 1.5]), "corrects": (IDS, NO_IDS),
    "withdraws": (IDS, NO_IDS),
    "for": (["PT4H", "P1DT1H30M", "P2W"], ["P1M", "4h", "P", "PT", "-PT1H", 4, None]),
    "until": (INSTANTS, NO_INSTANTS), "excluded": ([True, False], ["true", 1]),
    "silence": ([True, False], [None]),
}
ENGINE = ["a fact corrects or withdraws", "a fact `withdrawn` names", "a clock is named by", "an extension says",
          "the new due lies after"]
FREE = {"comment": [1, {"a": None}], "x-more": 1.5, "$schema": "fact.schema.json"}
UNKNOWN = ["grade", "Ticket", "occured_at", "xmore"]


def pick(dice, table, name, wrong):
    good, bad = table[name]
    return dice.choice(bad if wrong else good)


def members(dice, names, odds):
    made = {name: pick(dice, OURS, name, dice.random() < odds) for name in names}
    if dice.random() < 0.1:
        made[dice.choice(sorted(FREE))] = 1
    if dice.random() < odds:
        made[dice.choice(UNKNOWN)] = 1
    items = list(made.items())
    dice.shuffle(items)
    return dict(items)


def some(dice, names, odds):
    return [name for name in names if dice.random() < odds]


def plain(dice, odds):
    needed = [name for name in ("ticket", "fact", "occurred_at") if dice.random() > odds]
    others = some(dice, [name for name in OURS if name not in ("ticket", "fact", "occurred_at")], 0.2)
    return members(dice, needed + others, odds)


def envelope(dice, odds):
    made = {"specversion": "1.0", "id": pick(dice, OURS, "id", dice.random() < odds), "source": "/crm",
            "type": dice.choice(["org.libsla.fact.resolved.v1", "com.example.t",
                                 "org.libsla.fact.Resolved.v1"])}
    inside = some(dice, [name for name in OURS if name not in ("ticket", "fact", "occurred_at", "id")], 0.2)
    if made["type"].startswith("com") != (dice.random() < odds):
        inside.append("fact")
    for outside, within in (("subject", "ticket"), ("time", "occurred_at")):
        if dice.random() < 0.5:
            made[outside] = pick(dice, OURS, within, dice.random() < odds)
        if (outside in made) == (dice.random() < odds):
            inside.append(within)
    made["data"] = members(dice, inside, odds)
    for name, values in (("datacontenttype", ["application/json", "text/xml"]), ("data_base64", ["e30="]),
                         ("traceparent", ["00"]), ("specversion", ["0.3"]), ("Sequence", [1])):
        if dice.random() < odds:
            made[name] = dice.choice(values)
    return made


def same_fact(made):
    """type and data.fact may name two facts, which no schema can see."""
    named = made.get("type", "")
    return not (named.startswith("org.libsla.fact.") and "fact" in made.get("data", {}))


def is_of_the_engine(reject):
    """Whether a fact was refused for what stands on the ticket's record, or beside it in the fact."""
    return (reject["code"] not in ("SLA_ERR_SYNTAX", "SLA_ERR_FACT", "SLA_ERR_TOO_LONG")
            or any(reject["error"].startswith(said) for said in ENGINE))


def refused(sla, folder, documents):
    """Line to complaint, of those that the reader refused."""
    (folder / "facts.jsonl").write_text("".join(json.dumps(d) + "\n" for d in documents))
    (folder / "policy.json").write_text(json.dumps(
        {"policy": "none", "version": "1", "targets": [{"target": "t", "goals": [{"elapsed": "PT1H"}]}]}))
    done = subprocess.run([sla, "replay", "-p", "policy.json", "-r", "rejects.jsonl", "-o", "/dev/null",
                           "facts.jsonl"], cwd=folder, stderr=subprocess.DEVNULL)
    assert done.returncode in (0, 6), done
    rejects = map(json.loads, (folder / "rejects.jsonl").read_text().splitlines())
    return {reject["line"]: reject["error"] for reject in rejects if not is_of_the_engine(reject)}


def check_facts(sla, source, folder):
    dice = random.Random(SEED)
    schema = json.loads((source / "docs/schema/fact.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    documents = [dice.choice((plain, envelope))(dice, dice.choice((0, 0, 0.05, 0.2))) for _ in range(COUNT)]
    documents = [document for document in documents if same_fact(document)]
    complaints = refused(sla, folder, documents)
    differ = [(number, document) for number, document in enumerate(documents, 1)
              if validator.is_valid(document) == (number in complaints)]
    print(f"facts: {len(documents)}, of them refused {len(complaints)}, verdicts that differ {len(differ)}")
    for number, document in differ[:10]:
        print(json.dumps(document), "reader:", complaints.get(number, "good"))
    good = len(documents) - len(complaints)
    return not differ and min(good, len(complaints)) > COUNT // 10


def check_day(sla, source, folder):
    facts = source / "examples/day/day.jsonl"
    policies = sorted((source / "examples/policies").glob("*.json"))
    event = jsonschema.Draft202012Validator(json.loads((source / "docs/schema/event.schema.json").read_text()))
    fact = jsonschema.Draft202012Validator(json.loads((source / "docs/schema/fact.schema.json").read_text()))
    bad = sum(not fact.is_valid(json.loads(line)) for line in facts.read_text().splitlines())
    print(f"facts of the day that the schema refuses: {bad}")
    for form in ([], ["--cloudevents"]):
        command = [sla, "replay", *(f"-p{path}" for path in policies), *form, facts]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        lines = done.stdout.splitlines()
        wrong = [(line, error) for line in lines[::1 if os.environ.get("SLA_LONG") == "1" else 5]
                 for error in event.iter_errors(json.loads(line))]
        print(f"events {' '.join(form)}: {len(lines)}, that the schema refuses: {len(wrong)}")
        for line, error in wrong[:5]:
            print(line, error.message)
        bad += len(wrong) + (not lines)
    return bad == 0


def main():
    sla, source = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    print("seed", SEED)
    with tempfile.TemporaryDirectory() as folder:
        fine = [check_facts(sla, source, pathlib.Path(folder)), check_day(sla, source, pathlib.Path(folder))]
    return 0 if all(fine) else 1


sys.exit(main())

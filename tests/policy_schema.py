"""The schema of policies and the library say the same.

Three questions.  The good policies fulfil the schema.  The bad ones do not,
except for those that break what no schema can say (REASONS).
And good policies, damaged in one place at random: what the schema refuses the
library refuses; what the library alone refuses it refuses for a reason in
REASONS.

    policy_schema.py SOURCE_DIR [LIBSLA_SO]
"""
import copy
import ctypes
import json
import os
import pathlib
import random
import re
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: the python module jsonschema is not installed (apt install python3-jsonschema)")
    sys.exit(77)

# Complaints about what a schema cannot see.
REASONS = [
    r"is not declared; add it", r"an instant cannot be a default", r"not among the values", r"holds no instant",
    # a value of another type than the attribute's
    r"/((eq|ne|lt|le|gt|ge)|in/\d+|values/\d+|attribute_defaults/\w+): .* is expected here, not",
    r"compares only attributes of type", r"an instant chooses no calendar",
    r"the attribute is (an int|true or false)",
    r"is not an instant with offset", r"lies outside the years",
    r"there is (a|no) (policy|target|step|rule|pause)", r"another policy of this set declares it",
    r"more than 64 attributes", r"counts on a calendar here", r"this goal needs a calendar",
    r"comes back to this target", r"derived facts follow from one another",
    r"has no (pause for this reason|target)", r"this reason is held by an attribute",
    r"at most 32 are possible", r"so these mean nothing", r"not after \"from\"",
    r"lies wholly outside", r"earlier than \"before\"",
    r"\"(?!PT0S)[^\"]*\" is outside PT\w+ to PT87840H", r"bytes, more than the limit",
]
REASON = re.compile("|".join(REASONS))


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def corpus(folder):
    """The documents of a folder; of a case with several, all of them."""
    return sorted(path for path in folder.glob("*.json"))


def check_good(validator, policies):
    bad = []
    paths = [path for folder in ("valid", "lint") for path in corpus(policies / folder)]
    for path in paths:
        for error in validator.iter_errors(load(path)):
            bad.append(f"{path.name}: the schema refuses a good policy: {error.json_path}: {error.message[:200]}")
    print(f"{len(paths)} good policies")
    return bad


def check_bad(validator, folder):
    bad, beyond, asked = [], 0, 0
    for path in corpus(folder):
        if ".before" in path.name:
            continue
        head, text = path.with_suffix(".error").read_text(encoding="utf-8").split("\n")[:2]
        code, _, pointer = head.split(" ", 2)
        if code == "SLA_ERR_SYNTAX":
            continue  # no JSON, or not JSON as we read it
        asked += 1
        accepted = validator.is_valid(load(path))
        beyond += accepted
        if accepted and not REASON.search(f"{pointer}: {text}"):
            bad.append(f"{path.name}: the schema accepts what the library refuses: {text}")
    print(f"{asked} bad policies, {beyond} of them beyond a schema")
    return bad


# ------------------------------------------------------------ damage

SCRAPS = [None, True, False, 0, -1, 7, 1000000, 1.5, "", "X y", "name", "PT1H", "PT0S", "P1M", [], {},
          ["name"], {"attr": "grade", "eq": 1}, {"fact": "name"}, {"seen": "name"}]


def places(value, path=()):
    """Every member and element: the path to it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield path + (key,)
        yield from places(inner, path + (key,))


def damage(document, dice):
    damaged = copy.deepcopy(document)
    path = dice.choice(list(places(document)))
    parent = damaged
    for key in path[:-1]:
        parent = parent[key]
    kind = dice.randrange(4)
    if kind == 0:
        del parent[path[-1]]
    elif kind == 1 and isinstance(parent, dict):
        parent[dice.choice(["foreign", "level", "kind", "until", "when", "asked", "cap", "limit", "order"])] = dice.choice(SCRAPS)
    elif kind == 2 and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[path[-1]]))
    else:
        parent[path[-1]] = copy.deepcopy(dice.choice(SCRAPS))
    return damaged


class Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int), ("line", ctypes.c_int), ("column", ctypes.c_int),
                ("source", ctypes.c_char * 128), ("pointer", ctypes.c_char * 256), ("text", ctypes.c_char * 320)]


class Library:
    def __init__(self, path):
        self.sla = ctypes.CDLL(path)
        self.sla.sla_policies_new.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)]
        self.sla.sla_policies_add.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p,
                                              ctypes.POINTER(Error)]
        self.sla.sla_policies_unref.argtypes = [ctypes.c_void_p]

    def complaint(self, document):
        """The complaint about a document on its own, or None."""
        policies, error = ctypes.c_void_p(), Error()
        text = json.dumps(document).encode()
        self.sla.sla_policies_new(None, ctypes.byref(policies))
        result = self.sla.sla_policies_add(policies, text, len(text), b"damaged", ctypes.byref(error))
        self.sla.sla_policies_unref(policies)
        return None if result == 0 else f"{error.pointer.decode()}: {error.text.decode(errors='replace')}"


def check_damaged(validator, policies, library):
    seed = int(os.environ.get("SLA_SEED", "20260101"))
    rounds = 20000 if os.environ.get("SLA_LONG") == "1" else 1500
    dice = random.Random(seed)
    documents = [load(path) for path in corpus(policies / "valid")]
    documents += [load(policies / "valid" / "everything.json")] * len(documents)  # the richest, half of the time
    bad, refused = [], 0
    for _ in range(rounds):
        damaged = damage(dice.choice(documents), dice)
        complaint = library.complaint(damaged)
        accepted = validator.is_valid(damaged)
        refused += complaint is not None
        if not accepted and complaint is None:
            error = jsonschema.exceptions.best_match(validator.iter_errors(damaged))
            bad.append(f"the schema alone refuses {error.json_path}: {error.message[:300]}")
        if accepted and complaint is not None and not REASON.search(complaint):
            bad.append(f"the library alone refuses {complaint}")
    print(f"{rounds} damaged policies under seed {seed}, {refused} refused")
    return bad


def main():
    source = pathlib.Path(sys.argv[1])
    policies = source / "tests/policies"
    schema = load(source / "docs/schema/policy.schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    bad = check_good(validator, policies) + check_bad(validator, policies / "invalid")
    if len(sys.argv) > 2:
        bad += check_damaged(validator, policies, Library(sys.argv[2]))
    print("\n".join(sorted(set(bad))[:40]))
    return 1 if bad else 0


sys.exit(main())

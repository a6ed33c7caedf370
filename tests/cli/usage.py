"""A command line that is wrong: exit 2, nothing on standard output, nothing made, and a
complaint that is one line of JSON for whoever asked for JSON, in every subcommand.

    usage.py SLA [unittest arguments]
"""
import json
import re
import unittest

from case import Case

FILES = ("-p", "support.json", "-c", "desk.json")
WHEN = "1899-01-01T00:00:00Z"

# By subcommand: words that would be right but for the last ones, and what is said of those.
WRONG = {
    "check": ((("--nothing",), "--nothing"), (("--at", WHEN, "desk.json"), "--at"), ((), "no file")),
    "calendar": ((("eval", "desk.json", "--nothing"), "--nothing"), (("ask",), "'ask' is not known"),
                 ((), "no calendar"), (("eval", "desk.json", "--progress", "x"), "--progress")),
    "replay": (((*FILES, "--nothing"), "--nothing"), (("day.jsonl",), "no policy"), ((*FILES, "--until", WHEN), "--until"),
               ((*FILES, "--by", "grade"), "--summary"), ((*FILES, "a", "b"), "one file of facts")),
    "run": (((*FILES, "--nothing"), "--nothing"), ((), "no policy"), ((*FILES, "--exec-jobs", "0"), "--exec-jobs"),
            ((*FILES, "--until-idle", "x"), "standard input")),
    "explain": (((*FILES, "--nothing"), "--nothing"), ((*FILES, "day.jsonl"), "no ticket"),
                ((*FILES, "-T", "A", "--cycle", "0"), "--cycle"), ((*FILES, "-T", "A", "--at", WHEN), "--at")),
    "story": (((*FILES, "--nothing"), "--nothing"), (("day.jsonl",), "no policy"), ((*FILES, "--by", "A B"), "--by"),
              ((*FILES, "--offset", "x"), "--offset")),
    "import": (((*FILES, "--nothing"), "--nothing"), (("day.jsonl",), "no policy"), ((*FILES, "--map", "x"), "--map is"),
               ((*FILES, "--told-until", WHEN), "--told-until"), ((*FILES, "--dry-run", "--yes"), "one of them"),
               ((*FILES, "--yes", "--store", "memory:"), "forget all of it")),
    "db": ((("check", "sqlite:x.db", "--nothing"), "--nothing"), (("make", "sqlite:x.db"), "'make' is none of"),
           ((), "the URI of a store"), (("check", "memory:"), "no tables"), (("init", "sqlite:x.db", "--pooled"), "of PostgreSQL")),
    "plan": (((*FILES, "--nothing"), "--nothing"), (("day.jsonl",), "no policy"), (FILES, "no profile"),
             ((*FILES, "a", "b"), "one profile"), ((*FILES, "a", "--from", "monday"), "--from"),
             ((*FILES, "a", "--weeks", "0"), "--weeks"), ((*FILES, "a", "--handlers", "3-1"), "--handlers"),
             ((*FILES, "a", "--handlers", "1-501"), "at most 500"), ((*FILES, "a", "--on-time", "101"), "--on-time"),
             ((*FILES, "a", "--report", "-"), "name a file"), ((*FILES, "a", "--schema", "x"), "of PostgreSQL"),
             ((*FILES, "a", "--zone", "UTC"), "for --learn"), (("a", "--learn", "--weeks", "2"), "goes with")),
}

# What is no store, and what to write instead.
NO_STORE = (("nothing:", "a store is sqlite:PATH"), ("", "a store is sqlite:PATH"), ("x.db", "a store is sqlite:PATH"),
            ("sqlite:", "wants the path of a file"), ("sqlite://host/x.db", "a store is sqlite:PATH"),
            ("sqlite:file:x.db", "sqlite:./NAME"), ("sqlite:file:///x.db?mode=ro", "sqlite:./NAME"),
            ("sqlite:x.db?mode=ro", "sqlite:./NAME"), ("mysql://host/x", "a store is sqlite:PATH"))


class Usage(Case):
    def refused(self, *words, exit=2):
        before = sorted(self.path(".").iterdir())
        self.assertEqual("", self.sla(*words, exit=exit), words)
        self.assertEqual(before, sorted(self.path(".").iterdir()), words)
        return self.errors

    def the_one(self, *words, exit=2):
        spoken, = map(json.loads, self.refused(*words, exit=exit).splitlines())
        self.assertEqual({"time", "level", "what", "text"}, set(spoken), words)
        self.assertEqual(("error", "complaint"), (spoken["level"], spoken["what"]), words)
        return spoken["text"]

    def test_every_subcommand_is_here(self):
        found = re.search(r"Commands:\n((?:  \w+ .*\n)+)", self.sla("--help")).group(1)
        self.assertEqual(set(WRONG), {line.split()[0] for line in found.splitlines()})

    def test_what_is_wrong_with_the_words(self):
        for command, rows in WRONG.items():
            for words, said in rows:
                with self.subTest(command=command, words=words):
                    self.assertIn(said, self.refused(command, *words))
                    self.assertRegex(self.errors, r"^sla( \w+)?: ")
                    for line in (("--json", *words), (*words, "--json"), (*words, "-j"), (*words, "--js")):
                        self.assertIn(said, self.the_one(command, *line))

    def test_what_is_no_store(self):
        for uri, said in NO_STORE:
            for words in (("db", "check", uri), ("db", "init", uri), ("run", *FILES, "--store", uri),
                          ("replay", *FILES, "--store", uri, "day.jsonl"),
                          ("import", *FILES, "--yes", "--store", uri, "day.jsonl")):
                with self.subTest(words=words):
                    self.assertIn(said, self.refused(*words))
                    self.assertIn(said, self.the_one(*words, "--json"))

    def test_a_name_is_meant_that_says_so(self):
        for name in ("file:x.db", "x?y.db"):
            self.sla("db", "init", f"sqlite:./{name}")
            self.assertTrue(self.path(name).exists())

    def test_no_command(self):
        for words in (("nothing",), ()):
            self.refused(*words)
            self.the_one(*words, "--json", exit=2)

    def test_what_comes_after_the_words(self):
        missing = ("-p", "missing.json", "day.jsonl")
        for words in (("replay", *missing), ("story", *missing), ("import", *missing), ("explain", "-T", "A", *missing),
                      ("run", "-p", "missing.json"), ("calendar", "eval", "missing.json")):
            spoken = [json.loads(line) for line in self.refused(*words, "--json", exit=74).splitlines()]
            self.assertEqual(("missing.json", "SLA_ERR_NOT_FOUND"), (spoken[0]["source"], spoken[0]["code"]), words)
            self.assertIn("bundled are: ", spoken[1]["text"])
            self.assertTrue(spoken[1]["text"].endswith("workorder"), "the list is whole")
        self.write("bad.jsonl", ["{", '{"ticket":"A"}'])
        self.sla("replay", *FILES, "--json", "bad.jsonl", exit=6)
        self.assertEqual([1, 2], [json.loads(line)["line"] for line in self.errors.splitlines()])

    def test_the_words_of_a_program_are_its_own(self):
        self.assertTrue(self.refused("run", "--nothing", "--exec", "sh", "--json").startswith("sla run: "))


if __name__ == "__main__":
    unittest.main(verbosity=1)

"""What the command `sla` does to files and streams when they are not as they should be:
outputs that are inputs, descriptors that are closed, disks that are full, names of
nothing, bytes that are no text.

    files.py SLA [unittest arguments]
"""
import base64
import json
import os
import subprocess
import unittest

from case import DAY, SLA, Case, fact, opened

GIVEN = ("-p", "support.json", "-c", "desk.json")


class Files(Case):
    def shell(self, command, exit=0):
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=120,
                              cwd=self.folder.name, env={**os.environ, "SLA": str(SLA)})
        self.assertEqual(exit, done.returncode, done.stderr + done.stdout)
        self.errors = done.stderr
        return done.stdout

    def read(self, name):
        return self.path(name).read_text(encoding="utf-8")

    REPLAY = '"$SLA" replay -p support.json -c desk.json'


class WhatIsReadIsNotWritten(Files):
    def refused(self, command, *names):
        before = {path.name: path.read_bytes() for path in self.path(".").iterdir()}
        self.shell(command, exit=2)
        self.assertIn("would be written over", self.errors)
        for name in names:
            self.assertIn(name, self.errors)
        self.assertEqual(before, {path.name: path.read_bytes() for path in self.path(".").iterdir()})

    def test_the_facts(self):
        self.path("link.jsonl").symlink_to("day.jsonl")
        os.link(self.path("day.jsonl"), self.path("hard.jsonl"))
        for name in ("day.jsonl", "link.jsonl", "hard.jsonl", "./day.jsonl"):
            for option in ("-o", "--rejects"):
                self.refused(f"{self.REPLAY} {option} {name} day.jsonl", name)
                self.refused(f"{self.REPLAY} --by-occurred {option} {name} day.jsonl", name)

    def test_the_facts_on_standard_input(self):
        self.refused(f"{self.REPLAY} -o day.jsonl <day.jsonl", "day.jsonl", "standard input")

    def test_policies_and_calendars(self):
        for name in ("support.json", "desk.json"):
            for option in ("-o", "--rejects"):
                self.refused(f"{self.REPLAY} {option} {name} day.jsonl", name)

    def test_two_outputs_in_one_file(self):
        self.refused(f"{self.REPLAY} -o out.jsonl -r out.jsonl day.jsonl", "out.jsonl")
        self.refused(f"{self.REPLAY} -o out.jsonl -r ./out.jsonl day.jsonl", "out.jsonl")
        self.write("out.jsonl", "kept\n")
        self.refused(f"{self.REPLAY} -o out.jsonl -r out.jsonl day.jsonl", "out.jsonl")

    def test_the_other_output_is_not_emptied_either(self):
        self.write("events.jsonl", "kept\n")
        self.refused(f"{self.REPLAY} -o events.jsonl -r day.jsonl day.jsonl", "day.jsonl")

    def test_what_the_shell_appends(self):
        self.write("questions.jsonl", '{"op":"is_open","from":"2026-03-02T09:00:00Z"}\n')
        for command, name in ((f"{self.REPLAY} day.jsonl", "day.jsonl"),
                              ('"$SLA" story -p support.json -c desk.json day.jsonl', "day.jsonl"),
                              ('"$SLA" explain -p support.json -c desk.json -T A day.jsonl', "support.json"),
                              ('"$SLA" check support.json desk.json', "desk.json"),
                              ('"$SLA" calendar eval desk.json questions.jsonl', "questions.jsonl")):
            self.refused(f"{command} >>{name}", name)

    def test_complaints_appended_to_what_is_read(self):
        self.write("mix.jsonl", [*DAY, "nonsense"])
        for name in ("mix.jsonl", "desk.json"):
            before = self.read(name)
            self.shell(f"{self.REPLAY} mix.jsonl 2>>{name}", exit=2)
            self.assertEqual(before, self.read(name))
        self.shell(f"{self.REPLAY} mix.jsonl 2>>log", exit=6)

    def test_no_facts_to_read(self):
        self.write("events.jsonl", "kept\n")
        for name in ("nothing.jsonl", "."):
            self.shell(f"{self.REPLAY} -o events.jsonl {name}", exit=74)
            self.assertEqual("kept\n", self.read("events.jsonl"))

    def test_both_on_standard_output(self):
        self.shell(f"{self.REPLAY} -r - day.jsonl", exit=2)
        self.shell(f"{self.REPLAY} -r - -o events.jsonl day.jsonl")

    def test_other_files_are_written_over(self):
        self.write("events.jsonl", "old\n" * 10000)
        self.write("rejects.jsonl", "old\n" * 10000)
        self.shell(f"{self.REPLAY} -o events.jsonl -r rejects.jsonl day.jsonl")
        self.assertEqual(self.shell(f"{self.REPLAY} day.jsonl"), self.read("events.jsonl"))
        self.assertEqual("", self.read("rejects.jsonl"))

    def test_pipes_and_devices(self):
        self.assertEqual(self.shell(f"{self.REPLAY} day.jsonl"),
                         self.shell(f"{self.REPLAY} -o /dev/stdout day.jsonl | cat"))
        self.shell(f"{self.REPLAY} -o /dev/null -r /dev/null day.jsonl")


class WhatIsClosedOrFull(Files):
    def setUp(self):
        super().setUp()
        self.write("mix.jsonl", [*DAY, "nonsense"])

    def test_no_standard_output(self):
        self.shell(f"{self.REPLAY} --rejects r.jsonl mix.jsonl >&-", exit=74)
        self.assertIn("standard output: cannot be written: Bad file descriptor", self.errors)
        self.assertEqual([8], [json.loads(line)["line"] for line in self.read("r.jsonl").splitlines()])

    def test_no_standard_error(self):
        events = self.shell(f"{self.REPLAY} day.jsonl")
        self.shell(f"{self.REPLAY} -o events.jsonl mix.jsonl 2>&-", exit=6)
        self.assertEqual(events, self.read("events.jsonl"))

    def test_no_standard_input(self):
        for command in (self.REPLAY, '"$SLA" calendar eval desk.json',
                        '"$SLA" calendar eval cn_office',
                        '"$SLA" story -p support.json -c desk.json'):
            self.shell(f"{command} <&-", exit=74)
            self.assertIn("standard input: Bad file descriptor", self.errors)
        self.shell(f"{self.REPLAY} day.jsonl <&-")

    def test_a_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        for command in ('"$SLA" --help', '"$SLA" --version', '"$SLA" replay --help',
                        f"{self.REPLAY} day.jsonl", f"{self.REPLAY} --summary day.jsonl",
                        '"$SLA" story -p support.json -c desk.json day.jsonl',
                        '"$SLA" explain -p support.json -c desk.json -T A day.jsonl',
                        '"$SLA" check support.json desk.json',
                        'echo x | "$SLA" calendar eval desk.json'):
            self.shell(f"{command} >/dev/full", exit=74)
            self.assertEqual(1, self.errors.count("cannot be written: No space left on device"),
                             self.errors)
        self.shell(f"{self.REPLAY} -r /dev/full mix.jsonl", exit=74)

    def test_the_largest_trouble_is_the_exit(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        self.shell(f"{self.REPLAY} mix.jsonl >/dev/full", exit=74)
        explain = '"$SLA" explain -p support.json -c desk.json'
        self.shell(f"{explain} -T Z mix.jsonl", exit=6)
        self.assertLess(self.errors.index("mix.jsonl:8"), self.errors.index('no ticket "Z"'))
        self.shell(f"{explain} -T Z day.jsonl", exit=1)
        self.write("bad.json", "{}")
        self.shell('"$SLA" replay -p bad.json -p nowhere.json day.jsonl', exit=74)
        self.assertIn("bad.json", self.errors)


class WhatIsNotThere(Files):
    def test_check_goes_on(self):
        self.write("bad.json", "{}")
        text = self.sla("check", "bad.json", "nofile", "desk.json", exit=74)
        self.assertRegex(text, r"(?m)^bad\.json:1:1: error: ")
        self.assertRegex(text, r"(?m)^nofile: error: there is no such file")
        self.assertIn("desk.json: a good calendar", text)
        self.assertIn("3 read, 2 not valid", text)
        found = json.loads(self.sla("check", "--json", "bad.json", "nofile", "desk.json", exit=74))
        self.assertEqual([("bad.json", False), ("nofile", False), ("desk.json", True)],
                         [(file["source"], file["valid"]) for file in found["files"]])
        self.assertEqual("SLA_ERR_NOT_FOUND", found["files"][1]["code"])
        self.assertNotIn("kind", found["files"][1])

    def test_what_is_wrong_together_has_its_file(self):
        policy = json.loads(self.path("support.json").read_text())
        self.write("lost.json", json.dumps({**policy, "calendar": "lost"}))
        together = json.loads(self.sla("check", "--json", "lost.json", exit=3))["together"]
        self.assertEqual((False, "lost.json", 1), (together["valid"], together["source"], together["line"]))
        self.assertIn('"lost"', together["error"])

    def test_a_folder(self):
        self.assertIn(".: error: Is a directory", self.sla("check", ".", "desk.json", exit=74))
        self.sla("replay", "-p", ".", "day.jsonl", exit=74)
        self.assertIn(".: Is a directory", self.errors)


class WhatIsNoText(Files):
    def rejects(self, content):
        self.path("facts.jsonl").write_bytes(content)
        self.sla("replay", *GIVEN, "-r", "rejects.jsonl", "facts.jsonl", exit=6)
        return [json.loads(line) for line in self.path("rejects.jsonl").read_bytes().splitlines()]

    def test_refused_lines_keep_their_bytes(self):
        for raw in (b'{"ticket":"\xff"}', b"\xc3", b"\xff\xfe", b"ab\xed\xa0\x80"):
            reject, = self.rejects(raw + b"\n")
            self.assertEqual(raw, base64.b64decode(reject["input_base64"], validate=True))
            self.assertEqual(raw.decode("utf-8", "replace").replace("\ufffd", ""),
                             reject["input"].replace("\ufffd", ""))

    def test_text_needs_no_second_form(self):
        reject, = self.rejects('{"ticket":"\u6295\u8bc9'.encode() + b"\n")
        self.assertEqual('{"ticket":"\u6295\u8bc9', reject["input"])
        self.assertFalse({"input_base64", "cut"} & set(reject))

    def test_a_line_that_is_cut_says_so(self):
        reject, = self.rejects(b"x" * ((1 << 20) + 5) + b"\n")
        self.assertEqual((True, "x" * (1 << 20)), (reject["cut"], reject["input"]))

    def test_lines_that_are_no_json(self):
        rows = [("not json", "an object is expected here, and this is no JSON"),
                ("foo", "an object is expected here, and this is no JSON"),
                ("tru", "an object is expected here, and this is no JSON"),
                ("null", "an object is expected here, not null"),
                ("true", "an object is expected here, not true or false"),
                ("\ufeff{}", "the text begins with a byte order mark; save it without one"),
                ('{"ticket":foo}', "a string is expected here, and this is no JSON"),
                ('{"ticket":"A","cycle":x}', "a whole number is expected here, and this is no JSON"),
                ('{"ticket":"A","excluded":yes}', "true or false is expected here, and this is no JSON")]
        for line, want in rows:
            reject, = self.rejects(line.encode() + b"\n")
            self.assertEqual(want, reject["error"], line)
            self.assertEqual("SLA_ERR_FACT" if ", not " in want else "SLA_ERR_SYNTAX", reject["code"])

    def test_no_data_moves_the_cursor(self):
        self.write("day.jsonl", [*DAY, '{"ticket":"A","\\u001b[31m\\u007f\\u009b":1}',
                                 opened("E\u0085", "03T09:00:00", 1),
                                 opened("F\u202e\u2069", "03T09:00:00", 1),
                                 fact("A", "no\u001b", "03T10:00:00")])
        self.sla("replay", *GIVEN, "day.jsonl", exit=6)
        self.assertIn(r"/\u001b[31m\u007f\u009b: unknown member", self.errors)
        for arguments in (("replay", "--text", *GIVEN), ("replay", "--summary", *GIVEN),
                          ("story", *GIVEN), ("explain", *GIVEN, "-T", "F\u202e\u2069")):
            said = self.sla(*arguments, "day.jsonl", exit=6) + self.errors
            bad = [c for c in said if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or
                                                    c in "\u202e\u2069")]
            self.assertEqual([], bad, arguments)

    def test_values_and_displays(self):
        self.write("day.jsonl", [fact("A", "opened", "02T09:00:00",
                                      attributes={"kind": "fault", "grade": 1, "desk": "a\nb"}),
                                 fact("A", "resolved", "02T10:00:00")])
        for arguments in (("replay", "--summary", "--by", "desk"), ("story", "--by", "desk")):
            self.assertIn(r"a\u000ab", self.sla(*arguments, *GIVEN, "day.jsonl"))
        found = json.loads(self.sla("replay", "--summary", "--json", "--by", "desk", *GIVEN, "day.jsonl"))
        self.assertEqual("a\nb", found["targets"][0]["value"])

    def test_columns_stand_above_their_shares(self):
        for value, shown in (("a\tb", r"a\u0009b"), ("a\r\nb", r"a\u000d"), ("Zürich-Oerlikon", "Zürich-Oe"),
                             ("plain", "plain"), ("東京都新宿区西新宿二丁目", "東京都新宿区西新宿")):
            self.write("day.jsonl", [fact("A", "opened", "02T09:00:00",
                                          attributes={"kind": "fault", "grade": 1, "desk": value}),
                                     fact("A", "resolved", "02T10:00:00")])
            told = self.sla("story", "--by", "desk", *GIVEN, "day.jsonl").splitlines()
            heads, shares = next((told[i], told[i + 1]) for i in range(len(told)) if shown in told[i])
            self.assertEqual(shown.rjust(9), heads[43:])
            self.assertEqual(len(heads), len(shares))

    def test_a_file_name(self):
        name = "a\x1b[31m.json"
        self.write(name, "{}")
        self.assertIn(r"a\u001b[31m.json:1:1: error", self.sla("check", name, exit=3))
        self.sla("replay", "-p", name, "day.jsonl", exit=3)
        self.assertIn(r"a\u001b[31m.json:1:1", self.errors)


if __name__ == "__main__":
    unittest.main(verbosity=1)

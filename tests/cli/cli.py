"""What the command `sla` answers, by its exit, its output and its complaints.

Small files are written into a scratch folder, the command is run there, and what
comes out is held against what was worked out by hand.

    cli.py SLA [unittest arguments]
"""
import json
import os
import subprocess
import unittest

from case import DAY, POLICY, SLA, Case, fact, opened


class Usage(Case):
    def test_no_command(self):
        self.sla(exit=2)
        self.assertIn("which command?", self.errors)

    def test_unknown_command(self):
        self.sla("frobnicate", exit=2)

    def test_unknown_option(self):
        for command in ("check", "calendar", "replay", "explain", "story"):
            self.sla(command, "--frobnicate", exit=2)

    def test_help_and_version(self):
        self.assertIn("Exit:", self.sla("--help"))
        self.assertRegex(self.sla("--version"), r"^sla \d+\.\d+\.\d+$")
        for command in ("check", "calendar", "replay", "explain", "story"):
            self.assertIn(f"Usage: sla {command}", self.sla(command, "--help"))

    def test_what_is_missing(self):
        self.sla("check", exit=2)
        self.sla("calendar", "eval", exit=2)
        self.sla("calendar", "ask", "office", exit=2)
        self.sla("replay", exit=2)
        self.sla("explain", "-p", "support.json", exit=2)
        self.sla("explain", "-p", "support.json", "--ticket", "A", "--cycle", "0", exit=2)
        self.sla("replay", "-p", "support.json", "--until", "tomorrow", exit=2)
        self.sla("replay", "-p", "support.json", "--progress", "often", exit=2)

    def test_what_is_not_there(self):
        self.sla("check", "nowhere.json", exit=74)
        self.assertIn("bundled are: 24x7", self.errors)
        self.sla("replay", "-p", "support.json", "-c", "desk.json", "nowhere.jsonl", exit=74)
        self.assertIn("nowhere.jsonl", self.errors)

    def test_what_cannot_be_written(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        self.sla("replay", "-p", "support.json", "-c", "desk.json", "-o", "/dev/full",
                 "--until", "2026-03-09T00:00:00Z", "day.jsonl", exit=74)
        self.assertIn("cannot be written", self.errors)


class Check(Case):
    def test_good_ones(self):
        text = self.sla("check", "--at", "2026-03-02T00:00:00Z", "support.json", "desk.json")
        self.assertIn("support.json: a good policy", text)
        self.assertIn("desk.json: a good calendar", text)

    def test_bundled_by_name(self):
        self.assertIn("office: a good calendar", self.sla("check", "office"))

    def test_a_bad_policy_has_its_place(self):
        self.write("bad.json", '{\n  "policy": "bad",\n  "version": 1\n}\n')
        text = self.sla("check", "bad.json", "desk.json", exit=3)
        self.assertRegex(text, r"bad\.json:3:\d+: error: /version: ")
        self.assertIn("desk.json: a good calendar", text)

    def test_a_bad_calendar(self):
        self.write("bad.json", '{"kind": "calendar", "name": "x", "version": "1"}')
        self.sla("check", "bad.json", exit=3)

    def test_no_json_at_all(self):
        self.write("bad.json", "hours: 9 to 5")
        self.assertRegex(self.sla("check", "bad.json", exit=3), r"bad\.json:1:1: error: ")

    def test_a_calendar_nobody_has(self):
        self.write("lost.json", json.dumps({**POLICY, "calendar": "lost"}))
        said = self.sla("check", "lost.json", exit=3)
        self.assertRegex(said, r'lost\.json:1:\d+: error: /calendar: there is no calendar "lost"')

    def test_a_calendar_that_no_policy_asks_for(self):
        for at in ("2026-11-21T00:00:00Z", "2030-01-01T00:00:00Z"):
            said = self.sla("check", "--at", at, "cn_office", exit=1)
            self.assertRegex(said, r"cn_office:\d+:\d+: remark calendar_ends_soon: /known_until: ")
        self.sla("check", "--at", "2026-03-02T00:00:00Z", "cn_office")
        past = {"kind": "calendar", "name": "past", "version": "1", "zone": "UTC",
                "week": {"mon-fri": ["09:00-17:00"]}, "horizon": {"from_year": 2020, "to_year": 2022}}
        self.write("past.json", json.dumps(past, indent=1))
        said = self.sla("check", "past.json", exit=1)
        self.assertRegex(said, r"past\.json:6:\d+: remark zero_hour_calendar: /week: ")
        self.assertRegex(said, r"past\.json:\d+:\d+: remark calendar_ends_soon: /horizon: the horizon")

    def test_neither_a_policy_nor_a_calendar(self):
        self.write("odd.json", '{"kind": "kalender", "name": "x"}')
        self.assertIn("neither a policy nor a calendar", self.sla("check", "odd.json", exit=3))

    def test_a_remark(self):
        ladder = {"step": "early", "before": "PT20H", "to": "agent"}
        target = {**POLICY["targets"][0], "steps": [ladder]}
        self.write("odd.json", json.dumps({**POLICY, "targets": [target]}))
        self.assertRegex(self.sla("check", "odd.json", "desk.json", exit=1),
                         r"odd\.json:1:\d+: remark step_before_start: /targets/0/steps/0: ")
        found = json.loads(self.sla("check", "--json", "odd.json", "desk.json", exit=1))
        self.assertEqual("step_before_start", found["remarks"][0]["code"])
        self.assertEqual("/targets/0/steps/0", found["remarks"][0]["pointer"][:18])
        self.assertEqual(1, found["remarks"][0]["line"])

    def test_json(self):
        self.write("bad.json", '{\n  "policy": "bad",\n  "version": 1\n}\n')
        found = json.loads(self.sla("check", "--json", "bad.json", "desk.json", exit=3))
        bad, desk = found["files"]
        self.assertEqual((False, "/version", 3), (bad["valid"], bad["pointer"], bad["line"]))
        self.assertEqual((True, "calendar"), (desk["valid"], desk["kind"]))
        self.assertFalse(found["together"]["valid"])


class Calendar(Case):
    def eval(self, *questions, exit=0, calendar="desk.json"):
        stdin = "".join((q if isinstance(q, str) else json.dumps(q)) + "\n" for q in questions)
        return self.lines("calendar", "eval", calendar, stdin=stdin, exit=exit)

    def test_every_operation(self):
        rows = [
            ({"op": "add", "from": "2026-03-02T09:00:00Z", "for": "PT8H"},
             {"at": "2026-03-02T17:00:00Z"}),
            ({"op": "add", "from": "2026-03-02T09:00:00Z", "for": "PT8H", "exact_fit": "next_open"},
             {"at": "2026-03-03T09:00:00Z"}),
            ({"op": "sub", "from": "2026-03-03T10:00:00Z", "for": "PT2H"},
             {"at": "2026-03-02T16:00:00Z"}),
            ({"op": "between", "from": "2026-03-02T16:00:00Z", "to": "2026-03-03T10:00:00Z"},
             {"open_s": 7200}),
            ({"op": "between", "from": "2026-03-02T16:00:00Z", "to": "2026-03-02T16:00:00.25Z"},
             {"open_s": 0.25}),
            ({"op": "is_open", "from": "2026-03-02T09:00:00Z"}, {"open": True}),
            ({"op": "is_open", "from": "2026-03-02T17:00:00Z"}, {"open": False}),
            ({"op": "next_open", "from": "2026-03-07T12:00:00Z"}, {"at": "2026-03-09T09:00:00Z"}),
            ({"op": "next_close", "from": "2026-03-02T12:00:00Z"}, {"at": "2026-03-02T17:00:00Z"}),
            ({"op": "add_workdays", "from": "2026-03-07T10:00:00Z", "days": 1},
             {"at": "2026-03-10T09:00:00Z"}),
            ({"op": "add_workdays", "from": "2026-03-07T10:00:00Z", "days": 1, "roll": "backward"},
             {"at": "2026-03-09T10:00:00Z"}),
            ({"op": "add_workdays", "from": "2026-03-02T10:00:00Z", "days": 2, "end": "close"},
             {"at": "2026-03-04T17:00:00Z"}),
            ({"op": "add_days", "from": "2026-03-02T10:00:00Z", "days": 5, "end": "day"},
             {"at": "2026-03-08T00:00:00Z"}),
            ({"op": "cutoff", "from": "2026-03-02T16:00:00Z", "before": "16:00"},
             {"at": "2026-03-04T00:00:00Z"}),
        ]
        answers = self.eval(*[question for question, _ in rows])
        for (question, want), got in zip(rows, answers, strict=True):
            got.pop("provisional", None)
            self.assertEqual(want, got, question)

    def test_a_bad_line_is_answered_and_the_rest_goes_on(self):
        good = {"op": "is_open", "from": "2026-03-02T09:00:00Z"}
        answers = self.eval("nonsense", good, "", {"op": "fly"}, {**good, "days": 3},
                            {"op": "add", "from": "2026-03-02T09:00:00"},
                            {"op": "add_days", "from": "2026-03-02T09:00:00Z", "days": 1.5},
                            {"op": "add", "from": "2026-03-02T09:00:00Z", "for": "P1M"},
                            {"op": "add", "from": "2199-12-31T23:00:00Z", "for": "P9W"}, "[]", good,
                            exit=6)
        self.assertEqual([1, None, 4, 5, 6, 7, 8, 9, 10, None], [a.get("line") for a in answers])
        self.assertIn("with offset", answers[4]["error"])

    def test_bundled_from_a_file(self):
        self.write("questions.jsonl", [{"op": "add", "from": "2026-03-02T09:00:00+08:00",
                                        "for": "PT8H", "exact_fit": "close"}])
        self.assertEqual([{"at": "2026-03-02T09:00:00Z"}],
                         self.lines("calendar", "eval", "cn_office", "questions.jsonl"))

    def test_what_is_not_known_yet_is_provisional(self):
        answers = self.eval({"op": "next_open", "from": "2035-01-01T00:00:00Z"}, calendar="cn_office")
        self.assertTrue(answers[0]["provisional"])
        behind, last, before = ("2027-01-05T10:00:00+08:00", "2026-12-31T17:00:00+08:00",
                                "2026-12-21T10:00:00+08:00")
        midnight = "2027-01-01T00:00:00+08:00"
        rows = [  # whether the hours of a date behind 2026-12-31 were asked for
            (True, {"op": "sub", "from": behind, "for": "PT80H"}),
            (False, {"op": "sub", "from": midnight, "for": "PT8H"}),
            (True, {"op": "add", "from": last, "for": "PT2H"}),
            (False, {"op": "add", "from": before, "for": "PT2H"}),
            (True, {"op": "between", "from": before, "to": behind}),
            (False, {"op": "between", "from": behind, "to": before}),
            (False, {"op": "between", "from": before, "to": midnight}),
            (True, {"op": "is_open", "from": midnight}),
            (False, {"op": "is_open", "from": last}),
            (True, {"op": "add_workdays", "from": "2027-01-04T10:00:00+08:00", "days": -3}),
            (True, {"op": "add_workdays", "from": "2026-12-31T20:00:00+08:00", "days": -1}),
            (False, {"op": "add_workdays", "from": before, "days": -1}),
            (False, {"op": "add_workdays", "from": "2026-12-30T10:00:00+08:00", "days": 1, "end": "day"}),
            (False, {"op": "add_days", "from": before, "days": 40}),
            (False, {"op": "cutoff", "from": behind, "before": "16:00"}),
            (True, {"op": "cutoff", "from": "2026-12-31T16:00:00+08:00", "before": "16:00",
                    "next_day": "workday"}),
        ]
        answers = self.eval(*[question for _, question in rows], calendar="cn_office")
        for (want, question), got in zip(rows, answers, strict=True):
            self.assertEqual(want, got.get("provisional", False), question)

    def test_no_cut_off_answers_with_an_instant_before_the_question(self):
        question = {"op": "cutoff", "from": "2026-03-02T14:00:00Z", "before": "16:00", "today": "12:00"}
        for answer in self.eval(question, {**question, "today": "17:00", "days": 0}, exit=6):
            self.assertIn("not before \"before\"", answer["error"])

    def test_a_policy_is_no_calendar(self):
        self.sla("calendar", "eval", "support.json", exit=3)


class Replay(Case):
    UNTIL = ("--until", "2026-03-04T00:00:00Z")

    def told(self, events):
        return [(e["at"][8:16], e["ticket"], e["event"], e["step"], e["repeat"]) for e in events]

    def test_a_day(self):
        events = [e for e in self.told(self.replay(*self.UNTIL)) if e[2] != "due_changed"]
        self.assertEqual([
            ("02T11:00", "A", "warning", "half"),
            ("02T12:30", "A", "met", "met"),
            ("02T15:00", "C", "warning", "half"),
            ("02T16:00", "B", "warning", "half"),
            ("02T17:00", "C", "breached", "breach"),
            ("02T17:00", "C", "escalated", "level_1"),
            ("03T09:30", "C", "reminded", "level_1"),
            ("03T10:00", "C", "missed", "missed"),
            ("03T12:00", "B", "breached", "breach"),
            ("03T12:00", "B", "escalated", "level_1"),
            ("03T12:30", "B", "reminded", "level_1"),
            ("03T13:00", "B", "reminded", "level_1"),
            ("03T14:00", "B", "escalated", "level_2"),
        ], [e[:4] for e in events])

    def test_without_until_it_ends_with_the_last_recording(self):
        self.assertEqual("2026-03-03T10:00:00Z", self.replay()[-1]["told"])

    def test_a_fact_of_the_instant_comes_before_its_step(self):
        facts = [opened("A", "02T09:00:00", 1), fact("A", "resolved", "02T13:00:00")]
        self.assertEqual(["warning", "met"], [e["event"] for e in self.replay(facts=facts)])

    def test_a_late_fact_takes_back_what_was_told(self):
        facts = [opened("A", "02T09:00:00", 1),
                 fact("A", "resolved", "02T12:00:00", recorded="02T15:00:00", id="late")]
        kinds = [e["event"] for e in self.replay(facts=facts)]
        self.assertIn("breached", kinds)
        self.assertIn("breach_retracted", kinds)
        self.assertEqual("met", kinds[-1])

    def test_by_occurred(self):
        facts = [opened("B", "02T10:00:00", 2),
                 fact("A", "resolved", "02T12:00:00", recorded="02T15:00:00"),
                 opened("A", "02T09:00:00", 1)]
        events = self.replay("--by-occurred", facts=facts)
        self.assertEqual([("A", "warning"), ("A", "met")], [(e["ticket"], e["event"]) for e in events])
        self.assertEqual("2026-03-02T12:00:00Z", events[-1]["told"])

    def test_what_recording_refuses_has_its_place(self):
        self.write("typed.jsonl", [opened("A", "02T09:00:00", "high")])
        self.sla("replay", "-p", "support.json", "-c", "desk.json", "--rejects", "no.jsonl",
                 "typed.jsonl", exit=6)
        line, reject = self.path("typed.jsonl").read_text(), json.loads(self.path("no.jsonl").read_text())
        self.assertEqual("/attributes/grade", reject["pointer"])
        self.assertEqual(line.index('"grade"') + 1, reject["column"])
        self.assertIn("write it without quotes", reject["error"])

    def test_standard_input(self):
        text = self.path("day.jsonl").read_text()
        self.assertEqual(self.replay(), self.lines("replay", "-p", "support.json", "-c", "desk.json",
                                                   stdin=text))

    def test_the_last_line_needs_no_end(self):
        text = self.path("day.jsonl").read_text()
        whole = self.replay()
        self.write("day.jsonl", text.rstrip("\n"))
        self.assertEqual(whole, self.replay())
        self.write("day.jsonl", text.replace("\n", "\r\n\r\n"))
        self.assertEqual(whole, self.replay())

    def test_bad_lines_are_refused_and_the_rest_goes_on(self):
        bad = [fact("A", "resolved", "02T12:30:00", id="a1"),           # another content
               {**fact("A", "resolved", "02T12:30:00"), "grade": 3},    # an unknown member
               "{\"ticket\": \"\u6295\u8bc9\"", "x" * ((1 << 20) + 5)]
        facts = DAY[:3] + bad + DAY[3:]
        want = self.replay()
        self.assertEqual(want, self.replay("--rejects", "rejects.jsonl", facts=facts, exit=6))
        rejects = [json.loads(line) for line in self.path("rejects.jsonl").read_text().splitlines()]
        self.assertEqual([4, 5, 6, 7], [r["line"] for r in rejects])
        self.assertEqual(["SLA_ERR_CONFLICT", "SLA_ERR_FACT", "SLA_ERR_SYNTAX", "SLA_ERR_TOO_LONG"],
                         [r["code"] for r in rejects])
        self.assertEqual("/grade", rejects[1]["pointer"])
        self.assertEqual(bad[1], json.loads(rejects[1]["input"]))
        for number in (4, 5, 6, 7):
            self.assertIn(f"facts.jsonl:{number}:", self.errors)

    def test_bytes_that_are_no_text(self):
        self.path("facts.jsonl").write_bytes(b'{"ticket":"\xff"}\n\x00\n')
        self.sla("replay", "-p", "support.json", "-c", "desk.json", "-r", "rejects.jsonl",
                 "facts.jsonl", exit=6)
        for line in self.path("rejects.jsonl").read_bytes().splitlines():
            json.loads(line)

    def test_a_duplicate_changes_nothing(self):
        want = self.replay()
        self.assertEqual(want, self.replay(facts=[line for line in DAY for _ in (1, 2)]))

    def test_no_facts(self):
        self.assertEqual([], self.replay(facts=[]))

    def test_summary(self):
        found = json.loads(self.sla("replay", "-p", "support.json", "-c", "desk.json", "--summary",
                                    "--json", *self.UNTIL, "day.jsonl"))
        rows = {row["value"]: row for row in found["targets"]}
        self.assertEqual(["1", "2"], sorted(rows))
        self.assertEqual((1, 2, 1, 0), tuple(rows["1"][k] for k in ("in_time", "accepted", "late", "open")))
        self.assertEqual((0, 1, 1, 1), tuple(rows["2"][k] for k in ("in_time", "accepted", "late", "open")))
        self.assertEqual({"1": 2, "2": 1}, found["escalated"])
        self.assertEqual({"2": 1}, rows["2"]["highest_level"])
        self.assertEqual(7, found["facts"]["recorded"])
        self.assertEqual(3, found["tickets"])

    def test_summary_as_text_and_events_beside_it(self):
        text = self.sla("replay", "-p", "support.json", "-c", "desk.json", "--summary", "-o",
                        "events.jsonl", *self.UNTIL, "day.jsonl")
        self.assertRegex(text, r"(?m)^support\.resolution +1 +1 / 2 ")
        self.assertEqual(self.replay(*self.UNTIL),
                         [json.loads(line) for line in self.path("events.jsonl").read_text().splitlines()])

    def test_summary_by_another_attribute(self):
        found = json.loads(self.sla("replay", "-p", "support.json", "-c", "desk.json", "--summary",
                                    "--json", "--by", "kind", "day.jsonl"))
        self.assertEqual(["fault"], [row["value"] for row in found["targets"]])

    def test_text(self):
        text = self.sla("replay", "-p", "support.json", "-c", "desk.json", "--text", *self.UNTIL,
                        "day.jsonl")
        self.assertIn("2026-03-02T17:00:00Z  C  escalated  support.resolution level_1 level 1 -> "
                      "team_lead", text)

    def test_cloudevents_out_and_in(self):
        envelopes = self.replay("--cloudevents", "--source", "/crm", *self.UNTIL)
        self.assertEqual(self.replay(*self.UNTIL), [e["data"] for e in envelopes])
        self.assertEqual(len(envelopes), len({e["id"] for e in envelopes}))
        self.assertEqual({"/crm"}, {e["source"] for e in envelopes})
        self.assertEqual(sorted(e["sequence"] for e in envelopes), [e["sequence"] for e in envelopes])
        facts = []
        for line in DAY:
            data = {k: v for k, v in line.items() if k in ("attributes",)}
            facts.append({"specversion": "1.0", "source": "/crm", "id": line["id"],
                          "type": f"org.libsla.fact.{line['fact']}.v1", "subject": line["ticket"],
                          "time": line["occurred_at"], "data": data})
        self.assertEqual(self.replay(*self.UNTIL), self.replay(*self.UNTIL, facts=facts))

    def test_bundled_calendars_are_found_by_themselves(self):
        self.write("office.json", json.dumps({**POLICY, "calendar": "office"}))
        self.lines("replay", "-p", "office.json", "day.jsonl")

    def test_bad_policies_stop_it(self):
        self.write("bad.json", "{}")
        self.sla("replay", "-p", "bad.json", "day.jsonl", exit=3)
        self.assertIn("bad.json", self.errors)
        self.sla("replay", "-p", "support.json", "day.jsonl", exit=3)
        self.assertIn('"desk"', self.errors)

    def test_progress(self):
        self.replay("--progress", "always")
        self.assertRegex(self.errors, r"7 lines, \d+ a second, \d+\.\d s\n$")
        self.replay()
        self.assertEqual("", self.errors)

    def test_progress_shows_by_itself_on_a_terminal(self):
        try:
            ours, theirs = os.openpty()
        except OSError as error:
            self.skipTest(f"no terminal to be had here: {error}")
        with open(ours, "rb", buffering=0) as screen:
            subprocess.run([SLA, "replay", "-p", "support.json", "-c", "desk.json", "day.jsonl"],
                           stdout=subprocess.DEVNULL, stderr=theirs, cwd=self.folder.name, check=True)
            os.close(theirs)
            self.assertIn(b"7 lines", screen.read(1000))

    def test_events_come_before_the_next_fact_is_waited_for(self):
        with subprocess.Popen([SLA, "replay", "-p", "support.json", "-c", "desk.json"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                              cwd=self.folder.name) as replay:
            for line in (opened("A", "02T09:00:00", 1), fact("A", "resolved", "02T12:00:00")):
                replay.stdin.write(json.dumps(line) + "\n")
            replay.stdin.flush()
            self.assertEqual("warning", json.loads(replay.stdout.readline())["event"])
            self.assertEqual("met", json.loads(replay.stdout.readline())["event"])
            replay.stdin.close()

    def test_the_same_bytes_again(self):
        arguments = ("replay", "-p", "support.json", "-c", "desk.json", *self.UNTIL, "day.jsonl")
        self.assertEqual(self.sla(*arguments), self.sla(*arguments))


if __name__ == "__main__":
    unittest.main(verbosity=1)

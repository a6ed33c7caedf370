"""What the command `sla` refuses although it could be passed over in silence: options
without effect, contradictions, members and attributes that are not there.

    options.py SLA [unittest arguments]
"""
import json
import pathlib
import unittest

from case import DAY, Case, fact, opened

GIVEN = ("-p", "support.json", "-c", "desk.json")


class Options(Case):
    def refused(self, command, *arguments):
        self.assertEqual("", self.sla(command, *GIVEN, *arguments, "day.jsonl", exit=2))
        return self.errors

    def test_contradictions(self):
        for arguments, said in ((("--text", "--cloudevents"), "one form"),
                                (("--cloudevents", "--text"), "one form"),
                                (("--text", "--json"), "one form"),
                                (("--by", "grade"), "--summary"),
                                (("--source", "/crm"), "--cloudevents"),
                                (("--summary", "--cloudevents"), "--output")):
            self.assertIn(said, self.refused("replay", *arguments), arguments)
        self.refused("explain", "-T", "A", "--at", "2026-03-02T12:00:00Z", "--until",
                     "2026-03-03T12:00:00Z")

    def test_what_does_go_together(self):
        self.sla("replay", *GIVEN, "--summary", "--cloudevents", "-o", "events.jsonl", "day.jsonl")
        self.sla("replay", *GIVEN, "--summary", "--text", "day.jsonl")
        self.sla("replay", *GIVEN, "--json", "day.jsonl")

    def test_an_attribute_nobody_has(self):
        for command in (("replay", "--summary"), ("story",)):
            self.assertIn('"nothere"', self.refused(*command, "--by", "nothere"))
            for text in ("", "Grade", "a b", "grade,", ",grade", "x" * 64):
                self.assertIn("--by", self.refused(*command, "--by", text))
            self.sla(*command, *GIVEN, "--by", "nothere", "/dev/null")
        self.refused("replay", "--summary", "--by", "grade,kind")
        self.sla("story", *GIVEN, "--by", "nothere,grade", "day.jsonl")

    def test_no_policy_at_all(self):
        for command in (("replay",), ("story",), ("explain", "-T", "A")):
            self.sla(*command, "day.jsonl", exit=2)
            self.assertIn("no policy", self.errors)
            self.sla(*command, "-p", "office", "-c", "desk.json", "day.jsonl", exit=2)
            self.assertIn("no policy", self.errors)

    def test_sources_that_are_no_uri(self):
        for source in ("", "a b", 'a"b', "a\\b", "<a>", "\u00e9", "a%", "a%4", "a%4x", "a#b#c", ":a", "1a:b",
                       "a_b:c", "[::1]", "/[::1]", "//[::1", "//::1]", "//[]", "//[::1]x", "//a[::1]",
                       "//[x]", "a\x1b"):
            self.assertIn("--source", self.refused("replay", "-e", "--source", source), source)
        for source in ("/", "/crm", "crm", "./1a:b", "urn:example:crm", "https://u:p@h.example:80/a/b?q=1/?#f/?",
                       "//[::1]", "http://u@[2001:db8::7]:80/x", "%41", "?", "#", "a;b,c", "mailto:a@b.example"):
            self.sla("replay", *GIVEN, "-e", "--source", source, "day.jsonl")

    def test_an_offset_needs_no_sign(self):
        story = self.sla("story", *GIVEN, "--offset", "+08:00", "day.jsonl")
        self.assertEqual(story, self.sla("story", *GIVEN, "--offset", "08:00", "day.jsonl"))
        for text in ("8", "+24:00", "+-08:00", ""):
            self.refused("story", "--offset", text)

    def test_years_beyond(self):
        for command in (("replay", "--until"), ("explain", "-T", "A", "--at"), ("story", "--until")):
            self.assertIn("lies outside the years 1900 to 2199",
                          self.refused(*command, "1899-01-01T00:00:00Z"))


class Questions(Case):
    FROM = '"from":"2026-03-02T10:00:00Z"'

    def test_what_is_wrong_is_named(self):
        rows = [
            ('{"op":"add_days",%s,"days":1,"end":"close"}', '"end": add_days takes same_time or day'),
            ('{"op":"cutoff",%s,"before":"16:00","days":-3}',
             '"days": cutoff takes a whole number from 0 to 100000'),
            ('{"op":"is_open",%s,"at":"2026-03-02T10:00:00Z"}',
             '"from" and "at" are two names of one member: give one'),
            ('{"op":"is_open","at":"1899-01-01T00:00:00Z"}',
             '"at": "1899-01-01T00:00:00Z" lies outside the years 1900 to 2199'),
            ('{"op":"is_open","at":"2026-03-02T10:00:00Z\\u0000"}', '"at": a text cannot contain \\u0000'),
            ('{"op":"is_open\\u0000",%s}', '"op" is not one of: '),
        ]
        stdin = "".join(question.replace("%s", self.FROM) + "\n" for question, _ in rows)
        answers = self.lines("calendar", "eval", "desk.json", stdin=stdin, exit=6)
        for (question, want), got in zip(rows, answers, strict=True):
            self.assertTrue(got["error"].startswith(want), (question, got))

    def test_blank_lines_count_and_get_no_answer(self):
        good = '{"op":"is_open",' + self.FROM + "}\n"
        answers = self.lines("calendar", "eval", "desk.json", stdin=f"\n{good} \t\r\n{good}x\n\n", exit=6)
        self.assertEqual([True, True, None], [answer.get("open") for answer in answers])
        self.assertEqual(5, answers[2]["line"])

    def test_json_changes_nothing(self):
        good = '{"op":"is_open",' + self.FROM + "}\n"
        self.assertEqual([{"open": True}], self.lines("calendar", "eval", "--json", "desk.json", stdin=good))


class Explain(Case):
    def test_a_ticket_that_matched_no_policy(self):
        self.write("day.jsonl", [*DAY, fact("X", "opened", "03T09:00:00", attributes={"kind": "wish"})])
        self.sla("explain", *GIVEN, "-T", "X", "day.jsonl", exit=1)
        self.assertIn('no policy matched the ticket "X"', self.errors)


class Story(Case):
    UNTIL = ("--until", "2026-03-04T00:00:00Z")

    def story(self, *arguments):
        return json.loads(self.sla("story", *GIVEN, "--json", *arguments, "day.jsonl"))

    def test_json(self):
        found = self.story(*self.UNTIL)
        self.assertEqual((3, 7), (found["tickets"], found["facts"]))
        self.assertEqual("2026-03-02T09:00:00Z", found["first_recorded_at"])
        self.assertEqual([("agent", 3, None), ("team_lead", None, 2), ("head", None, 1)],
                         [(t["to"], t.get("warned"), t.get("escalated"))
                          for t in sorted(found["told"], key=lambda t: ["agent", "team_lead", "head"].index(t["to"]))])
        self.assertEqual([{"policy": "support", "target": "resolution", "count": 2, "tickets": ["B", "C"]}],
                         found["breached"])
        self.assertEqual({(1, "team_lead"): 2, (2, "head"): 1},
                         {(e["level"], *e["to"]): e["count"] for e in found["escalated"]})
        self.assertEqual([1, 1, 0, 1], [found["first_day"]["opened"][hour] for hour in (9, 10, 11, 13)])

    def test_json_agrees_with_the_summary(self):
        summary = json.loads(self.sla("replay", *GIVEN, "--summary", "--json", *self.UNTIL, "day.jsonl"))
        self.assertEqual([(f"grade {t['value']}", t["in_time"], t["accepted"]) for t in summary["targets"]],
                         [(t["class"], t["in_time"], t["accepted"]) for t in self.story(*self.UNTIL)["on_time"]])

    def test_display_and_target(self):
        policy = json.loads(self.path("support.json").read_text())
        policy["targets"][0]["display"] = "\u89e3\u51b3"
        self.write("support.json", json.dumps(policy))
        row = self.story()["on_time"][0]
        self.assertEqual(("resolution", "\u89e3\u51b3"), (row["target"], row["display"]))

    def test_json_of_nothing(self):
        self.write("day.jsonl", [])
        found = self.story()
        self.assertEqual((0, None, []), (found["facts"], found["first_recorded_at"], found["on_time"]))

    def test_other_tickets_of_one_name(self):
        self.write("day.jsonl", [opened("A", "02T09:00:00", 1, tenant=t) for t in ("north", "south")])
        self.assertEqual(2, self.story()["tickets"])


def members(document):
    """The names of all members, but for objects whose names are data."""
    if isinstance(document, list):
        return set().union(*map(members, document)) if document else set()
    if not isinstance(document, dict):
        return set()
    found = set(document)
    for name, value in document.items():
        if not (isinstance(value, dict) and name in ("told", "escalated", "highest_level", "derived")):
            found |= members(value)
    return found


class Documented(Case):
    """Every member of the documents is on the page that lists them."""

    def test_members(self):
        page = (pathlib.Path(__file__).parents[2] / "docs/cli.md").read_text(encoding="utf-8")
        self.write("bad.json", '{"policy": 1}')
        self.write("odd.json", self.path("support.json").read_text().replace('"percent": 50', '"before": "PT20H"'))
        rows = (("check", "--json", "odd.json", "desk.json", 1), ("check", "--json", "bad.json", 3),
                ("explain", *GIVEN, "--json", "-T", "B", "day.jsonl", 0),
                ("explain", *GIVEN, "--json", "-T", "C", "--at", "2026-03-02T14:00:00Z", "day.jsonl", 0),
                ("replay", *GIVEN, "--summary", "--json", "day.jsonl", 0),
                ("story", *GIVEN, "--json", "--until", "2026-03-05T00:00:00Z", "day.jsonl", 0))
        for *arguments, code in rows:
            found = members(json.loads(self.sla(*arguments, exit=code)))
            self.assertGreater(len(found), 4)
            self.assertEqual([], sorted(name for name in found if f"`{name}`" not in page), arguments)


if __name__ == "__main__":
    unittest.main(verbosity=1)

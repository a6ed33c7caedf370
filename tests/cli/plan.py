"""sla plan: what is asked, what is answered, and the same in all its forms.

    plan.py SLA [unittest arguments]
"""
import html.parser
import json
import os
import shutil
import subprocess
import unittest

from case import Case

EVEN = {"mon-sun": [10] * 24}
PROFILE = {
    "profile": "even", "arrivals": {"hours": EVEN},
    "desks": [{"desk": "front", "shifts": [{"handlers": 4}]},
              {"desk": "back", "order": "due", "shifts": [{"hours": "08:00-20:00", "handlers": 9}]}],
    "kinds": [{"kind": "fault", "attributes": {"kind": "fault", "grade": 1},
               "life": [{"desk": "front", "work": {"exponential": "PT15M"}, "begins": "waiting", "ends": "answered"},
                        {"wait": "PT20M"},
                        {"desk": "back", "work": {"lognormal": {"median": "PT20M", "p90": "PT1H"}}, "ends": "resolved"}]}],
}
FILES = ("-p", "support.json", "-c", "desk.json", "--from", "2026-03-02", "--weeks", "1")


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.figures, self.curves, self.outside = [], "", 0, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.open.append((tag, attributes.get("id")))
        self.curves += tag == "polyline"
        self.outside += [name for name in attributes if name in ("src", "href")]

    def handle_endtag(self, tag):
        while self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.open and self.open[-1] == ("script", "figures"):
            self.figures += data


class Plan(Case):
    def setUp(self):
        super().setUp()
        self.profile(PROFILE)

    def profile(self, profile):
        self.write("profile.json", json.dumps(profile, indent=1))

    def plan(self, *words, **options):
        return json.loads(self.sla("plan", *FILES, "--json", *words, "profile.json", **options))

    def test_the_figures_fit_together(self):
        plan = self.plan("--handlers", "3-5")
        hours = plan["hours"]
        self.assertEqual(168, len(hours))
        self.assertAlmostEqual(plan["tickets"], sum(hour["opened"] for hour in hours), delta=1)
        self.assertAlmostEqual(plan["facts"], sum(hour["facts"] for hour in hours), delta=1)
        self.assertAlmostEqual(plan["events"], sum(hour["events"] for hour in hours), delta=1)
        self.assertEqual(plan["live"]["most"], max(hour["live_most"] for hour in hours))
        self.assertTrue(1500 < plan["tickets"] < 1860)
        self.assertTrue(3.9 * plan["tickets"] < plan["facts"] < 4.1 * plan["tickets"])
        met = sum(promise["met"] for promise in plan["promises"])
        breached = sum(promise["breached"] for promise in plan["promises"])
        self.assertAlmostEqual(met / (met + breached), plan["on_time"], places=5)
        self.assertEqual(["front", "back"], [desk["desk"] for desk in plan["desks"]])
        self.assertAlmostEqual(2.5, plan["desks"][0]["load"], places=4)
        self.assertAlmostEqual(2.5 / 4, plan["desks"][0]["busy"], delta=0.05)
        self.assertEqual([3, 4, 5], [row["handlers"] for row in plan["sweep"]])

    def test_the_row_of_the_profile_is_its_course(self):
        plan = self.plan("--handlers", "4")
        row, = plan["sweep"]
        self.assertEqual(plan["on_time"], row["on_time"])
        self.assertEqual(plan["desks"][0]["wait_s"], row["wait_s"])

    def test_more_handlers_more_promises(self):
        plan = self.plan("--desk", "back", "--handlers", "5-9", "--on-time", "60")
        kept = [row["on_time"] for row in plan["sweep"]]
        self.assertLess(kept[0], kept[-1])
        waits = [row["wait_s"] for row in plan["sweep"]]
        self.assertEqual(sorted(waits, reverse=True), waits)
        enough = plan["asked"]["handlers"]
        by_handlers = {row["handlers"]: row["on_time"] for row in plan["sweep"]}
        self.assertGreaterEqual(by_handlers[enough], 0.6)
        self.assertLess(by_handlers.get(enough - 1, 0), 0.6)

    def test_what_no_number_of_handlers_keeps(self):
        self.assertIsNone(self.plan("--on-time", "100")["asked"]["handlers"])
        self.assertIn("however many handlers at front do not keep 100 %",
                      self.sla("plan", *FILES, "--on-time", "100", "profile.json"))

    def test_one_seed_one_plan(self):
        self.assertEqual(self.plan(), self.plan())
        self.assertNotEqual(self.plan(), self.plan("--seed", "2"))

    def test_the_page_has_the_same_figures(self):
        plan = self.plan("--report", "report.html", "--on-time", "70")
        text = self.path("report.html").read_text(encoding="utf-8")
        page = Page(text)
        self.assertEqual(plan, json.loads(page.figures))
        self.assertGreaterEqual(page.curves, 8)
        self.assertEqual([], page.outside)
        self.assertFalse("//" in text, "it names nothing elsewhere")
        self.assertTrue(self.sla("plan", *FILES, "--on-time", "70", "profile.json") in text)

    @unittest.skipUnless(os.environ.get("SLA_LONG") == "1", "asked under SLA_LONG=1")
    def test_a_browser_shows_the_page(self):
        browser = shutil.which("chromium")
        if browser is None:
            self.skipTest("there is no chromium")
        plan = self.plan("--report", "report.html")
        words = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=960,2400",
                 f"--user-data-dir={self.path('browser')}"]
        address = self.path("report.html").as_uri()
        shown = subprocess.run([*words, "--dump-dom", address], capture_output=True, text=True, timeout=60)
        page = Page(shown.stdout)
        self.assertEqual(plan, json.loads(page.figures))
        subprocess.run([*words, f"--screenshot={self.path('page.png')}", address], capture_output=True, timeout=60)
        self.assertGreater(self.path("page.png").stat().st_size, 50000)

    def test_a_fact_that_is_refused(self):
        profile = json.loads(json.dumps(PROFILE))
        profile["kinds"][0]["attributes"]["grade"] = "high"
        self.profile(profile)
        plan = self.plan(exit=6)
        self.assertGreater(plan["facts_refused"], 1000)
        spoken, = map(json.loads, self.errors.splitlines())
        self.assertIn("SLA_ERR_FACT", spoken["text"])

    def test_a_profile_that_is_wrong(self):
        self.write("profile.json", '{"profile": "x",\n "arrival": {}}')
        self.sla("plan", *FILES, "profile.json", exit=3)
        self.assertIn("profile.json:2:2: ", self.errors)
        self.sla("plan", *FILES, "--json", "profile.json", exit=3)
        self.assertEqual("/arrival", json.loads(self.errors)["pointer"])
        self.sla("plan", *FILES, "missing.json", exit=74)

    def test_files_are_apart(self):
        for name in ("profile.json", "support.json", "desk.json"):
            before = self.path(name).read_bytes()
            self.sla("plan", *FILES, "--report", name, "profile.json", exit=2)
            self.assertEqual(before, self.path(name).read_bytes())
        self.sla("plan", *FILES, "--desk", "none", "--report", "new.html", "profile.json", exit=2)
        self.assertFalse(self.path("new.html").exists())

    def test_progress(self):
        self.sla("plan", *FILES, "--progress", "always", "profile.json")
        self.assertIn(" hours, ", self.errors)


if __name__ == "__main__":
    unittest.main(verbosity=1)

"""sla plan: what is asked, what is answered, and the same in all its forms.

    plan.py SLA [unittest arguments]
"""
import html.parser
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import unittest

from case import CALENDAR, SLA, Case

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


COSTS = {"breaches": "breached_per_hour",
         **{f"level {level}": ("escalated_per_hour", level - 1) for level in range(1, 7)}}


def with_handlers(handlers):
    """The profile with so many at each desk."""
    profile = json.loads(json.dumps(PROFILE))
    for desk in profile["desks"]:
        for shift in desk["shifts"]:
            shift["handlers"] = handlers[desk["desk"]]
    return profile


class Chart:
    """Curves by their names, and how their places read on the axis."""

    def __init__(self):
        self.title, self.curves, self.ticks = "", {}, []

    def y_of(self, place):
        (low, least), (high, most) = self.ticks[0], self.ticks[-1]
        return least + (place - low) / (high - low) * (most - least)

    @property
    def pixel(self):
        return 0.15 * abs(self.y_of(1) - self.y_of(0))


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.figures, self.charts, self.outside, self.texts = [], "", [], [], {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.open.append((tag, attributes))
        if tag == "figure":
            self.charts.append(Chart())
        self.outside += [name for name in attributes if name in ("src", "href")]

    def handle_startendtag(self, tag, attributes):
        self.outside += [name for name, _ in attributes if name in ("src", "href")]

    def handle_endtag(self, tag):
        while self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tag, attributes = self.open[-1] if self.open else (None, {})
        if tag == "script" and attributes.get("id") == "figures":
            self.figures += data
        elif tag in ("p", "pre"):
            self.texts.setdefault(tag, data)
        elif tag == "figcaption":
            self.charts[-1].title += data
        elif tag == "title" and self.open[-2][0] == "polyline":
            points = self.open[-2][1]["points"].split()
            self.charts[-1].curves[data] = [tuple(map(float, point.split(","))) for point in points]
        elif tag == "text" and attributes.get("class") == "y":
            self.charts[-1].ticks.append((float(attributes["y"]) - 4, float(data)))


class Plan(Case):
    def setUp(self):
        super().setUp()
        self.profile(PROFILE)

    def profile(self, profile):
        self.write("profile.json", json.dumps(profile, indent=1))

    def plan(self, *words, **options):
        return json.loads(self.sla("plan", *FILES, "--json", *words, "profile.json", **options))

    def front(self, *words, **options):
        """Only the first desk's handlers change: fewer courses."""
        return self.plan("--desk", "front", "--handlers", "4", *words, **options)

    def test_the_figures_fit_together(self):
        plan = self.plan("--desk", "front", "--handlers", "3-5")
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
        undecided = sum(promise["undecided"] for promise in plan["promises"])
        self.assertAlmostEqual(met / (met + breached + undecided), plan["on_time"], places=5)
        self.assertEqual(undecided, plan["undecided"])
        front = plan["desks"][0]
        self.assertEqual(front["queue_from"] + plan["tickets"] - front["queue_until"], front["taken"])
        self.assertEqual(["front", "back"], [desk["desk"] for desk in plan["desks"]])
        self.assertAlmostEqual(2.5, plan["desks"][0]["load"], places=4)
        self.assertAlmostEqual(2.5 / 4, plan["desks"][0]["busy"], delta=0.05)
        sweep, = plan["sweeps"]
        self.assertLessEqual({3, 4, 5}, {row["handlers"] for row in sweep["rows"]})
        own, = (row for row in sweep["rows"] if row["handlers"] == 4)
        self.assertEqual(plan["on_time"], own["on_time"], "the row of the profile is its course")
        self.assertEqual(plan["desks"][0]["wait_s"], own["wait_s"])
        memory, rows = plan["memory"], plan["rows"]
        self.assertAlmostEqual(memory["bytes"], memory["tickets"] * memory["bytes_per_ticket"], delta=memory["bytes"] / 1e5)
        self.assertGreaterEqual(memory["tickets"], memory["live_tickets"])
        a_ticket = (rows["ticket_bytes"] + 4 * rows["fact_bytes"]
                    + rows["event_bytes"] * plan["events"] / plan["tickets"])
        self.assertAlmostEqual(a_ticket, rows["bytes_per_ticket"], delta=0.03 * a_ticket)
        self.assertAlmostEqual(rows["bytes_per_ticket"] * plan["tickets"] * 720 / 168, rows["bytes_per_month"],
                               delta=rows["bytes_per_month"] / 1e4)
        database = plan["database"]
        for key, rate in (("commits", database["commits_per_second"]), ("rows", database["rows_per_second"])):
            self.assertAlmostEqual(rate["mean"] * 3600 * 168, sum(hour[key] for hour in hours), delta=1)
            self.assertAlmostEqual(rate["busiest_hour"] * 3600, max(hour[key] for hour in hours), delta=1)
            self.assertLessEqual(rate["busiest_hour"], rate["busiest_second"])
        self.assertLessEqual(plan["herd"]["events"], database["rows_per_second"]["busiest_second"])
        self.assertAlmostEqual(database["bytes_per_second"]["mean"] * 30 * 86400, database["bytes_per_month"],
                               delta=database["bytes_per_month"] / 1e4)
        self.assertLess(rows["bytes_per_month"], database["bytes_per_month"], "a ticket's row is written again and again")
        self.assertEqual(plan["events"], plan["here"]["late_s"]["events"])
        self.assertGreaterEqual(plan["here"]["late_s"]["most"],
                                0.99 * plan["herd"]["events"] * plan["here"]["engine_s"])

    def test_how_many_are_enough(self):
        plan = self.plan("--handlers", "4", "--on-time", "60")
        kept = {sweep["desk"]: {row["handlers"]: row["on_time"] for row in sweep["rows"]} for sweep in plan["sweeps"]}
        self.assertEqual(["front", "back"], [answer["desk"] for answer in plan["answers"]])
        front, back = plan["answers"]
        self.assertIsNone(front["handlers"], "the other desk is what is short")
        self.assertLess(max(kept["front"].values()), 0.6)
        self.assertGreaterEqual(kept["back"][back["handlers"]], 0.6)
        self.assertLess(kept["back"][back["handlers"] - 1], 0.6)
        for sweep in plan["sweeps"]:
            waits = [row["wait_s"] for row in sweep["rows"]]
            self.assertEqual(sorted(waits, reverse=True), waits)
        together = plan["together"]
        self.assertGreaterEqual(together["on_time"], 0.6)
        self.profile(with_handlers(together["handlers"]))
        words = ("--desk", "front", "--handlers", "1")
        self.assertEqual(together["on_time"], self.plan(*words)["on_time"])
        for desk in together["handlers"]:
            fewer = {**together["handlers"], desk: together["handlers"][desk] - 1}
            if fewer[desk] > 0:
                self.profile(with_handlers(fewer))
                self.assertLess(self.plan(*words)["on_time"], 0.6)

    def test_what_no_number_of_handlers_keeps(self):
        profile = with_handlers({"front": 4, "back": 12})
        profile["kinds"][0]["life"][1]["wait"] = "P4D"
        self.profile(profile)
        words = ("--handlers", "4", "--on-time", "90")
        plan = self.plan(*words)
        self.assertEqual([None, None], [answer["handlers"] for answer in plan["answers"]])
        self.assertEqual({"front": None, "back": None}, plan["together"]["handlers"])
        said = self.sla("plan", *FILES, *words, "profile.json")
        self.assertTrue(said.startswith("however many handlers at front do not keep 90 % on time"), said[:200])
        self.assertRegex(said, r"\nhowever many handlers at all desks do not keep 90 % on time\n  at best [\d.]+ %, with \d+ at "
                               r"front, \d+ at back; with more everywhere nobody waits less\n")
        self.assertEqual({"front", "back"}, set(plan["together"]["best_handlers"]))
        self.assertLess(plan["together"]["best_on_time"], 0.9)
        self.assertRegex(said, r"\n  at best [\d.]+ %, with \d+; with \d+ nobody waits at front: what is late is not late there\n")
        front, sweep = plan["answers"][0], plan["sweeps"][0]
        self.assertEqual(max(row["on_time"] for row in sweep["rows"]), front["best_on_time"])

    def one_desk(self, per_hour, handlers, work, elapsed, **stage):
        """A promise of so long, whatever the hour."""
        self.write("policy.json", json.dumps({
            "policy": "p", "version": "1",
            "targets": [{"target": "answer", "stop": "answered", "goals": [{"elapsed": elapsed}]}]}))
        self.profile({"profile": "x", "arrivals": {"hours": {"mon-sun": [per_hour] * 24}},
                      "desks": [{"desk": "d", "shifts": [{"handlers": handlers}]}],
                      "kinds": [{"kind": "k", "life": [{"desk": "d", "work": work, "ends": "answered", **stage}]}]})

    def of_desk(self, *words, plain=False):
        words = ("plan", "-p", "policy.json", "--from", "2026-03-02", *words, "profile.json")
        return self.sla(*words) if plain else json.loads(self.sla(*words, "--json"))

    def test_a_desk_that_cannot_keep_up_is_never_enough(self):
        """Breaches of a long promise come long after it was made: the queue is what tells."""
        for elapsed in ("P36D", "PT4H"):
            for weeks in ("1", "4"):
                self.one_desk(10, 3, {"exponential": "PT30M"}, elapsed)
                plan = self.of_desk("--weeks", weeks)
                answer, = plan["answers"]
                with self.subTest(elapsed=elapsed, weeks=weeks):
                    self.assertEqual((6, 5), (answer["handlers"], plan["desks"][0]["load"]))
                    for row in plan["sweeps"][0]["rows"]:
                        self.assertEqual(row["handlers"] > 5, row["keeps_up"], row)
                    desk, = plan["desks"]
                    self.assertGreater(desk["queue_until"], desk["queue_from"] + 500 * int(weeks))
                    self.assertFalse(desk["keeps_up"])
        self.one_desk(10, 3, {"exponential": "PT30M"}, "P36D")
        said = self.of_desk(plain=True)
        self.assertRegex(said, r"\nd cannot keep up: the work of 5 handlers, and 3 at it on average; \d+ waited at first, \d+ at the end\n")
        self.assertRegex(said, r"\n[\d.]+ % of the promises were not decided at the end: they count as not kept\n")
        self.assertRegex(said, r"\n +3 .*  the queue grows\n")

    def test_promises_of_the_weeks_are_decided_after_them(self):
        """One half is kept after nine days, the other is broken after ten: a week sees nothing of it."""
        self.one_desk(4, 5, "PT1M", "P10D")
        profile = json.loads(self.path("profile.json").read_text(encoding="utf-8"))
        profile["kinds"] = [{"kind": wait.lower(), "life": [{"desk": "d", "work": "PT1M"}, {"wait": wait, "ends": "answered"}]}
                            for wait in ("P9D", "P11D")]
        self.profile(profile)
        plan = self.of_desk("--weeks", "1", "--warm-up", "0", "--handlers", "5")
        promise, = plan["promises"]
        self.assertEqual(plan["tickets"], promise["met"] + promise["breached"])
        self.assertAlmostEqual(0.5, plan["on_time"], delta=0.08)
        self.assertEqual(0, plan["undecided"])
        self.assertGreater(plan["decided_until"], "2026-03-18")
        # A fact that never comes: nobody has to wait for it.
        self.one_desk(4, 5, "PT1M", "P60D", ends="nonsense")
        plan = self.of_desk("--weeks", "1", "--warm-up", "0", "--handlers", "5")
        self.assertEqual((0, plan["tickets"]), (plan["on_time"], plan["promises"][0]["breached"]))
        self.assertIsNone(plan["answers"][0]["handlers"])
        self.assertLess(plan["decided_until"], "2026-03-10")
        # One that comes too late to be waited for.
        profile["kinds"][0]["life"][1]["wait"] = "P200D"
        self.one_desk(4, 5, "PT1M", "P300D")
        self.profile(profile)
        plan = self.of_desk("--weeks", "1", "--warm-up", "0", "--handlers", "5")
        self.assertAlmostEqual(0.5, plan["on_time"], delta=0.08)
        self.assertEqual(plan["tickets"], plan["undecided"] + plan["promises"][0]["met"])
        self.assertRegex(self.of_desk("--weeks", "1", "--warm-up", "0", "--handlers", "5", plain=True),
                         r"\n[45]\d.\d\d % of the promises were not decided 13 weeks after the end: they count as not kept\n")

    def test_work_that_nobody_is_done_with(self):
        """Who is never taken waits too; and what a row keeps is kept."""
        self.one_desk(1, 5, "P60D", "PT4H", begins="answered", ends="done")
        plan = self.of_desk("--handlers", "5")
        self.assertEqual(1441, plan["answers"][0]["handlers"])
        desk, = plan["desks"]
        self.assertGreater(desk["wait_s"], 10 * 86400)
        self.assertEqual((0, 1), (desk["taken"], desk["waited"]))
        plan = self.of_desk("--handlers", "1500-1501", "--on-time", "100")
        self.assertLessEqual(plan["answers"][0]["handlers"], 1500)

    def test_who_still_waits_has_waited(self):
        self.one_desk(2, 5, "PT1M", "PT4H")
        profile = json.loads(self.path("profile.json").read_text(encoding="utf-8"))
        profile["desks"][0]["shifts"][0]["days"] = "mon-fri"
        self.profile(profile)
        desk, = self.of_desk("--weeks", "1", "--warm-up", "0")["desks"]
        self.assertGreater(desk["queue_until"], 60)
        self.assertTrue(46 * 3600 < desk["longest_wait_s"] <= 48 * 3600, desk)
        self.assertTrue(0.2 < desk["waited"] < 0.4, desk)
        self.assertAlmostEqual(24 * 3600 * desk["waited"], desk["wait_s"], delta=7200)

    def test_charts_show_what_was_asked_for(self):
        """The search has numbers far away; and no share is above 100."""
        self.one_desk(10, 8, {"exponential": "PT30M"}, "PT20M")
        plan = self.of_desk("--handlers", "6-12", "--on-time", "98", "--report", "report.html")
        self.assertGreater(plan["sweeps"][0]["rows"][-1]["handlers"], 30)
        kept, costs = Page(self.path("report.html").read_text(encoding="utf-8")).charts[:2]
        self.assertEqual([7, 7], [len(points) for chart in (kept, costs) for name, points in chart.curves.items()
                                  if name in ("on time", "breaches")])
        self.assertEqual(100, kept.ticks[-1][1])
        self.assertGreaterEqual(kept.ticks[0][1], 0)

    def test_tickets_that_come_when_nobody_is_there(self):
        weekend = {**PROFILE, "desks": [{"desk": "front", "shifts": [{"days": "mon-fri", "handlers": 3}]}],
                   "kinds": [{"kind": "fault", "attributes": {"kind": "fault", "grade": 1},
                              "life": [{"desk": "front", "work": "PT5M", "ends": "resolved"}]}]}
        self.profile(weekend)
        self.write("all.json", json.dumps({**CALENDAR, "week": {"mon-sun": ["00:00-24:00"]}}))
        said = self.sla("plan", "-p", "support.json", "-c", "all.json", *FILES[4:], "--on-time", "99.99999", "profile.json")
        self.assertTrue(said.startswith("however many handlers at front do not keep 99.99999 % on time"), said)
        self.assertRegex(said, r"at best [67]\d\.\d+ %, .* of the tickets wait, [\d.]+ h on average: they come when nobody is on shift")
        self.assertIn("even, 1 week from", said)

    def test_tickets_that_nothing_is_promised_to(self):
        profile = json.loads(json.dumps(PROFILE))
        profile["kinds"][0]["attributes"]["kind"] = "other"
        self.profile(profile)
        plan = self.plan()
        self.assertEqual([None, None], [answer["handlers"] for answer in plan["answers"]])
        self.assertEqual([None] * 3, [plan["on_time"], *(sweep["rows"][0]["on_time"] for sweep in plan["sweeps"])])
        self.assertEqual([None, []], [plan["on_time"], plan["promises"]], "a share of nothing is none")
        self.assertEqual({None}, {row["on_time"] for sweep in plan["sweeps"] for row in sweep["rows"]})
        said = self.sla("plan", *FILES, "--report", "report.html", "profile.json")
        self.assertTrue(said.startswith("nothing was promised to any of these tickets"))
        self.assertRegex(said, r"\nall +0 +0 +0 +-\n")
        self.assertNotIn("nan", said)
        charts = Page(self.path("report.html").read_text(encoding="utf-8")).charts
        self.assertFalse([chart.title for chart in charts if chart.title.startswith("Promises kept")])

    def test_numbers_that_are_none_of_theirs(self):
        for words in (("--seed", str(2**64 - 1)), ("--seed", str(2**63)), ("--on-time", "0x10"), ("--on-time", "1e1"),
                      ("--on-time", "99.999999999"), ("--on-time", "100.1"), ("--on-time", "0"), ("--on-time", "."),
                      ("--weeks", "9" * 30), ("--report", ""), ("--report", "-")):
            self.assertEqual("", self.sla("plan", *FILES, *words, "profile.json", exit=2))
            self.assertIn(words[0], self.errors)
        plan = self.front("--seed", str(2**63 - 1), "--on-time", "99.99999999")
        self.assertAlmostEqual(0.9999999999, plan["asked_on_time"], delta=1e-12)

    def test_one_seed_one_plan(self):
        def same(*words):
            plan = self.front(*words)
            plan.pop("here")
            return plan
        self.assertEqual(same(), same())
        self.assertNotEqual(same(), same("--seed", "2"))

    def test_the_page_has_the_same_figures(self):
        """What the document says, its text and its curves show."""
        words = ("--handlers", "4", "--on-time", "70", "--report", "report.html")
        plan = self.plan(*words)
        text = self.path("report.html").read_text(encoding="utf-8")
        page = Page(text)
        self.assertEqual(plan, json.loads(page.figures))
        self.assertEqual([], page.outside)
        self.assertFalse("//" in text, "it names nothing elsewhere")
        for figure in page.charts:
            self.compare(plan, figure)
        self.assertEqual(4 + 2 * 2, len(page.charts))
        said = self.sla("plan", *FILES, *words, "profile.json").splitlines()
        page = Page(self.path("report.html").read_text(encoding="utf-8"))
        self.assertEqual(said, page.texts["pre"].splitlines())
        self.assertEqual(said[:said.index("")], page.texts["p"].splitlines(), "the answer comes first")

    def compare(self, plan, figure):
        """The curves of a chart, read back with its axes, are the figures."""
        wanted = {
            "Tickets, facts": (plan["hours"], {"facts": "facts", "events": "events", "tickets opened": "opened"}),
            "Database load": (plan["hours"], {"rows written": "rows", "commits": "commits"}),
            "Live tickets": (plan["hours"], {"mean": "live", "most": "live_most"}),
            "Breaches and escalations by hour": (plan["hours"], COSTS),
        }
        for sweep, answer in zip(plan["sweeps"], plan["answers"]):
            enough = answer["handlers"] or 4
            rows = [row for row in sweep["rows"] if min(4, enough) <= row["handlers"] <= (4 if enough <= 4 else 2 * enough)]
            wanted[f"Promises kept, by handlers at {sweep['desk']}"] = (rows, {"on time": "on_time"})
            wanted[f"Breaches and escalations, by handlers at {sweep['desk']}"] = (rows, COSTS)
        (rows, names), = (value for title, value in wanted.items() if figure.title.startswith(title))
        self.assertTrue(figure.curves)
        for name, points in figure.curves.items():
            path = names[name]
            self.assertEqual(len(rows), len(points))
            for row, (_, y) in zip(rows, points):
                value = row[path[0]][path[1]] if isinstance(path, tuple) else row[path]
                if path == "on_time":
                    value *= 100
                self.assertAlmostEqual(value, figure.y_of(y), delta=figure.pixel)

    @unittest.skipUnless(os.environ.get("SLA_LONG") == "1", "asked under SLA_LONG=1")
    def test_a_browser_shows_the_page(self):
        browser = shutil.which("chromium")
        if browser is None:
            self.skipTest("there is no chromium")
        plan = self.plan("--report", "report.html", "--handlers", "2-6")
        words = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=960,2400",
                 f"--user-data-dir={self.path('browser')}"]
        address = self.path("report.html").as_uri()
        shown = subprocess.run([*words, "--dump-dom", address], capture_output=True, text=True, timeout=60)
        page = Page(shown.stdout)
        self.assertEqual(plan, json.loads(page.figures))
        subprocess.run([*words, f"--screenshot={self.path('page.png')}", address], capture_output=True, timeout=60)
        self.assertGreater(self.path("page.png").stat().st_size, 50000)
        if shutil.which("pdftotext") is None:
            self.skipTest("there is no pdftotext: nobody looks at the printed page")
        subprocess.run([*words, "--no-pdf-header-footer", f"--print-to-pdf={self.path('page.pdf')}", address],
                       capture_output=True, timeout=60)
        printed = subprocess.run(["pdftotext", "-layout", self.path("page.pdf"), "-"], capture_output=True, text=True).stdout
        figures = printed[printed.index("Figures") + len("Figures"):]
        self.assertEqual(page.texts["pre"].split(), figures.split(), "nothing is cut off on paper")

    def test_the_widest_table_is_as_wide_as_the_paper(self):
        self.sla("plan", *FILES, "--desk", "front", "--handlers", "2", "--report", "page.html", "profile.json")
        text = self.path("page.html").read_text(encoding="utf-8")
        self.assertIn("font-size:calc(180mm/(var(--columns)*.61))", text)
        columns = int(re.search(r'<pre style="--columns:(\d+)">', text)[1])
        hours = re.search(r"(?m)^hour +opened .*$", text)[0]
        self.assertLessEqual(len(hours), columns)

    def test_holidays_and_make_up_days(self):
        """A shift with a calendar: nobody on a holiday, everybody on a make-up Saturday."""
        profile = {**PROFILE, "zone": "Asia/Shanghai", "arrivals": {"hours": {"mon-sun": [2] * 24}},
                   "desks": [{"desk": "front", "shifts": [{"calendar": "work", "handlers": 4},
                                                          {"calendar": "work", "hours": "09:00-10:00", "handlers": 3}]}],
                   "kinds": [{"kind": "fault", "attributes": {"kind": "fault", "grade": 1},
                              "life": [{"desk": "front", "work": "PT1M", "begins": "waiting", "ends": "answered"}]}]}
        self.profile(profile)
        self.write("work.json", json.dumps({
            "kind": "calendar", "name": "work", "version": "1", "zone": "Asia/Shanghai", "known_until": "2026-12-31",
            "week": {"mon-fri": ["09:00-12:00", "13:00-17:00"]},
            "holidays": [{"date": "2026-03-04"}], "makeup": [{"date": "2026-03-07", "as": "mon"}]}))
        plan = self.front("-c", "work.json")
        # Events are told where handlers take tickets: none on Wednesday, many on Saturday.
        facts = {day: sum(hour["facts"] - hour["opened"] for hour in plan["hours"] if hour["day"] == day)
                 for day in ("tue", "wed", "thu", "sat", "sun")}
        self.assertEqual((0, 0), (facts["wed"], facts["sun"]))
        self.assertTrue(all(facts[day] > 50 for day in ("tue", "thu", "sat")), facts)
        self.assertEqual(7, plan["desks"][0]["handlers"])
        self.sla("plan", *FILES, "-c", "work.json", "--from", "2027-01-04", "--handlers", "4", "profile.json")
        self.assertIn("calendar work knows no holidays from 2026-12-31T16:00:00Z on", self.errors)
        self.sla("plan", *FILES, "profile.json", exit=3)
        self.assertIn('no calendar "work" was given with -c', self.errors)

    def test_ranks_of_a_desk(self):
        """Who is last at one desk may be first at another."""
        def life(front, back):
            return [{"desk": "front", "rank": front, "work": {"exponential": "PT15M"}, "begins": "waiting"},
                    {"desk": "back", "rank": back, "work": {"exponential": "PT15M"}, "ends": "resolved"}]
        desks = [{"desk": name, "order": "rank", "shifts": [{"handlers": 3}]} for name in ("front", "back")]
        def waits(*ranks):
            self.profile({**PROFILE, "desks": desks, "kinds": [
                {"kind": "one", "attributes": {"kind": "fault", "grade": 1}, "life": life(*ranks)},
                {"kind": "other", "attributes": {"kind": "fault", "grade": 2}, "life": life(5, 5)}]})
            return [desk["wait_s"] for desk in self.plan("--desk", "front", "--handlers", "3")["desks"]]
        self.assertNotEqual(waits(1, 9), waits(9, 1))

    def test_a_fact_that_is_refused(self):
        profile = json.loads(json.dumps(PROFILE))
        profile["kinds"][0]["attributes"]["grade"] = "high"
        self.profile(profile)
        plan = self.front(exit=6)
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

    def test_a_page_is_there_whole_or_not(self):
        words = ("plan", *FILES, "--desk", "front", "--handlers", "4", "--json", "--report")
        self.path("old.html").write_text("old", encoding="utf-8")
        self.path("old.html").chmod(0o600)
        self.sla(*words, "old.html", "profile.json")
        self.assertIn("</html>", self.path("old.html").read_text(encoding="utf-8"))
        self.assertEqual(0o600, self.path("old.html").stat().st_mode & 0o777)
        before = sorted(os.listdir(self.folder.name))
        self.sla(*words, "none/new.html", "profile.json", exit=74)
        self.assertEqual("", self.sla(*words, ".", "profile.json", exit=74))
        if os.path.exists("/dev/full"):
            self.assertTrue(json.loads(self.sla(*words, "/dev/full", "profile.json", exit=74))["answers"])
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        done = subprocess.run([SLA, *words, "new.html", "profile.json"], capture_output=True, text=True,
                              cwd=self.folder.name, preexec_fn=limit, timeout=60)
        self.assertEqual(74, done.returncode, done.stderr)
        self.assertTrue(json.loads(done.stdout)["answers"], "the figures are there though the page is not")
        self.assertIn("new.html: File too large", done.stderr)
        # A plan that is stopped half way leaves nothing.
        for ended in (signal.SIGINT, signal.SIGKILL):
            stopped = subprocess.Popen([SLA, *words[:-2], "--weeks", "520", "--progress", "always", "--report", "new.html",
                                        "profile.json"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                       cwd=self.folder.name)
            stopped.stderr.readline(), stopped.stderr.readline()
            stopped.send_signal(ended)
            said, _ = stopped.communicate(timeout=60)
            self.assertEqual(-ended, stopped.returncode)
            self.assertIsNone(said)
        self.assertEqual(before, sorted(os.listdir(self.folder.name)))

    def begin(self, words, after):
        """A plan on its way, and what it has said up to `after`."""
        plan = subprocess.Popen([SLA, "plan", *FILES, "--progress", "always", *words, "profile.json"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder.name)
        said = ""
        while not re.search(after, said):
            line = plan.stderr.readline()
            self.assertTrue(line, f"it ended before: {said}")
            said += line
        return plan, said

    def stop(self, number, words, after):
        """What a plan says, and complains of, that is sent this signal then."""
        plan, said = self.begin(words, after)
        plan.send_signal(number)
        out, rest = plan.communicate(timeout=60)
        self.assertEqual(-number, plan.returncode, rest)
        return out, said + rest

    def test_a_plan_that_is_stopped_says_what_is_ready(self):
        """There are more rows than it will have: the course of the profile is over, and no search."""
        words = ("--handlers", "1-400", "--report", "new.html", "--store", "sqlite:new.db")
        out, said = self.stop(signal.SIGTERM, ("--json", *words), r"course [2-9]\d* of")
        plan = json.loads(out)
        self.assertTrue(plan["stopped"])
        self.assertGreater(plan["facts"], 5000)
        self.assertEqual([], plan["answers"], "no search was over")
        self.assertEqual(set(), {"together", "store"} & set(plan))
        self.assertTrue(0 < len(plan["sweeps"][0]["rows"]) < 400)
        self.assertIn("the store was not measured", said)
        self.assertIn("stopped by a signal", said)
        page = Page(self.path("new.html").read_text(encoding="utf-8"))
        self.assertEqual(plan, json.loads(page.figures))
        out, _ = self.stop(signal.SIGINT, words, r"course [2-9]\d* of")
        self.assertTrue(out.startswith("handlers at front: stopped before it was known how many keep 98 %\n"), out[:99])
        self.assertIn("\nstopped by a signal: what is not here was not measured\n\neven, 1 week from", out)

    def test_a_second_signal_ends_it_at_once(self):
        """A page that nobody reads is never written."""
        os.mkfifo(self.path("page"))
        plan, _ = self.begin(("--handlers", "1-400", "--report", "page"), r"course [2-9]\d* of")
        plan.send_signal(signal.SIGINT)
        self.assertIn("stopped", plan.stdout.readline())
        plan.send_signal(signal.SIGTERM)
        plan.communicate(timeout=60)
        self.assertEqual(-signal.SIGTERM, plan.returncode)

    def test_weeks_before_the_first_year(self):
        self.sla("plan", *FILES[:4], "--from", "1900-01-01", "profile.json", exit=2)
        self.assertIn("(--warm-up) too, lie in the years 1900 to 2199", self.errors)

    def test_files_are_apart(self):
        for name in ("profile.json", "support.json", "desk.json"):
            before = self.path(name).read_bytes()
            self.sla("plan", *FILES, "--report", name, "profile.json", exit=2)
            self.assertEqual(before, self.path(name).read_bytes())
        self.sla("plan", *FILES, "--desk", "none", "--report", "new.html", "profile.json", exit=2)
        self.assertFalse(self.path("new.html").exists())

    def test_progress(self):
        self.sla("plan", *FILES, "--progress", "always", "profile.json")
        said = self.errors.splitlines()
        self.assertRegex(said[0], r"^[\d.e+]+ tickets a course, up to [\d.e+]+ of them at once: about [\d.]+ [kM]B of memory")
        self.assertRegex(said[-1], r"^\d+ courses, ")
        longer = json.loads(json.dumps(PROFILE))
        longer["kinds"][0]["life"] *= 1000  # too few handlers: the search is longer than anybody knows
        self.profile(longer)
        self.sla("plan", *FILES, "--desk", "front", "--weeks", "3", "--progress", "always", "profile.json")
        shares = [int(share) for share in re.findall(r", (\d+) %, \d+:\d\d left", self.errors)]
        self.assertGreater(len(shares), 1)
        self.assertEqual(sorted(shares), shares, "it never goes back")
        left = [60 * int(minutes) + int(seconds) for minutes, seconds in re.findall(r" %, (\d+):(\d\d) left", self.errors)]
        self.assertEqual(sorted(left, reverse=True), left, "nor is more left than was said")
        self.assertLess(shares[-1], 100)

    def test_what_does_not_fit_is_said_at_once(self):
        huge = json.loads(json.dumps(PROFILE))
        huge["arrivals"]["hours"] = {"mon-sun": [10000000] * 24}
        self.profile(huge)
        self.sla("plan", *FILES, "--report", "new.html", "profile.json", exit=74)
        self.assertRegex(self.errors, r"takes about [\d.]+ TB of memory .* are free here: fewer tickets")
        self.assertFalse(self.path("new.html").exists())


if __name__ == "__main__":
    unittest.main(verbosity=1)

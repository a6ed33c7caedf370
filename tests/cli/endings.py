"""How `sla run` ends when not all that was due could be told: never with exit 0.

    endings.py SLA [unittest arguments]
"""
import os
import pathlib
import signal
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import in_store
from live import PATIENCE, Live, fact, main
from in_store import InPostgres, InSqlite

setUpModule = in_store.setUpModule
LONG = os.environ.get("SLA_LONG") == "1"


class Refused(InPostgres, Live):
    """A ticket whose escalations the store does not take."""

    def refusing(self, *arguments):
        running = self.start("--until-idle", *arguments, store=self.new_store())
        self.admin("ALTER TABLE sla.event ADD CONSTRAINT no CHECK (ticket <> 'BAD')")
        running.say(fact("BAD", "opened"), fact("OK", "opened"))
        running.process.stdin.close()
        running.wait_for_words("set_aside")
        return running

    def admin(self, text):
        in_store.SERVER.psql(f"\\c {self.name}\n{text};")

    def test_it_waits_and_an_end_is_not_fine(self):
        running = self.refusing()
        running.wait_for_events(3)
        self.assertEqual(["OK"] * 3, [event["ticket"] for event in running.events()])
        self.assertIn("set_aside: tickets=1: the store refused them", running.said())
        time.sleep(1)
        self.assertIsNone(running.process.poll())
        running.end(signal.SIGTERM, exit=74)
        self.assertRegex(running.said(), "untold: 1 tickets are set aside.*next_at lies back in the table ticket\n")
        self.assertEqual([("BAD",)], self.query(
            "select ticket from ticket where next_at < clock_timestamp() and live > 0"))

    def test_it_ends_by_itself_when_they_were_tried_again(self):
        if not LONG:
            self.skipTest("a minute: SLA_LONG=1")
        running = self.refusing()
        time.sleep(62)
        running.end(exit=74)
        self.assertIn("untold: 1 tickets are set aside", running.said())

    def test_it_is_fine_when_they_were_taken(self):
        if not LONG:
            self.skipTest("a minute: SLA_LONG=1")
        running = self.refusing()
        self.admin("ALTER TABLE sla.event DROP CONSTRAINT no")
        time.sleep(50)
        running.end()
        self.assertEqual(["warning", "breached", "escalated"], self.words(running.events(), "BAD"))


class Held(InSqlite, Live):
    def test_a_clock_behind_the_record(self):
        ahead = {"ticket": "A", "fact": "opened", "occurred_at": "2190-01-01T00:00:00Z"}
        self.write("ahead.jsonl", [ahead])
        where = self.new_store()
        self.sla("replay", "-p", "call.json", "--store", where, "ahead.jsonl")
        running = self.start(store=where)
        running.wait_for_words("clock_held")
        running.end(signal.SIGTERM, exit=74)
        self.assertIn("untold: the clock is before the last decision", running.said())


class Unusable(InPostgres, Live):
    def test_its_lines_are_not_refused(self):
        running = self.start("--schema", "missing", "--json", store=self.new_store())
        running.say(*(fact(f"T-{number}", "opened") for number in range(5)))
        running.end(exit=74)
        self.assertNotIn("line_refused", running.said())
        self.assertEqual(1, running.said().count("unrecorded"))
        self.assertIn("lines=5", running.said())

    def test_its_words_are_whole(self):
        uri = self.new_store().replace("crm:sesame@", f"{self.name}@")
        in_store.SERVER.psql(f"CREATE ROLE {self.name} LOGIN SUPERUSER")
        self.addCleanup(lambda: in_store.SERVER.psql(f"DROP ROLE {self.name}"))
        running = self.start(store=uri)
        running.end(exit=74)
        self.assertRegex(running.said(), 'unusable: result=SLA_ERR_REFUSED why="the role is a superuser.*[.)a-z]"\n')
        self.assertIn("roles.sql makes it", running.said())


class Login(InPostgres, Live):
    """A server that lets nobody in by such a name: nothing to wait for."""

    def test_it_ends_at_once(self):
        uri = self.new_store()
        for why, where in (("28000", uri.replace("crm:sesame@", "nobody_at_all@")),
                           ("3D000", uri.replace(self.name, "nowhere_to_be"))):
            began = time.monotonic()
            running = self.start("--until-idle", store=where)
            running.say(fact("T-1", "opened"))
            running.end(exit=74)
            self.assertLess(time.monotonic() - began, PATIENCE / 2)
            self.assertIn(f'unusable: result=SLA_ERR_REFUSED why="SQLSTATE {why}: ', running.said())
            self.assertIn("unrecorded: lines=1\n", running.said())


class Lease(InPostgres, Live):
    """What a killed service holds runs out; who waits is told when."""

    def test_until_when_is_said_and_can_be_shortened(self):
        uri = self.new_store()
        first = self.start(store=uri)
        first.say(fact("T-1", "opened"))
        first.wait_for_events(1)
        first.process.kill()
        first.process.wait()
        second = self.start("--until-idle", store=uri)
        second.wait_for_words("store_held")
        self.assertRegex(second.said(), r"lease of this database, until 20\S+Z unless it lives and renews it")
        self.let_go()
        second.process.stdin.close()
        second.end()

    def test_who_never_got_it_says_so(self):
        uri = self.new_store()
        first = self.start(store=uri)
        first.say(fact("T-1", "opened"))
        first.wait_for_events(1)
        second = self.start("--end-timeout", "PT1S", store=uri)
        second.say(fact("T-2", "opened"))
        second.wait_for_words("store_held")
        second.end(signal.SIGTERM, exit=75)
        self.assertNotIn("standard input:1", second.said())
        self.assertIn("unrecorded: lines=1\n", second.said())
        first.end(signal.SIGTERM)

    def test_who_lost_it_ends_though_it_had_nothing_to_write(self):
        running = self.start(store=self.new_store())
        running.say(fact("T-1", "opened"))
        running.wait_for_events(1)
        time.sleep(1)  # its mark is written
        in_store.SERVER.psql(f"\\c {self.name}\nUPDATE sla.shard SET epoch = epoch + 1, owner = 'another';")
        running.end(signal.SIGTERM, exit=75)
        self.assertIn("fenced", running.said())


class Ahead(InSqlite, Live):
    """A consumer that acknowledged what was never told would not hear of what is told next."""

    def refuses(self, statement):
        where = self.new_store()
        running = self.start(store=where)
        running.say(fact("T-1", "opened"))
        running.wait_for_events(1)
        running.end(signal.SIGTERM)
        with sqlite3.connect(self.path(where.split(":", 1)[1])) as file:
            file.execute(statement)
        file.close()
        running = self.start("--until-idle", store=where)
        running.process.stdin.close()
        running.end(exit=74)
        self.assertIn("the consumer standard_output has acknowledged events above the highest", running.said())

    def test_up_to_a_number(self):
        self.refuses("update consumer set through = 1000")

    def test_a_number(self):
        self.refuses("insert into mark (consumer, number) values ('standard_output', 1000)")


class Cut(InSqlite, Live):
    """An end in the middle of a line: nobody knows how it goes on, so nothing is wrong with it."""

    def cut(self, half, *arguments):
        running = self.start(*arguments, store=self.new_store())
        running.say(fact("T-1", "opened"), half)
        running.wait_for_events(1)
        return running

    def end_early(self, half):
        running = self.cut(half)
        running.end(signal.SIGTERM)
        self.assertNotIn("standard input", running.said())
        self.assertNotIn("unrecorded", running.said())

    def test_half_a_line_is_not_refused(self):
        self.end_early('{"ticket": "T-2", "fa')

    def test_half_a_line_that_is_long_is_not_refused(self):
        self.end_early('{"ticket": "T-2", "comment": "' + "x" * 100000)

    def test_at_the_end_of_the_input_it_is(self):
        running = self.cut('{"ticket": "T-2", "fa', "--until-idle")
        running.process.stdin.close()
        running.wait_for_words("standard input:2:")
        running.end(signal.SIGTERM, exit=6)

    def test_the_last_line_needs_no_end(self):
        running = self.cut(fact("T-2", "opened").rstrip("\n"))
        running.process.stdin.close()
        running.wait_for_events(2)
        running.end(signal.SIGTERM)


if __name__ == "__main__":
    main()

"""The file of a store is taken for nothing else, and the password of a server shows nowhere.

    store_files.py SLA [unittest arguments]
"""
import os
import pathlib
import resource
import subprocess

from case import SLA, Case
from in_store import InSqlite
from live import PATIENCE, Live, fact, main


class Files(InSqlite, Case):
    """The file of a store and those beside it are nothing else besides."""
    WORDS = ("-p", "support.json", "-c", "desk.json")
    BESIDE = ("", "-wal", "-shm", "-journal", "-lock")

    def spellings(self, name):
        self.path("folder").mkdir(exist_ok=True)
        link = self.path("link" + name)
        if not link.is_symlink():
            link.symlink_to(name)
        return name, "./" + name, "folder/../" + name, str(self.path(name)), link.name

    def test_none_is_written_over(self):
        store = self.new_store()
        replay = ("replay", *self.WORDS, "--store", store)
        for old in (False, True):
            before = {name: self.path(name).read_bytes() for name in self.there()}
            for name in (spelling for end in self.BESIDE for spelling in self.spellings("x.db" + end)):
                for words in ((*replay, "-o", name, "day.jsonl"), (*replay, "-r", name, "day.jsonl"),
                              ("run", *self.WORDS, "--store", store, "--until-idle", "--metrics", name)):
                    self.sla(*words, exit=2)
                    self.assertRegex(self.errors, "would be written over", words)
            self.assertEqual(before, {name: self.path(name).read_bytes() for name in self.there()})
            self.sla(*replay, "day.jsonl", exit=2 if old else 0)
        for stream in ("stdout", "stderr"):
            for name in ("x.db", "x.db-lock"):
                before = self.path(name).read_bytes()
                for words in (("run", "--until-idle"), ("replay",), ("import",)):
                    with open(self.path(name), "ab") as file:
                        done = subprocess.run([SLA, words[0], *self.WORDS, "--store", store, *words[1:]],
                                              stdin=subprocess.DEVNULL, cwd=self.folder.name, **{stream: file})
                    self.assertEqual((2, before), (done.returncode, self.path(name).read_bytes()), (stream, words))

    def there(self):
        return sorted(path.name for path in self.path(".").iterdir() if path.name.startswith("x.db"))

    def test_none_is_read(self):
        self.sla("db", "init", self.new_store())
        self.write("x.db-lock", "")
        self.path("link.db").symlink_to("x.db")
        for store in ("sqlite:x.db", "sqlite:link.db"):
            self.sla("import", *self.WORDS, "--store", store, "x.db-lock", exit=2)
            self.sla("replay", *self.WORDS, "--store", store, "x.db-lock", exit=2)
            self.sla("run", "-p", "x.db-lock", "--store", store, exit=2)
            self.assertIn("is read already", self.errors)

    def test_what_is_no_file_is_no_store(self):
        os.mkfifo(self.path("pipe"))
        self.path("a folder").mkdir()
        self.write("empty", "")
        for name, why in (("a folder", "is a folder"), ("a folder/", "is a folder"), ("pipe", "is a pipe"), ("/dev/null", "is a device")):
            for words in (("run", *self.WORDS, "--store"), ("db", "check"), ("db", "init"),
                          ("replay", *self.WORDS, "empty", "--store"), ("import", *self.WORDS, "empty", "--store")):
                self.sla(*words, "sqlite:" + name, exit=74)
                self.assertIn(why, self.errors)

    def test_a_file_that_may_not_grow_is_said(self):
        done = subprocess.run([SLA, "db", "init", "sqlite:small.db"], cwd=self.folder.name, capture_output=True, text=True,
                              restore_signals=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))
        self.assertEqual(74, done.returncode, done.stderr)
        self.assertIn("small.db", done.stderr)
        self.assertIn("may not grow", done.stderr)

    def test_what_is_read_is_no_store(self):
        for name in ("day.jsonl", "support.json"):
            self.sla("replay", "-p", "support.json", "-c", "desk.json", "--store", f"sqlite:{name}", "day.jsonl", exit=2)
            self.assertIn("is read already", self.errors)
        self.sla("run", "-p", "support.json", "postgresql://crm:sesame@/x", exit=2)
        self.assertNotIn("sesame", self.errors)


class Secrets(Live):
    """No password of a command line shows, however it is written and wherever it stands."""
    FORMS = ("postgresql://crm:{}@/nowhere?host=/nowhere", "postgresql://crm:TAIL/{}@x@/nowhere?host=/nowhere",
             "postgresql:///nowhere?host=/nowhere&user=crm&password={}&sslmode=disable",
             "postgresql:///nowhere?host=/nowhere&p%61ssword={}", "postgresql:///nowhere?host=/nowhere&sslpassword={}",
             "postgresql:host=/nowhere password={}", "postgresql:host=/nowhere password = '{}'",
             "postgresql:host=/nowhere password='abc\\'{}'", "postgresql:host=/nowhere password='{}",
             "postgresql:host=/nowhere password=abc\\ {}", "postgresql:host=/nowhere sslpassword\t=\t'x {}' user=x",
             "host=/nowhere password={}", "sqlite:postgresql://crm:{}@/x", "sqlite:x.db?password={}")

    def places(self, uri):
        yield ("run", "-p", "call.json", "--store", uri)
        yield ("run", "-p", "call.json", "--store=" + uri)
        for command in ("init", "migrate", "check"):
            yield ("db", command, uri)
        yield ("db", "check", "sqlite:x.db", uri)
        yield ("db", uri, "check")
        yield (uri,)
        yield ("run", "-p", uri)
        yield ("run", "-p", "call.json", uri)
        yield ("run", "-p", "call.json", "--stroe=" + uri)
        yield ("run", "-p", "call.json", "--until-idle", "--store", "memory:", "--metrics", uri)
        yield ("check", uri)
        yield ("replay", "-p", "call.json", uri)
        yield ("replay", "-p", "call.json", "-o", uri, "empty")
        yield ("import", "-p", "call.json", "--store", uri, "empty")
        yield ("import", "-p", "call.json", uri)
        yield ("import", "-p", "call.json", "--told-until", uri)

    def test_none_shows(self):
        self.write("empty", "")
        for form in self.FORMS:
            for words in self.places(form.format("TAIL")):
                if words[0] == "run" and form.startswith("postgresql:") and words[-1] != "memory:" and any(
                        word.startswith("--store") for word in words) and "--metrics" not in words:
                    continue  # it waits for it: below
                done = subprocess.run([SLA, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                      cwd=self.folder.name, timeout=PATIENCE)
                self.assertNotIn("TAIL", done.stdout + done.stderr, words)

    def test_no_list_of_processes_has_it(self):
        for form in self.FORMS[:11]:
            running = self.start(store=form.format("TAIL"))
            running.wait_for(lambda: running.said(), "what it says of the store")
            self.assertNotIn("TAIL", pathlib.Path(f"/proc/{running.process.pid}/cmdline").read_text())
            self.assertNotIn("TAIL", running.said())
            running.process.kill()

    def test_a_program_is_told_what_was_said(self):
        running = self.start("--until-idle", "--exec", "echo", "password=abc", "x://y:z@w")
        running.say(fact("T-1", "opened"), fact("T-1", "answered"))
        running.process.stdin.close()
        running.wait_for(lambda: not running.open, "the end")
        self.assertEqual("password=abc x://y:z@w\n", running.texts[running.process.stdout].decode())


if __name__ == "__main__":
    main()

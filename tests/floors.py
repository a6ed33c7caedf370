"""The floors of lib/: base, time, policy, engine, service, and beside them the adapters.

A file includes its own floor and those below, and of the system only what a
pure core needs.  Also: one file calls malloc, and no object carries mutable
data.  The exceptions are listed here, each with its reason.  An adapter is a library
of its own: it includes its own folder, the door to memory and public headers, and of
the system what it adapts to.

    floors.py SOURCE_DIR [LIBSLA_A]
"""
import pathlib
import re
import subprocess
import sys

FLOORS = ["base", "time", "policy", "engine", "service"]

# The floor that each public header describes.
HEADERS = {
    "alloc": "base", "base": "base", "error": "base", "version": "base",
    "bundled": "base", "calendar": "time", "time": "time",
    "policy": "policy", "schema": "policy",
    "engine": "engine", "event": "engine", "fact": "engine", "explain": "engine", "json": "engine",
    "pack": "engine", "store": "service", "service": "service",
    "sla": None,  # the umbrella is for programs, not for us
}

PLAIN = {"assert.h", "limits.h", "stdbool.h", "stddef.h", "stdint.h", "string.h"}

# What each adapter may include of the system, beyond PLAIN.
ADAPTERS = {
    "pg": {"libpq-fe.h", "poll.h", "stdarg.h", "stdio.h", "sys/random.h", "time.h"},
    "sqlite": {"sqlite3.h", "errno.h", "fcntl.h", "pthread.h", "signal.h", "stdarg.h", "stdio.h", "stdlib.h",
               "sys/eventfd.h", "sys/stat.h", "unistd.h"},
    "ev": {"ev.h", "errno.h", "sys/random.h", "sys/timerfd.h", "time.h", "unistd.h"},
    "testing": {"poll.h", "sys/random.h"},
    "store": {"stdio.h", "inttypes.h"},  # what the stores in databases share; each takes its objects in
}
SHARED = {"sqlite": "store", "pg": "store"}

# Files of the core that are compiled into adapters as well.
TWICE = {"store": {"base/utf8.h", "engine/json_write.h"}}

# Who else may include what, and why: (header, path pattern).
EXCEPTIONS = [
    ("stdlib.h", r"base/alloc\.c"),               # the one caller of malloc
    ("stdatomic.h", r".*"),                       # counting references
    ("stdarg.h", r".*"),                          # formatting into a caller's buffer
    ("stdio.h", r".*\.c"),                        # snprintf; symbols.py proves nothing else is used
    ("inttypes.h", r".*\.c"),                     # its conversions
    ("pthread.h", r"service/.*"),                 # calls from any thread, and who waits for them
    ("jansson.h", r".*(json|fact|cloudevents).*"),  # the readers of JSON
]
CXX = re.compile(r"cctz/|algorithm|cerrno|chrono|cstddef|cstdint|cstring|exception|limits|memory|new|string$")
CALLS = re.compile(r"(?<![\w.>])(malloc|calloc|realloc|free|strdup|strndup|asprintf)\s*\(")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", re.S)
LINES_MAX = 500


def floor_of_include(kind, name):
    """The floor an include belongs to; None when it is a system header."""
    if kind == '"':
        return name.split("/")[0]
    if name.startswith("sla/"):
        return HEADERS.get(name[4:-2], "unknown public header")
    return None


def system_allowed(relative, name):
    if name in PLAIN:
        return True
    if relative.endswith(".cc"):
        return CXX.match(name) is not None
    return any(name == header and re.fullmatch(where, relative) for header, where in EXCEPTIONS)


def check_adapter(own, kind, name):
    if kind == '"':
        good = (name.split("/")[0] in (own, SHARED.get(own)) or name in TWICE.get(own, ())
                or name in ("base/alloc.h", "base/options.h"))
    else:
        good = name.startswith("sla/") or name in PLAIN | ADAPTERS[own] | {"stdatomic.h"}
    return None if good else f"includes {name}, which the adapter may not"


def check_include(relative, kind, name):
    own = relative.split("/")[0]
    floor = floor_of_include(kind, name)
    if own in ADAPTERS:
        return check_adapter(own, kind, name)
    if floor is None and kind == "<" and not name.startswith("sla/"):
        return None if system_allowed(relative, name) else f"includes <{name}>, which the core may not"
    if floor not in FLOORS:
        return f"includes {name}, which belongs to no floor (name it as floor/file.h)"
    if FLOORS.index(floor) > FLOORS.index(own):
        return f"includes {name} of the floor {floor}, above its own ({own})"
    return None


def check_file(lib, path):
    relative = path.relative_to(lib).as_posix()
    text = path.read_text(encoding="utf-8")
    complaints = [check_include(relative, kind, name) for kind, name in INCLUDE.findall(text)]
    if relative != "base/alloc.c":
        for call in CALLS.findall(COMMENT.sub(" ", text)):
            complaints.append(f"calls {call} itself instead of base/alloc.h")
    if not text.startswith("/*"):
        complaints.append("does not begin by saying what it is")
    lines = text.count("\n")
    if lines > LINES_MAX:
        print(f"note: lib/{relative} has {lines} lines; something inside wants a name")
    return [f"lib/{relative}: {complaint}" for complaint in complaints if complaint]


def mutable_data(archive):
    """Sections of initialised or zeroed data that are not constant."""
    listing = subprocess.run(["nm", "--format=sysv", archive], check=True, capture_output=True,
                             text=True).stdout
    complaints = []
    for line in listing.splitlines():
        fields = [field.strip() for field in line.split("|")]
        if len(fields) != 7 or fields[3] == "FILE":
            continue
        section = fields[6]
        constant = section.startswith(".data.rel.ro")
        if section.startswith((".data", ".bss", ".tbss", ".tdata", "*COM*")) and not constant:
            if not fields[0].startswith("DW.ref."):  # how C++ refers to its personality routine
                complaints.append(f"{fields[0]} is mutable data ({section}); the core has none")
    return complaints


def main():
    lib = pathlib.Path(sys.argv[1]) / "lib"
    files = sorted(path for path in lib.glob("*/**/*") if path.suffix in (".c", ".h", ".cc"))
    complaints = [line for path in files for line in check_file(lib, path)]
    if len(sys.argv) > 2:
        complaints += mutable_data(sys.argv[2])
    print("\n".join(complaints) or f"{len(files)} files keep to their floors")
    return 1 if complaints or not files else 0


sys.exit(main())

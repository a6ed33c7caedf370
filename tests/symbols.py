"""What a shared library gives and what it takes.

It exports exactly the functions that its public headers mark SLA_API, all under
its version, and its soname carries the major number.  libsla imports memory,
strings, snprintf and the locks of threads from the C library, and the inside of
jansson, cctz and the C++ runtime; nothing that reads a clock, a file or a locale,
prints, sleeps, starts a thread, or ends the process.  An adapter adds to the
memory what it adapts to, and prints and ends nothing either.

    symbols.py SOURCE_DIR LIBRARY_SO [--exports-only]
"""
import pathlib
import re
import subprocess
import sys

DECLARATION = re.compile(r"\bSLA_API\b[^;]*?\b(sla_\w+)\s*\(", re.S)
COMMENT = re.compile(r"/\*.*?\*/", re.S)

IMPORTS = [
    r"malloc|realloc|free",
    r"mem(cpy|move|set|cmp|chr|rchr|mem)|(__)?mem(cpy|move|set)_chk",
    r"str(len|nlen|cmp|ncmp|chr|rchr|str|cpy|ncpy|cat|spn|cspn|pbrk)|(__)?str(cpy|ncpy|cat)_chk",
    r"v?snprintf|__v?snprintf_chk|bcmp",
    r"qsort|bsearch",
    # service/: calls from any thread.  Waiting has no time limit: there is no clock here.
    r"pthread_(mutex|cond)_(init|destroy|lock|trylock|unlock|wait|signal|broadcast)",
    r"pthread_(self|equal)",
    r"__stack_chk_fail",
    r"__errno_location",   # zone_cctz.cc: did a zone fail to load for lack of memory?
    r"json_\w+|jsonp_\w+",
    r"_ZNK?4cctz\w*|_ZTV?I?N4cctz\w*|_ZN4cctz\w*",
    r"_Z(T[ISV]|N|St|NK|NS|NKS|n[wa]|d[la])\w*",     # the C++ runtime: strings, exceptions, new
    r"__cxa_\w+|__gxx_personality_v0|_Unwind_Resume|__gcc_personality_v0|_ITM_\w+|__gmon_start__",
]
MEMORY = [IMPORTS[0], IMPORTS[1], r"__stack_chk_fail", r"__cxa_finalize|_ITM_\w+|__gmon_start__"]

# Its version, its public headers (None: all that are no adapter's), what it imports.
LIBRARIES = {
    "libsla": ("LIBSLA_0", None, IMPORTS),
    "libsla-ev": ("LIBSLA_EV_0", ["ev"], MEMORY + [
        r"sla_\w+", r"ev_\w+", IMPORTS[2], r"timerfd_(create|settime)|clock_gettime|close|getrandom|__errno_location"]),
    "libsla-pg": ("LIBSLA_PG_0", ["pg"], MEMORY + [
        r"sla_\w+", r"PQ\w+", IMPORTS[2], IMPORTS[3], r"(__)?poll(_chk)?|clock_gettime|getrandom"]),
    "libsla-sqlite": ("LIBSLA_SQLITE_0", ["sqlite"], MEMORY + [
        r"sla_\w+", r"sqlite3_\w+", IMPORTS[2], IMPORTS[3], IMPORTS[4],
        r"pthread_(mutex|cond)_(init|destroy|lock|unlock|wait|broadcast)",
        r"pthread_(create|join|sigmask)|sigfillset",
        r"eventfd|(__)?read(_chk)?|write|open(64)?|close|fcntl(64)?|l?stat(64)?|(__)?realpath(_chk)?|strerror|faccessat|getpg?id|"
        r"pwrite(64)?|(__)?pread(64)?(_chk)?|(__isoc23_)?strtol",
        r"__errno_location"]),
    "libsla-test": ("LIBSLA_TEST_0", ["testing"], MEMORY + [r"sla_\w+", r"(__)?poll(_chk)?", "strlen|getrandom"]),
}

# Asserts stay in builds that ask for them.
DEBUG_IMPORTS = [r"__assert_fail"]


def nm(*arguments):
    return subprocess.run(["nm", "-D", *arguments], check=True, capture_output=True,
                          text=True).stdout.splitlines()


def declared(include, headers):
    adapters = [name for _, own, _ in LIBRARIES.values() for name in own or []]
    names = set()
    for path in include.glob("*.h"):
        if path.stem not in headers if headers else path.stem in adapters:
            continue
        names.update(DECLARATION.findall(COMMENT.sub(" ", path.read_text(encoding="utf-8"))))
    return names


def check_exports(include, library, version, headers):
    complaints, exported = [], set()
    for line in nm("--defined-only", "--with-symbol-versions", library):
        kind, name = line.split()[-2:]
        if kind == "A" and name == version:
            continue
        bare, _, own = name.partition("@@")
        exported.add(bare)
        if own != version:
            complaints.append(f"{name} is exported without the version {version}")
    wanted = declared(include, headers)
    complaints += [f"{name} is exported, but no header declares it" for name in sorted(exported - wanted)]
    complaints += [f"{name} is declared SLA_API, but not exported" for name in sorted(wanted - exported)]
    print(f"{len(exported)} functions exported, {len(wanted)} declared")
    return complaints


def check_imports(library, imports, debug):
    allowed = re.compile("|".join(f"(?:{pattern})" for pattern in imports + (DEBUG_IMPORTS if debug else [])))
    names = {line.split()[-1].split("@")[0] for line in nm("--undefined-only", library)}
    print(f"{len(names)} functions imported")
    return [f"{name} is imported; {pathlib.Path(library).name} may not use it" for name in sorted(names)
            if not allowed.fullmatch(name)]


def check_soname(library, wanted):
    dynamic = subprocess.run(["readelf", "-d", library], check=True, capture_output=True, text=True).stdout
    soname = re.search(r"SONAME.*\[(.*)\]", dynamic)
    return [] if soname and soname[1] == wanted else [f"soname is {soname and soname[1]}, wanted {wanted}"]


def main():
    source, library = pathlib.Path(sys.argv[1]), sys.argv[2]
    name = pathlib.Path(library).name.split(".")[0]
    version, headers, imports = LIBRARIES[name]
    complaints = check_exports(source / "include/sla", library, version, headers)
    complaints += check_soname(library, f"{name}.so.0")
    if "--exports-only" not in sys.argv:
        complaints += check_imports(library, imports, "--debug" in sys.argv)
    print("\n".join(complaints) or "as it should be")
    return 1 if complaints else 0


sys.exit(main())

"""What the shared library gives and what it takes.

It exports exactly the functions that the public headers mark SLA_API, all under
the version LIBSLA_0, and its soname carries the major number.  It imports
memory, strings, snprintf and the locks of threads from the C library, and the
inside of jansson, cctz and the C++ runtime; nothing that reads a clock, a file or
a locale, prints, sleeps, starts a thread, or ends the process.

    symbols.py SOURCE_DIR LIBSLA_SO [--exports-only]
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
# Asserts stay in builds that ask for them.
DEBUG_IMPORTS = [r"__assert_fail"]


def nm(*arguments):
    return subprocess.run(["nm", "-D", *arguments], check=True, capture_output=True,
                          text=True).stdout.splitlines()


def declared(include):
    names = set()
    for path in include.glob("*.h"):
        names.update(DECLARATION.findall(COMMENT.sub(" ", path.read_text(encoding="utf-8"))))
    return names


def check_exports(include, library):
    complaints, exported = [], set()
    for line in nm("--defined-only", "--with-symbol-versions", library):
        kind, name = line.split()[-2:]
        if kind == "A" and name == "LIBSLA_0":
            continue
        bare, _, version = name.partition("@@")
        exported.add(bare)
        if version != "LIBSLA_0":
            complaints.append(f"{name} is exported without the version LIBSLA_0")
    wanted = declared(include)
    complaints += [f"{name} is exported, but no header declares it" for name in sorted(exported - wanted)]
    complaints += [f"{name} is declared SLA_API, but not exported" for name in sorted(wanted - exported)]
    print(f"{len(exported)} functions exported, {len(wanted)} declared")
    return complaints


def check_imports(library, debug):
    allowed = re.compile("|".join(f"(?:{pattern})" for pattern in IMPORTS + (DEBUG_IMPORTS if debug else [])))
    names = {line.split()[-1].split("@")[0] for line in nm("--undefined-only", library)}
    print(f"{len(names)} functions imported")
    return [f"{name} is imported; the core may not use it" for name in sorted(names)
            if not allowed.fullmatch(name)]


def check_soname(library):
    dynamic = subprocess.run(["readelf", "-d", library], check=True, capture_output=True, text=True).stdout
    soname = re.search(r"SONAME.*\[(.*)\]", dynamic)
    return [] if soname and soname[1] == "libsla.so.0" else [f"soname is {soname and soname[1]}, wanted libsla.so.0"]


def main():
    source, library = pathlib.Path(sys.argv[1]), sys.argv[2]
    complaints = check_exports(source / "include/sla", library) + check_soname(library)
    if "--exports-only" not in sys.argv:
        complaints += check_imports(library, "--debug" in sys.argv)
    print("\n".join(complaints) or "as it should be")
    return 1 if complaints else 0


sys.exit(main())

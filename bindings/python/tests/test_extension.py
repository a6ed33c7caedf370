"""One extension for every CPython from 3.9: it uses nothing outside the limited API, shows
nothing but its entry, and needs nothing of the project beside it."""

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from sla import _sla

EXTENSION = Path(_sla.__file__)
pytestmark = pytest.mark.skipif(not shutil.which("nm"), reason="no nm (binutils)")


def symbols(*options):
    said = subprocess.run(["nm", "-D", *options, EXTENSION], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in said.splitlines()}


def test_its_name_says_abi3():
    assert EXTENSION.name == "_sla.abi3.so"


def test_only_the_limited_api():
    """The list is what Python.h declares for it."""
    include = sysconfig.get_paths()["include"]
    if not Path(include, "Python.h").exists() or not shutil.which("cc"):
        pytest.skip("no Python.h (python3-dev) or no compiler")
    declared = subprocess.run(
        ["cc", "-E", "-P", "-I", include, "-x", "c", "-"],
        input="#define Py_LIMITED_API 0x03090000\n#include <Python.h>\n",
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    limited = set(re.findall(r"\b_?Py\w+", declared))
    wanted = {name for name in symbols("--undefined-only") if re.match(r"_?Py", name)}
    assert wanted and "PyModule_Create2" in limited and "PyUnicode_AsUTF8" not in limited
    assert wanted <= limited, wanted - limited


def test_it_shows_nothing_but_its_entry():
    shown = {name for name in symbols("--defined-only") if not name.startswith(("_init", "_fini", "__asan", "__odr_asan"))}
    assert {name for name in shown if name.startswith(("sla_", "sla__"))} == set()
    assert "PyInit__sla" in shown


def test_it_needs_nothing_of_the_project():
    if not shutil.which("readelf"):
        pytest.skip("no readelf")
    said = subprocess.run(["readelf", "-d", EXTENSION], capture_output=True, text=True, check=True).stdout
    needed = re.findall(r"NEEDED.*\[(.*)\]", said)
    assert any(name.startswith("libpq") for name in needed) and any(name.startswith("libsqlite3") for name in needed)
    assert not any(name.startswith(("libsla", "libpython")) for name in needed)
    assert "RPATH" not in said and "RUNPATH" not in said


def test_importing_it_loads_no_big_package():
    code = "import sys, sla; print(*sorted({'numpy', 'pandas', 'matplotlib', 'uvloop'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == ""

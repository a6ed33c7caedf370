"""The declarations for cffi are those of the headers.

cffi itself refuses a struct whose layout or a function whose type differs; this says so earlier,
member by member, and also finds a name that the headers do not have.
"""

import re
import shutil
import subprocess

import pytest

from conftest import ROOT

SOURCES = ROOT / "bindings/python/src/sla"
pytestmark = pytest.mark.skipif(
    not (ROOT / "include/sla/sla.h").exists() or not shutil.which("cc"), reason="not in a checkout, or no compiler"
)


def pieces(text):
    """Declarations without comments and needless space."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    depth, start, found = 0, 0, []
    for at, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if letter == ";" and depth == 0:
            found.append(normal(text[start:at]))
            start = at + 1
    return found


def normal(declaration):
    """One spelling: array sizes are left to cffi, which checks them by the layout."""
    declaration = re.sub(r"\[[^\]]*\]", "[]", declaration)
    declaration = re.sub(r"\bextern\b|\b_Bool\b", lambda m: "bool" if m[0] == "_Bool" else "", declaration)
    declaration = re.sub(r"\s+", " ", declaration).strip()
    declaration = re.sub(r" ?([{}(),;*=]) ?", r"\1", declaration)
    return re.sub(r"(enum \w+)\{(.*?)\}", numbered, declaration.replace(",}", "}"))


def numbered(enum):
    """Every name of an enum with its value."""
    members, following = [], 0
    for member in enum[2].split(","):
        name, _, value = member.partition("=")
        following = int(value) if re.fullmatch(r"-?\d+", value) else following if not value else None
        members.append(f"{name}={value if following is None else following}")
        following = None if following is None else following + 1
    return f"{enum[1]}{{{','.join(members)}}}"


@pytest.fixture(scope="module")
def headers():
    names = ["sla/sla.h", "sla/pg.h", "sla/sqlite.h", "sla/testing.h", "_glue.h", "_glue_service.h"]
    source = "".join(f"#include <{name}>\n" if "/" in name else f'#include "{name}"\n' for name in names)
    text = subprocess.run(
        ["cc", "-E", "-P", "-D__attribute__(x)=", "-I", ROOT / "include", "-I", SOURCES, "-x", "c", "-"],
        input=source, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return set(pieces(text))


def declared():
    for path in sorted(SOURCES.glob("_cdef_*.h")):
        for piece in pieces(path.read_text()):
            yield path.name, piece


@pytest.mark.parametrize("name, piece", list(declared()) if SOURCES.exists() else [])
def test_is_in_the_headers(headers, name, piece):
    if piece in headers:
        return
    opaque = re.fullmatch(r"typedef struct (\w+) (\w+)", piece)
    if opaque:
        assert any(one.startswith((f"typedef struct {opaque[1]}{{", f"struct {opaque[1]}{{")) for one in headers), piece
        return
    constant = re.fullmatch(r"static const \w+ (\w+)", piece)
    if constant:
        text = "".join(path.read_text() for path in [*(ROOT / "include/sla").glob("*.h"), *SOURCES.glob("_glue*.h")])
        assert re.search(rf"#define {constant[1]} ", text), piece
        return
    name_of = re.search(r"(\w+)\(", piece) or re.search(r"(\w+)$", piece)
    others = [one for one in headers if re.search(rf"\b{name_of[1]}\b", one)]
    assert not "no such declaration", f"{name}: {piece}\nthe headers have: {others}"

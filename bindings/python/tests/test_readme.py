"""The programs of the READMEs print what stands below them."""

import contextlib
import importlib.util
import io
import re

import pytest

from conftest import ROOT

PAGES = [page for page in (ROOT / "bindings/python/README.md", ROOT / "README.md") if page.exists()]


def programs(page):
    """Program and output, in order; lines indented by four directly below are the output."""
    pattern = r"^```python(?: (matplotlib))?\n(.*?)^```\n(?:\n((?:^    [^\n]*\n)+))?"
    for wanted, program, output in re.findall(pattern, page.read_text(encoding="utf-8"), flags=re.S | re.M):
        if not wanted or importlib.util.find_spec(wanted) is not None:
            yield program, output


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name or "root")
def test_programs_print_what_is_below_them(page):
    names = {"__name__": "__main__"}
    for program, output in programs(page):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(program, str(page), "exec"), names)
        wanted = "".join(line[4:] + "\n" for line in output.splitlines())
        assert printed.getvalue() == wanted, program


@pytest.mark.skipif(not PAGES, reason="not in a checkout")
def test_there_are_some():
    assert len(list(programs(PAGES[0]))) >= 5

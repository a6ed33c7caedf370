"""`python -m sla`: the command `sla` itself, all of it.

    python -m sla check complaint.json
    python -m sla replay -p complaint --summary --json day.jsonl

It is the code of the program, linked into the extension: the same subcommands, options, outputs
and exit codes (docs/cli.md), also where no program `sla` is installed.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from sla._sla import ffi, lib


def main() -> NoReturn:
    """Be the command with the words of `sys.argv`, and end the process with its exit code."""
    words = [ffi.new("char[]", os.fsencode(word)) for word in ("sla", *sys.argv[1:])]
    lib.sla_py_command(len(words), ffi.new("char *[]", [*words, ffi.NULL]))
    raise AssertionError("the command has ended the process")


if __name__ == "__main__":
    main()

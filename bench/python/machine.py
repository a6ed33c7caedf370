"""On what the figures were measured: a number without its machine says nothing."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from frame import Run


def describe(run: Run) -> None:
    """To standard output, or to standard error before JSON."""
    import sla

    out = sys.stderr if run.json else sys.stdout
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE") / 2**30
    kernel = f"{platform.system()} {platform.release()}"
    peers = ", ".join(f"{name} {_version(name)}" for name in ("apscheduler", "pandas", "numpy"))
    quick = ", quick: not for comparing" if run.quick else ""
    print(f"machine   {_processor()}, {os.cpu_count()} cores, {size:.1f} GiB, {kernel}", file=out)
    print(f"build     sla {sla.__version__}, CPython {platform.python_version()}, {peers}", file=out)
    print(f"run       seed {run.seed}, {run.rounds} rounds{quick}", file=out, flush=True)


def _processor() -> str:
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.partition(": ")[2].strip()
    return "unknown processor"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"

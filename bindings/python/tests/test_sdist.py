"""The source distribution carries all that a machine without the project needs."""

import os
import shutil
import subprocess
import sys
import tarfile

import pytest

from conftest import LONG, ROOT

ARCHIVES = sorted((ROOT / "build/python").glob("sla-*.tar.gz"))
pytestmark = pytest.mark.skipif(not ARCHIVES, reason="no source distribution in build/python")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(ARCHIVES[-1]) as archive:
        archive.extractall(folder)
    return next(folder.iterdir())


def test_it_has_no_trace_of_a_build(unpacked):
    names = [str(path.relative_to(unpacked)) for path in unpacked.rglob("*")]
    assert not [name for name in names if name.endswith((".so", ".o", ".pyc", "_sla.c")) or "__pycache__" in name]
    for name in ("src/sla/py.typed", "src/sla/_sla.pyi", "src/sla/_cdef_base.h", "src/sla/_build.py", "libsla/LICENSE"):
        assert name in names


@pytest.mark.skipif(not shutil.which("cmake"), reason="no cmake")
def test_cmake_takes_its_tree(unpacked, tmp_path):
    command = ["cmake", "-S", unpacked / "libsla", "-B", tmp_path, "-DSLA_ONLY_ARCHIVES=ON"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not LONG, reason="compiles all of the library; SLA_LONG=1 asks for it")
def test_pip_makes_a_wheel_of_it_that_works(unpacked, tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLA_")}
    pip = [sys.executable, "-m", "pip"]
    wheel = [*pip, "wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", tmp_path, unpacked]
    done = subprocess.run(wheel, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    made = next(tmp_path.glob("sla-*-abi3-*.whl"))
    subprocess.run([*pip, "install", "--no-index", "--no-deps", "--target", tmp_path / "there", made], check=True)
    code = "import sla; print(sla.Calendar.bundled('cn_office').add('2026-03-06T16:00:00+08:00', 'PT4H'))"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path / "there",
        env={**environment, "PYTHONPATH": str(tmp_path / "there")},
    ).stdout  # fmt: skip
    assert said.strip() == "2026-03-09 11:00:00+08:00"

"""Builds the package: CMake makes the archives of libsla and its stores, cffi the extension
around them.

Where the C tree is: two folders up in a checkout, in `libsla/` in a source distribution.

For development, in a checkout:

    /usr/bin/python3 setup.py build_ext --inplace      # again after every change of C
    PYTHONPATH=src /usr/bin/python3 -m pytest tests

The archives stay in build/python/static of the project, so that only what changed is compiled.
SLA_SANITIZE=address,undefined (with CC=clang) builds it watched, in a folder of its own, and
SLA_ARCHIVES=build/lib takes the archives of a build that is there already.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
IN_SDIST = (HERE / "libsla").is_dir()
TREE = HERE / "libsla" if IN_SDIST else HERE.parent.parent
SANITIZE = os.environ.get("SLA_SANITIZE", "")
STATIC = (HERE if IN_SDIST else TREE) / "build/python" / ("static-watched" if SANITIZE else "static")
GIVEN = os.environ.get("SLA_ARCHIVES", "")

# In the order in which a linker wants them: what is needed comes after who needs it.
TARGETS = ["sla_command", "sla_sqlite_static", "sla_pg_static", "sla_testing_static", "sla_static"]
ARCHIVES = ["libsla-command.a", "libsla-sqlite.a", "libsla-pg.a", "libsla-test.a", "libsla.a"]
LIBRARIES = ["jansson", "cctz", "sqlite3", "pq", "stdc++", "m"]

# What of the C tree a source distribution carries.
CARRIED = ["CMakeLists.txt", "LICENSE", "cmake", "include", "lib", "bindings/cli", "examples/calendars",
           "examples/policies"]


def version() -> str:
    header = (TREE / "include/sla/version.h").read_text()
    return re.search(r'SLA_VERSION_TEXT "(.+)"', header)[1]


def make_archives() -> None:
    """Runs CMake; a second time it compiles only what changed."""
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    configured = (STATIC / "CMakeCache.txt").exists()
    subprocess.run(
        ["cmake", "-S", TREE, "-B", STATIC, *([] if configured else generator),
         "-DSLA_ONLY_ARCHIVES=ON", f"-DSLA_SANITIZE={SANITIZE}"],
        check=True, stdout=subprocess.DEVNULL,
    )
    subprocess.run(["cmake", "--build", STATIC, "--parallel", "--target", *TARGETS], check=True)


class BuildExtension(build_ext):
    """The archives first, and then the extension with them inside, its symbols hidden."""

    def build_extensions(self) -> None:
        if not GIVEN:
            make_archives()
        watched = [f"-fsanitize={SANITIZE}", "-fno-omit-frame-pointer"] if SANITIZE else []
        for extension in self.extensions:
            archives = [str((Path(GIVEN) if GIVEN else STATIC / "lib") / name) for name in ARCHIVES]
            extension.include_dirs += [str(TREE / "include"), str(TREE / "bindings/cli"), str(HERE / "src/sla")]
            extension.extra_compile_args += ["-std=c11", "-fvisibility=hidden", *watched]
            extension.extra_objects += archives
            extension.libraries += LIBRARIES
            extension.extra_link_args += ["-Wl,--exclude-libs,ALL", *watched]
            extension.depends += [*archives, str(HERE / "src/sla/_build.py"), *map(str, (HERE / "src/sla").glob("_*.[ch]"))]
        super().build_extensions()


class BuildModules(build_py):
    """What builds the extension stays out of the wheel."""

    def find_package_modules(self, package, package_dir):
        modules = super().find_package_modules(package, package_dir)
        return [module for module in modules if module[1] != "_build"]


class SourceDistribution(sdist):
    """Takes the C tree along."""

    def make_release_tree(self, base_dir, files) -> None:
        super().make_release_tree(base_dir, files)
        for name in CARRIED:
            source, target = TREE / name, Path(base_dir) / "libsla" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copy2(source, target)


setup(
    version=version(),
    cffi_modules=["src/sla/_build.py:builder"],
    cmdclass={"build_ext": BuildExtension, "build_py": BuildModules, "sdist": SourceDistribution},
    options={"bdist_wheel": {"py_limited_api": "cp39"}},
)

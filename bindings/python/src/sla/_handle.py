"""Who may use an object of C, and when.

cffi lets other threads run during every call.  A `Holder` keeps the pointer and hands it out to
one thread at a time: others wait.  A thread that is inside already (a signal handler that asks
the engine it interrupted) gets BusyError instead of waiting for itself.  In a child process
after `fork` the pointer is dead: nothing is touched or freed there.
"""

from __future__ import annotations

import os
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Callable

from sla._sla import ffi
from sla.errors import BusyError, ClosedError, ForkedError

if TYPE_CHECKING:
    from sla._sla import _CData as CData

_process = os.getpid()


def _in_child() -> None:
    global _process
    _process = os.getpid()


os.register_at_fork(after_in_child=_in_child)


class Holder:
    """A pointer that one thread at a time has: `with holder as pointer:`."""

    __slots__ = ("_pointer", "_free", "_what", "_process", "_acquire", "_release", "_owner")

    def __init__(self, pointer: CData, free: Callable[[CData], None], what: str) -> None:
        self._pointer: CData | None = pointer
        self._free = free
        self._what = what
        self._process = _process
        lock = Lock()
        self._acquire = lock.acquire
        self._release = lock.release
        self._owner = 0

    def __enter__(self) -> CData:
        if self._process != _process:
            raise ForkedError(f"this {self._what} belongs to the parent process; make one of its own after fork")
        if not self._acquire(False):
            self._wait()
        self._owner = get_ident()
        pointer = self._pointer
        if pointer is None:
            self.__exit__()
            raise ClosedError(f"this {self._what} is closed")
        return pointer

    def __exit__(self, *_: object) -> None:
        self._owner = 0
        self._release()

    def _wait(self) -> None:
        if self._owner == get_ident():
            raise BusyError(f"this thread is inside a call of this {self._what} already")
        self._acquire()

    @property
    def is_open(self) -> bool:
        """Whether it can be used here."""
        return self._pointer is not None and self._process == _process

    def close(self) -> None:
        """Frees once another thread's call has ended; a second time and in a child nothing."""
        if not self.is_open:
            return
        try:
            pointer = self.__enter__()
        except ClosedError:
            return
        try:
            self._pointer = None
            self._free(pointer)
        finally:
            self.__exit__()

    def __del__(self) -> None:
        pointer = getattr(self, "_pointer", None)
        # nobody has it any more, so no lock; at the end of the interpreter modules may be gone
        if pointer is not None and self._process == _process:
            self._pointer = None
            self._free(pointer)


def text(pointer: CData) -> str:
    """A C string of the library, which is UTF-8."""
    return str(ffi.string(pointer), "utf-8")


def string_of(value: object, member: str) -> tuple[CData, bytes]:
    """An `sla_string`, and the bytes that it borrows: keep both during the call."""
    from sla.errors import ArgumentError

    if not isinstance(value, str):
        raise ArgumentError(f"{member} is a text, not {type(value).__name__}")
    data = value.encode("utf-8", "surrogatepass")
    return ffi.new("sla_string *", (ffi.from_buffer(data), len(data)))[0], data

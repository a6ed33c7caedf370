"""Who may use an object of C, and when.

cffi lets other threads run during every call.  A `Holder` keeps the pointer and hands it out to
one thread at a time: others wait.  A thread that is inside already (a signal handler that asks
the engine it interrupted) gets BusyError instead of waiting for itself.  In a child process
after `fork` the pointer is dead: nothing is touched or freed there.

An exception may come from outside between any two steps: a signal handler raises a timeout, or
Ctrl-C.  So what takes the lock and gives it back is C's own (`with` on an RLock), and `inside`
is set where nothing is called before the `try` that takes it back.
"""

from __future__ import annotations

import os
from threading import RLock
from typing import TYPE_CHECKING, Any, Callable, NoReturn, TypeVar
from weakref import WeakSet

from sla._sla import ffi
from sla.errors import BusyError, ClosedError, ForkedError, SlaError

if TYPE_CHECKING:
    from sla._sla import _CData as CData


_Result = TypeVar("_Result")


class Holder:
    """A pointer that one thread at a time has: `holder.lend(work)`.

    What is asked most (_quick.h) holds the interpreter's own lock instead, and leaves to `lend` what
    finds somebody inside.  `free`, a function of C, is given `owner`, else the pointer.
    """

    __slots__ = ("lock", "pointer", "inside", "_owner", "_free", "_what", "_forked", "__weakref__")

    def __init__(
        self, pointer: CData, free: Callable[[CData], None], what: str, owner: CData | None = None
    ) -> None:
        self.lock = RLock()  # one that a thread can take again: `inside` says that it has
        self.pointer: CData | None = pointer
        self.inside = False
        self._owner = pointer if owner is None else owner
        self._free = free
        self._what = what
        self._forked = False
        _alive.add(self)

    def lend(self, work: Callable[..., _Result], *given: Any) -> _Result:
        """What `work` gives back, called with the pointer and what is `given`."""
        with self.lock:
            if self.inside or self.pointer is None:
                raise self.refusal()
            self.inside = True
            try:
                return work(self.pointer, *given)
            finally:
                self.inside = False

    def refusal(self) -> SlaError:
        """Why it cannot be used."""
        if self._forked:
            return ForkedError(f"this {self._what} belongs to the parent process; make one of its own after fork")
        if self.pointer is None:
            return ClosedError(f"this {self._what} is closed")
        return BusyError(f"this thread is inside a call of this {self._what} already")

    def check_process(self) -> None:
        """Raises ForkedError in a child process."""
        if self._forked:
            raise self.refusal()

    @property
    def is_open(self) -> bool:
        """Whether it can be used here."""
        return self.pointer is not None

    def close(self) -> None:
        """Frees once another thread's call has ended; a second time and in a child nothing."""
        if self.pointer is None:
            return
        with self.lock:
            if self.inside:
                raise self.refusal()
            free, owner = self._free, self._owner
            if self.pointer is not None:
                self.pointer = None  # nothing comes between this and C
                free(owner)

    def __del__(self) -> None:
        if getattr(self, "pointer", None) is not None:  # nobody has it any more, so no lock
            self.pointer = None
            self._free(self._owner)


class Unique:
    """Stands for something there is one of: a copy would be the same one, and not know of it."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is not copied and not pickled; make another one")


_alive: WeakSet[Holder] = WeakSet()


def _in_child() -> None:
    """Another thread of the parent may have been inside: its lock stays shut here for ever."""
    for holder in _alive:
        holder.pointer = None
        holder._forked = True
        holder.lock = RLock()


os.register_at_fork(after_in_child=_in_child)


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

"""Where a service keeps what must not be lost.

A store is written as a URI, as the command `sla` takes it:

    sqlite:desk.db   sqlite:///var/lib/desk.db   postgresql://...   postgresql:service=sla   memory:

or as one of the classes below, which have more to say.  Making one opens nothing: a service
opens it, and lets go of it.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Callable, Union

from sla._arguments import instance, mark_of, span_of
from sla._handle import Holder, Unique
from sla._sla import ffi, lib
from sla.errors import ArgumentError, check, error_of
from sla.instants import Span

if TYPE_CHECKING:
    from sla._sla import _CData as CData


@dataclass(frozen=True)
class SQLite:
    """One file, on a disk of this machine.  One service at a time has it."""

    path: str | PathLike[str]
    #: a file that is not there is NotFoundError, and not made
    existing: bool = False

    async def _open(self, loop: asyncio.AbstractEventLoop, seconds: float) -> CData:
        """Opened by a thread in C: a file whose last service was killed is recovered first.

        Cancelled, it waits so many seconds for the file, and lets go of it."""
        out = ffi.new("sla_py_opening **")
        check(lib.sla_py_opening_new(_bytes(self.path), mark_of(self.existing, "existing"), out))
        opening, opened = out[0], loop.create_future()
        fd = lib.sla_py_opening_fd(opening)

        def is_open() -> None:
            loop.remove_reader(fd)
            if not opened.done():
                opened.set_result(None)

        loop.add_reader(fd, is_open)
        try:
            await asyncio.wait((opened,))
        except BaseException as raised:
            if isinstance(raised, asyncio.CancelledError) and await _done(opened, seconds):
                _close(opening)
            else:  # its thread lets go of what it opens
                loop.remove_reader(fd)
                lib.sla_py_opening_abandon(opening)
            raise
        store, error = ffi.new("sla_store **"), ffi.new("sla_error *")
        check(lib.sla_py_opening_finish(opening, store, error), error)
        return store[0]

    def _options(self) -> tuple[CData, object]:
        path = ffi.new("char[]", _bytes(self.path))
        return ffi.new("sla_sqlite_options *", {"size": ffi.sizeof("sla_sqlite_options"), "path": path}), path

    def init(self) -> None:
        """Make the file and its tables where they are missing.  Waits for the disk."""
        _run(lib.sla_store_sqlite_init, self._options())

    def migrate(self) -> None:
        """Bring the tables of an older release up to this one's."""
        _run(lib.sla_store_sqlite_migrate, self._options())

    def check(self) -> list[str]:
        """What does not fit together, a sentence each; empty when all is well.  May run beside
        a service.  Raises NotFoundError, StoreError ... where it cannot look."""
        options, path = self._options()
        return _complaints(lambda texts, error: int(lib.sla_py_sqlite_check(options.path, texts, error)))


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL, 14 or newer, whose schema was made by `init` or `sla db init`.

    `conninfo` is what libpq reads, a URI or key=value pairs.
    """

    conninfo: str = field(repr=False)  # there may be a password in it
    schema: str = "sla"
    #: how long another service is kept out when this one has gone without a word
    lease: Span = "PT15S"
    connect_limit: Span = "PT5S"
    answer_limit: Span = "PT10S"
    #: behind a pooler that hands out another connection for each transaction
    pooled: bool = False

    async def _open(self, loop: asyncio.AbstractEventLoop, seconds: float) -> CData:
        options, kept = self._options()
        store, error = ffi.new("sla_store **"), ffi.new("sla_error *")
        check(lib.sla_store_pg_new(options, store, error), error)
        return store[0]

    def _options(self) -> tuple[CData, object]:
        conninfo = ffi.new("char[]", _bytes(self.conninfo))
        schema = ffi.new("char[]", _bytes(self.schema))
        options = ffi.new("sla_pg_options *")
        options.size = ffi.sizeof("sla_pg_options")
        options.conninfo, options.schema = conninfo, schema
        options.lease = span_of(self.lease, "lease")
        options.connect_limit = span_of(self.connect_limit, "connect_limit")
        options.answer_limit = span_of(self.answer_limit, "answer_limit")
        options.pooled = mark_of(self.pooled, "pooled")
        return options, (conninfo, schema)

    def init(self) -> None:
        """Make the schema where it is not.  Waits for the server."""
        _run(lib.sla_store_pg_init, self._options())

    def migrate(self) -> None:
        """Bring the schema of an older release up to this one's."""
        _run(lib.sla_store_pg_migrate, self._options())

    def check(self) -> list[str]:
        """What is not so, also about whether a service could run as this role."""
        options, kept = self._options()
        return _complaints(
            lambda texts, error: int(lib.sla_py_pg_check(options.conninfo, options.schema, texts, error))
        )


class Memory(Unique):
    """Forgets everything when the last that has it goes: for tests.

    Services that are given the same `Memory`, one after the other, go on where the one before
    stopped.
    """

    def __init__(self) -> None:
        out = ffi.new("sla_store **")
        check(lib.sla_store_memory_new(ffi.NULL, out))
        self._holder = Holder(out[0], lib.sla_py_store_close, "store")

    async def _open(self, loop: asyncio.AbstractEventLoop, seconds: float) -> CData:
        out = ffi.new("sla_store **")
        check(self._holder.lend(lib.sla_store_memory_share, out))
        return out[0]


Store = Union[SQLite, Postgres, Memory]


def store_of(uri: str | Store) -> Store:
    """The store of a URI.  Raises ArgumentError for what is none."""
    if not isinstance(uri, str):
        store: Store = instance(uri, (SQLite, Postgres, Memory), "a URI or a store of sla.stores", "store")
        return store
    kind, colon, where = uri.partition(":")
    if uri == "memory:":
        return Memory()
    if kind in ("postgresql", "postgres") and where.startswith("//"):
        return Postgres(uri)
    if kind == "postgresql" and where:
        return Postgres(where)
    if kind == "sqlite" and where.startswith("///"):
        where = where[2:]
    if kind == "sqlite" and where and not where.startswith("//"):
        if "?" in where and not where.startswith("./"):
            raise ArgumentError("sqlite: takes no parameters, which '?' begins; a file of such a name is sqlite:./NAME")
        return SQLite(where)
    raise ArgumentError(
        "a store is sqlite:PATH, sqlite:///PATH, postgresql://..., postgresql:service=NAME or memory:"
    )


async def _done(opened: asyncio.Future[None], seconds: float) -> bool:
    """Whether it comes within seconds; who is cancelled meanwhile waits on, since it is near."""
    end = opened.get_loop().time() + seconds
    while not opened.done() and (left := end - opened.get_loop().time()) > 0:
        try:
            await asyncio.wait((opened,), timeout=left)
        except asyncio.CancelledError:
            pass  # that it is, whoever called knows already
    return opened.done()


def _close(opening: CData) -> None:
    """What was opened for nobody."""
    store, error = ffi.new("sla_store **"), ffi.new("sla_error *")
    if lib.sla_py_opening_finish(opening, store, error) == 0:
        lib.sla_py_store_close(store[0])


def _bytes(given: str | PathLike[str]) -> bytes:
    """What C is given, whole: it would read up to the first NUL."""
    try:
        data = os.fsencode(instance(given, (str, bytes, PathLike), "a text or a path", "a store's place"))
    except UnicodeEncodeError:
        raise ArgumentError("a text has half of a surrogate pair in it; leave it out") from None
    if b"\0" in data:
        raise ArgumentError("a text has the character U+0000 in it; leave it out")
    return data


def _run(call: Callable[[CData, CData], int], options: tuple[CData, object]) -> None:
    error = ffi.new("sla_error *")
    check(call(options[0], error), error)


def _complaints(call: Callable[[CData, CData], int]) -> list[str]:
    texts, error = ffi.new("char **"), ffi.new("sla_error *")
    result = call(texts, error)
    try:
        complaints: list[str] = ffi.string(texts[0]).decode("utf-8", "replace").splitlines() if texts[0] else []
    finally:
        lib.sla_py_text_free(texts[0])
    if result < 0 and not complaints:
        raise error_of(result, error)
    return complaints

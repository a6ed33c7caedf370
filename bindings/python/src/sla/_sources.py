"""Where the facts of a replay come from, as rows of bytes for a batch.

Facts and lines are taken some at a time, so that a file need not fit into memory; a table, and
whatever is put into the order of occurrence, is read as a whole.
"""

from __future__ import annotations

import io
import os
import stat
import sys
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import IO, Any, Callable, Iterable, Iterator, Mapping, NamedTuple, Union

from sla._arguments import path_of, source_of
from sla._sla import ffi, lib
from sla._values import Reading
from sla.errors import ArgumentError, OutOfMemory, SlaError
from sla.facts import AnyFact, Fact, pack
from sla.instants import microseconds
from sla.mapping import Columns
from sla.tables import Frame, Packed, Place, Row, Table, csv_rows, frame_rows, mapping_rows

#: What can be replayed: facts, JSON lines or a table as a path or an open file, a DataFrame.
Facts = Union["Iterable[AnyFact | Mapping[str, Any]]", str, "PathLike[str]", "IO[str]", "IO[bytes]", Frame]

Refuse = Callable[[Place, SlaError], object]

_FACTS_AT_ONCE = 4096
_BYTES_AT_ONCE = 1 << 22


class Chunk(NamedTuple):
    """Facts in a row; `place` says where the one came from that a batch counts as (fact, line),
    both from 0."""

    data: bytes
    lines: bool
    place: Callable[[int, int], Place]


class Source:
    """A source that was opened: what is wrong with it as a whole has been said by then."""

    def __init__(self, chunks: Iterator[Chunk], passed_over: list[str] | None = None) -> None:
        self.chunks = chunks
        self.passed_over = passed_over or []
        self.close: Callable[[], object] = _nothing  #: closes what was opened here


def _nothing() -> None:
    pass


def open_source(
    facts: Facts,
    reading: Reading,
    mapping: Mapping[Any, str] | None,
    names: Mapping[str, str] | None,
    separator: str | None,
    encoding: str,
    by_occurred: bool,
    refuse: Refuse,
) -> Source:
    """Facts, lines or a table: by what was given, and how a file is called."""
    table = _TableOf(mapping, names, reading, by_occurred, refuse)
    if _is_frame(facts):
        return table.open(*frame_rows(facts), "the DataFrame")  # type: ignore[arg-type]
    if isinstance(facts, bytes):
        facts = io.BytesIO(facts)
    if isinstance(facts, str) and facts.lstrip("\ufeff \t\r\n").startswith("{"):
        facts = io.StringIO(facts)
    if isinstance(facts, (str, PathLike)) or hasattr(facts, "read"):
        return _open_file(facts, table, mapping is not None, separator, encoding, by_occurred)  # type: ignore[arg-type]
    if isinstance(facts, (Mapping, Fact)):
        raise ArgumentError("several facts are wanted: put the one into a list")
    if not hasattr(facts, "__iter__"):
        raise ArgumentError(f"facts are rows of them, a path, an open file or a DataFrame, not {type(facts).__name__}")
    if mapping is not None:
        rows: list[Any] = list(facts)  # type: ignore[arg-type]
        return table.open(*mapping_rows(rows), "the rows") if rows else Source(iter(()))
    return Source(_chunks_of_facts(facts, by_occurred, refuse))  # type: ignore[arg-type]


def _is_frame(facts: object) -> bool:
    """Without importing pandas: who gives a DataFrame has it."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(facts, pandas.DataFrame)


def _open_file(
    given: str | PathLike[str] | IO[Any],
    table: _TableOf,
    mapped: bool,
    separator: str | None,
    encoding: str,
    by_occurred: bool,
) -> Source:
    opened = isinstance(given, (str, PathLike))
    if isinstance(given, (str, PathLike)):
        given = path_of(given, "rows of them, a path, an open file or a DataFrame", "facts")
    name = source_of(given if isinstance(given, Path) else Path(str(getattr(given, "name", ""))))
    is_table = mapped or separator is not None or name.lower().endswith((".csv", ".tsv"))
    if separator is None:
        separator = "\t" if name.lower().endswith(".tsv") else ","
    if len(separator) != 1 or separator in '"\r\n':
        raise ArgumentError(f"a separator is one character and no quote, not {separator!r}")
    file: IO[Any] = open(given, "rb") if isinstance(given, (str, PathLike)) else given
    close: Callable[[], object] = file.close if opened else _nothing  # a given one stays open
    try:
        if not is_table:
            _check_waits(file, name or "the lines")
            source = Source(_chunks_of_lines(file, name or "the lines", by_occurred))
        else:
            _check_waits(file, name or "the table")
            text = file if _is_text(file) else _decoded(file, name or "the table", encoding)
            source = table.open(*csv_rows(text, name or "the table", separator), name or "the table")
    except BaseException:
        close()
        raise
    source.close = close
    return source


def _decoded(file: IO[bytes], name: str, encoding: str) -> io.TextIOWrapper:
    """Its text; the end of this does not close the file."""
    return io.TextIOWrapper(io.BufferedReader(_Waits(file, name), _BYTES_AT_ONCE), encoding=encoding, newline="")


def _is_text(file: IO[Any]) -> bool:
    return isinstance(file, io.TextIOBase) or isinstance(file.read(0), str)


class _Waits(io.RawIOBase):
    """What a file gives, to its end: one that gives nothing for now is refused."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        block = _bytes(self._file.read(len(room)), self._name)
        room[: len(block)] = block
        return len(block)


def _check_waits(file: IO[Any], name: str) -> None:
    """A text file says of nothing for now that it is the end."""
    if not isinstance(file, io.TextIOBase):
        return
    try:
        descriptor = file.fileno()
        waits = os.get_blocking(descriptor) or stat.S_ISREG(os.fstat(descriptor).st_mode)
    except (OSError, ValueError):
        return  # no file of the system
    if not waits:
        raise _does_not_wait(name)


def _does_not_wait(name: str) -> ArgumentError:
    said = "it does not wait for what has not come yet: os.set_blocking() makes it, or give all that it is to hold"
    return ArgumentError(said, source=name)


class _TableOf:
    """What makes a source of rows."""

    def __init__(
        self,
        mapping: Mapping[Any, str] | None,
        names: Mapping[str, str] | None,
        reading: Reading,
        by_occurred: bool,
        refuse: Refuse,
    ) -> None:
        self._mapping = mapping
        self._names = names or {}
        self._reading = reading
        self._by_occurred = by_occurred
        self._refuse = refuse

    def open(self, labels: list[str], rows: Iterator[Row], source: str) -> Source:
        """The mapping is looked at now, the rows when they are wanted."""
        columns = Columns(labels, self._mapping, source)
        table = Table(columns, self._names, self._reading, self._by_occurred)
        return Source(self._chunks(table, rows), columns.passed_over)

    def _chunks(self, table: Table, rows: Iterator[Row]) -> Iterator[Chunk]:
        packed = table.pack(rows, self._refuse)
        for first in range(0, len(packed), _FACTS_AT_ONCE):
            some = packed[first : first + _FACTS_AT_ONCE]
            yield Chunk(b"".join([one.piece for one in some]), False, _of_rows(some))


def _of_rows(some: list[Packed]) -> Callable[[int, int], Place]:
    return lambda fact, _: (some[fact].row, some[fact].source, some[fact].line)


# ---- facts


def _chunks_of_facts(facts: Iterable[AnyFact], by_occurred: bool, refuse: Refuse) -> Iterator[Chunk]:
    """One that cannot be packed is refused once those before it are recorded."""
    if by_occurred:
        facts = sorted(facts, key=_occurred)
    numbered = iter(facts)
    done = 0
    while some := list(islice(numbered, _FACTS_AT_ONCE)):
        first = done
        pieces: list[bytes] = []
        for fact in some:
            try:
                pieces.append(pack(fact, None))
            except SlaError as error:
                yield Chunk(b"".join(pieces), False, _of_facts(first))
                refuse((done, "", 0), error)
                pieces, first = [], done + 1
            done += 1
        yield Chunk(b"".join(pieces), False, _of_facts(first))


def _of_facts(first: int) -> Callable[[int, int], Place]:
    return lambda fact, _: (first + fact, "", 0)


def _occurred(fact: AnyFact) -> int:
    """For sorting; what cannot be read comes last, and is refused then."""
    try:
        if isinstance(fact, Fact):
            occurred, recorded = fact.occurred_at, fact.recorded_at
        else:
            occurred, recorded = fact.get("occurred_at"), fact.get("recorded_at")
        return microseconds(recorded if occurred is None else occurred)  # type: ignore[arg-type]
    except (SlaError, AttributeError):
        return int(lib.SLA_NEVER)


# ---- lines of JSON


def _chunks_of_lines(file: IO[Any], name: str, by_occurred: bool) -> Iterator[Chunk]:
    def place(fact: int, line: int) -> Place:
        return fact, name, line + 1

    if by_occurred:
        yield _sorted_lines(b"".join(iter(lambda: _bytes(file.read(_BYTES_AT_ONCE), name), b"")), name)
        return
    rest = b""
    while block := _bytes(file.read(_BYTES_AT_ONCE), name):
        block = rest + block
        end = block.rfind(b"\n") + 1
        rest = block[end:]
        if end:
            yield Chunk(block[:end], True, place)
    if rest:
        yield Chunk(rest, True, place)


def _bytes(block: object, name: str) -> bytes:
    """What a read gave."""
    if isinstance(block, bytes):
        return block
    if isinstance(block, str):
        return block.encode("utf-8", "surrogatepass")
    if block is None:
        raise _does_not_wait(name)
    if isinstance(block, (bytearray, memoryview)):
        return bytes(block)
    raise ArgumentError(f"its read() gives text or bytes, not {type(block).__name__}", source=name)


def _sorted_lines(data: bytes, name: str) -> Chunk:
    """All lines in the order of `occurred_at`; of one instant as they stand."""
    room = lib.sla_py_fact_new()
    if not room:
        raise OutOfMemory
    capacity = data.count(b"\n") + 1
    occurred, lengths = ffi.new("int64_t[]", capacity), ffi.new("size_t[]", capacity)
    try:
        count = lib.sla_py_lines_occurred(data, len(data), room, occurred, lengths, capacity)
    finally:
        lib.sla_py_fact_free(room)
    starts = [0] * (count + 1)
    for at in range(count):
        starts[at + 1] = starts[at] + lengths[at]
    order = sorted(range(count), key=occurred.__getitem__)
    lines = [data[starts[at] : starts[at + 1]].rstrip(b"\n") + b"\n" for at in order]
    return Chunk(b"".join(lines), True, lambda fact, line: (fact, name, order[line] + 1))


def placed(error: SlaError, place: Place) -> SlaError:
    """The complaint with the place of its fact."""
    error.source = place[1]
    if place[2]:
        error.line = place[2]
    return error


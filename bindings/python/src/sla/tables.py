"""Rows of tables as facts: files of CSV, pandas DataFrames, rows as mappings.

A row says several things of one ticket, and the next row goes back in time: all of them are
read first and put into the order of their instants.
"""

from __future__ import annotations

import csv
from typing import IO, Any, Callable, Iterable, Iterator, Mapping, NamedTuple, Protocol, Sequence, Union

from sla._values import Reading
from sla.errors import ArgumentError, FactError, ParseError, SlaError
from sla.facts import Fact, HEAD, IS_PLAIN, TEXTS, complaint, put_attributes
from sla.mapping import Column, Columns

#: A row: its number and how complaints call its place (source, line), and its values, or what
#: is wrong with all of it.
Row = tuple[int, str, int, Union[Sequence[Any], SlaError]]

#: Which fact it was: its index, what complaints call its source, its line.
Place = tuple[int, str, int]


class Frame(Protocol):
    """What is wanted of a pandas DataFrame, which is never imported here."""

    columns: Any
    index: Any
    iloc: Any
    shape: tuple[int, int]


_TICKET, _TENANT, _FACT = TEXTS.index("ticket"), TEXTS.index("tenant"), TEXTS.index("fact")


class Packed(NamedTuple):
    """A fact of a table; they are sorted by `at` alone."""

    at: int  #: when it is recorded
    piece: bytes
    row: int
    source: str
    line: int


class _Happened(NamedTuple):
    """What one row says, before it is packed."""

    at: int
    name: str
    texts: list[str]
    recorded: int
    attributes: bool
    numbers: tuple[int, int, int, int]  # flags, cycle, span, until


class Table:
    """Facts of rows, by what the columns mean."""

    def __init__(self, columns: Columns, names: Mapping[str, str], reading: Reading, by_occurred: bool) -> None:
        self.columns = columns
        self._names = names
        self._reading = reading
        self._by_occurred = by_occurred

    def pack(self, rows: Iterable[Row], refused: Callable[[Place, SlaError], object]) -> list[Packed]:
        """All facts in order of their instants; those of one instant as they stand, but for
        `opened`, which is the first of its row's."""
        packed: list[Packed] = []
        for number, source, line, values in rows:
            try:
                if isinstance(values, SlaError):
                    raise values
                for at, piece in self._facts(values):
                    packed.append(Packed(at, piece, number, source, line))
            except SlaError as error:
                refused((number, source, line), error)
        packed.sort(key=lambda one: one.at)
        return packed

    def _facts(self, values: Sequence[Any]) -> list[tuple[int, bytes]]:
        given = [None if self._reading.is_missing(value) else value for value in values]
        happened = list(self._happened(given))
        happened = [one for one in happened if one.name]
        happened.sort(key=lambda one: (one.at, one.name != "opened"))
        opened = next((one.at for one in happened if one.name == "opened"), None)
        if opened is not None and happened[0].at < opened:
            raise FactError(
                'what happened to the ticket lies before its "opened": a ticket is opened first; mend the instants '
                "of this row",
                pointer="/occurred_at",
            )
        attributes = self._attributes(given) if any(one.attributes for one in happened) else {}
        return [self._packed(one, attributes) for one in happened]

    def _happened(self, values: Sequence[Any]) -> Iterator[_Happened]:
        """The fact of the row itself, and those that have columns of their own."""
        columns, read = self.columns, self._read
        base: int | None = None
        own = [""] * 12
        for name, column in columns.texts.items():
            if values[column.at] is not None:
                own[TEXTS.index(name)] = read(column, values, "text")
        if not own[_TICKET]:
            raise FactError("the row does not say of which ticket it is", pointer="/ticket")
        when = {
            name: read(column, values, "instant")
            for name, column in columns.instants.items()
            if values[column.at] is not None
        }
        known = when.get("recorded_at")
        if columns.own:
            own[_FACT] = self._name(own[_FACT])
            if "occurred_at" not in when:
                raise FactError("the row does not say when it happened", pointer="/occurred_at")
            at = base = when["occurred_at"]
            numbers = self._numbers(values, when.get("until", 0))
            yield _Happened(at, own[_FACT], own, at if known is None else known, True, numbers)
        for column in columns.facts:
            if values[column.at] is not None:
                at = read(column, values, "instant")
                if column.name == "opened" and base is None:
                    base = at
                yield self._of_column(at, known, column, own)
        for column in columns.after:
            if values[column.at] is not None:
                if base is None:
                    raise FactError(
                        f'{_shown(column)} counts from "occurred_at" or "fact:opened", and neither is there',
                        pointer="/occurred_at",
                    )
                yield self._of_column(base + read(column, values, "span"), known, column, own)

    def _name(self, word: str) -> str:
        """Of the fact that a row is."""
        if "fact" not in self.columns.texts:
            return "opened"
        name = self._names.get(word, word)
        if not word and "" not in self._names:
            raise FactError(
                'the row does not say what happened: a column "fact" has the name of one, such as opened; '
                "names= may say what is meant by none",
                pointer="/fact",
            )
        return name

    def _of_column(self, at: int, known: int | None, column: Column, own: list[str]) -> _Happened:
        """What has a column of its own: nothing of a row is recorded before the row was."""
        texts = [""] * 12
        texts[_TENANT], texts[_TICKET], texts[_FACT] = own[_TENANT], own[_TICKET], column.name
        recorded = at if known is None or known < at else known
        attributes = column.name == "opened" and not self.columns.own
        return _Happened(at, column.name, texts, recorded, attributes, (0, 0, 0, 0))

    def _numbers(self, values: Sequence[Any], until: int) -> tuple[int, int, int, int]:
        found = {
            column.name: self._read(column, values, column.kind)
            for column in self.columns.others
            if values[column.at] is not None
        }
        flags = (1 if found.get("excluded") else 0) | (2 if found.get("silence") else 0)
        return flags, found.get("cycle", 0), found.get("for", 0), until

    def _attributes(self, values: Sequence[Any]) -> dict[str, Any]:
        return {
            column.name: self._read(column, values, "attribute")
            for column in self.columns.attributes
            if values[column.at] is not None
        }

    def _read(self, column: Column, values: Sequence[Any], how: str) -> Any:
        """A value of a column; FactError with the column's name for what it cannot be."""
        value = values[column.at]
        try:
            if how in ("span", "attribute"):
                return getattr(self._reading, how)(value, column.type)
            return getattr(self._reading, how)(value)
        except ValueError as error:
            said = error.text if isinstance(error, SlaError) else str(error)
            raise FactError(f"{_shown(column)}: {said}", pointer=_pointer(column)) from None

    def _packed(self, one: _Happened, attributes: Mapping[str, Any]) -> tuple[int, bytes]:
        """When it is recorded, and its piece (_glue.h)."""
        recorded = one.at if self._by_occurred else one.recorded
        texts, count = one.texts[:3], 0
        if one.attributes and attributes:
            count = len(attributes)
            put_attributes(texts, attributes)
        flags, cycle, span, until = one.numbers
        if any(one.texts[3:]):
            texts += one.texts[3:]
        else:
            flags |= IS_PLAIN
        try:
            data = "\0".join([*texts, ""]).encode()
        except UnicodeEncodeError:
            raise complaint(dict(zip(TEXTS, one.texts)), attributes) from None
        if data.count(b"\0") != len(texts):
            raise complaint(dict(zip(TEXTS, one.texts)), attributes)
        size = HEAD.size + len(data)
        return recorded, HEAD.pack(size, flags, cycle, count, one.at / 1e6, recorded / 1e6, span, until) + data


def _shown(column: Column) -> str:
    return f'column "{column.label}"'


def _pointer(column: Column) -> str:
    if column.kind == "attribute":
        return f"/attributes/{column.name}"
    return "/occurred_at" if column.kind in ("fact", "after") else f"/{column.name}"


# ---- where rows come from


def csv_rows(file: IO[str], source: str, separator: str) -> tuple[list[str], Iterator[Row]]:
    """The row of names, and the others with the line in which each begins."""
    reader = csv.reader(file, delimiter=separator, strict=True)
    try:
        labels = next((row for row in reader if row), None)
    except csv.Error as error:
        raise ParseError(_said(error, 1, reader.line_num), source=source, line=reader.line_num) from None
    except UnicodeError as error:
        raise _no_text(source, reader.line_num, error) from None
    if labels is None:
        raise ParseError("a table begins with a row of names", source=source)
    labels[0] = labels[0].lstrip("\ufeff")  # some programs put it before UTF-8
    return labels, _csv_rows(reader, len(labels), source)


def _csv_rows(reader: Any, count: int, source: str) -> Iterator[Row]:
    number = 0
    while True:
        line = reader.line_num + 1
        values: Sequence[Any] | SlaError
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            values = ParseError(_said(error, line, reader.line_num))
        except UnicodeError as error:
            raise _no_text(source, line, error) from None
        if not values and not isinstance(values, SlaError):
            continue
        if not isinstance(values, SlaError) and len(values) != count:
            values = ParseError(f"the row has {len(values)} fields, and the first one {count}")
        yield number, source, line, values
        number += 1


def _said(error: csv.Error, first: int, last: int) -> str:
    """What is wrong with a row, and which lines went into it: a quote takes in all up to the next."""
    text = str(error)
    if "field limit" in text:
        return f"{text}: csv.field_size_limit() lets longer ones through"
    if "new-line" in text:
        return 'a line ends with CR alone: newline="" of open() or StringIO() reads such lines'
    lines = f"; lines {first} to {last} were taken for one row" if last > first else ""
    if "unexpected end" in text:
        return f"the quote of a field is not closed before the end{lines}"
    return f'{text}: a field with a quote is written "...", and "" is a quote in it{lines}'


def _no_text(source: str, line: int, error: UnicodeError) -> ParseError:
    what = f"this is no {error.encoding}" if isinstance(error, UnicodeDecodeError) else str(error)
    return ParseError(f"{what}: encoding= says what it is", source=source, line=line)


def frame_rows(frame: Frame) -> tuple[list[str], Iterator[Row]]:
    """The columns of a DataFrame, and its rows; complaints name them by the index."""
    columns = [frame.iloc[:, at].astype(object).tolist() for at in range(frame.shape[1])]
    numbered = enumerate(zip(frame.index, zip(*columns)))
    return [str(label) for label in frame.columns], (
        (number, f"row {label}", 0, values) for number, (label, values) in numbered
    )


def mapping_rows(given: Sequence[Mapping[Any, Any]]) -> tuple[list[str], Iterator[Row]]:
    """Rows as mappings of column to value, such as csv.DictReader gives.  Raises ArgumentError
    where none is one."""
    mappings = [row for row in given if isinstance(row, Mapping)]
    if not mappings:
        raise ArgumentError(_no_mapping(given[0]))
    labels = list(dict.fromkeys(label for row in mappings for label in row))
    return [str(label) for label in labels], (
        (number, f"row {number}", 0, _values(row, labels)) for number, row in enumerate(given)
    )


def _values(row: object, labels: Sequence[Any]) -> Sequence[Any] | SlaError:
    return [row.get(label) for label in labels] if isinstance(row, Mapping) else FactError(_no_mapping(row))


def _no_mapping(row: object) -> str:
    hint = "; facts want no mapping=" if isinstance(row, Fact) else ""
    return f"with mapping= a row is a mapping of columns to values, not {type(row).__name__}{hint}"

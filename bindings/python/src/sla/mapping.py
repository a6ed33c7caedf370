"""What the columns of a table mean: `mapping` of `sla.replay`.

    {"number": "ticket", "grade": "attributes.grade", "came in": "occurred_at",
     "solved": "fact:resolved", "first call": "after:answered:minutes"}

The words are those of `sla import --map COLUMN=MEMBER` (docs/cli.md), and `after:`:

    ticket, tenant, id, fact, occurred_at, recorded_at, reason ...   that member of a fact
    attributes.NAME      an attribute, of the type it looks like; :text, :int, :bool behind it
    fact:NAME            when the fact NAME happened to the ticket of the row; recorded then, or at
                         the row's `recorded_at` where that is later
    after:NAME           how long after the row's own instant NAME happened: PT90M, 1:30, a
                         timedelta; :seconds, :minutes, :hours, :days behind it: a number

A column that is called like a member is that member without being mapped; others are passed
over.
"""

from __future__ import annotations

import difflib
import re
from typing import Any, Mapping, NamedTuple, Sequence

from sla._values import UNITS
from sla.errors import ArgumentError
from sla.facts import TEXTS

INSTANTS = ("occurred_at", "recorded_at", "until")
OTHERS = {"for": "span", "cycle": "whole", "excluded": "mark", "silence": "mark"}

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
_TYPES = ("text", "int", "bool")


class Column(NamedTuple):
    """A column and what it means."""

    at: int  #: its place in a row
    label: str
    kind: str  #: text, instant, span, whole, mark, attribute, fact, after
    name: str  #: of the member, attribute or fact
    type: str = ""  #: of an attribute; the unit of a span


def column_of(at: int, label: str, member: str) -> Column | None:
    """What a column is that is mapped to, or called, `member`; None for what no fact has."""
    if member in TEXTS:
        return Column(at, label, "text", member)
    if member in INSTANTS:
        return Column(at, label, "instant", member)
    name, _, kind = member.partition(":")
    if name in OTHERS and (not kind or name == "for" and kind in UNITS):
        return Column(at, label, OTHERS[name], name, kind)
    if name.startswith("attributes."):
        name = name[len("attributes.") :]
        fits = _NAME.fullmatch(name) and (not kind or kind in _TYPES) and not member.endswith(":")
        return Column(at, label, "attribute", name, kind) if fits else None
    if name in ("fact", "after"):
        what, _, unit = kind.partition(":")
        fits = _NAME.fullmatch(what) and (not unit or name == "after" and unit in UNITS) and not member.endswith(":")
        return Column(at, label, name, what, unit) if fits else None
    return None


class Columns:
    """The columns of a table.  Raises ArgumentError for a mapping that does not fit to it."""

    def __init__(self, labels: Sequence[str], mapping: Mapping[Any, str] | None, source: str) -> None:
        if len(labels) == 1 and any(separator in labels[0] for separator in ";\t|"):
            said = f'there is one column, "{labels[0]}": separator= says what stands between'
            raise ArgumentError(said, source=source)
        mapped = _checked(mapping or {}, labels, source)
        found = [column_of(at, label, mapped.get(label, label)) for at, label in enumerate(labels)]
        self.count = len(labels)
        self.passed_over = [label for label, column in zip(labels, found) if column is None]
        known = [column for column in found if column is not None]
        _refuse_two(known, source)
        self.texts = {column.name: column for column in known if column.kind == "text"}
        self.instants = {column.name: column for column in known if column.kind == "instant"}
        self.others = [column for column in known if column.kind in ("span", "whole", "mark")]
        self.attributes = [column for column in known if column.kind == "attribute"]
        self.facts = [column for column in known if column.kind == "fact"]
        self.after = [column for column in known if column.kind == "after"]
        self.own = "occurred_at" in self.instants  # a row is a fact itself
        if "ticket" not in self.texts or not (self.own or self.facts):
            raise ArgumentError(
                f'a table needs a column "ticket", and one "occurred_at" or "fact:NAME": mapping= says which these '
                f"are among {_listed(labels)}",
                source=source,
            )


def _checked(mapping: Mapping[Any, str], labels: Sequence[str], source: str) -> Mapping[str, str]:
    """By the labels as texts: those of a DataFrame may be numbers."""
    named = {str(label): member for label, member in mapping.items()}
    for label, member in named.items():
        if label not in labels:
            near = difflib.get_close_matches(label, labels, 1)
            hint = f'; "{near[0]}" is' if near else f"; there are {_listed(labels)}"
            raise ArgumentError(f'no column is called "{label}", which mapping= names{hint}', source=source)
        if not isinstance(member, str) or column_of(0, "", member) is None:
            near = difflib.get_close_matches(str(member), (*TEXTS, *INSTANTS, *OTHERS), 1, 0.75)
            hint = f'perhaps "{near[0]}"' if near else "a member is ticket, occurred_at, attributes.NAME, fact:NAME ..."
            raise ArgumentError(f'mapping= says that the column "{label}" is {member!r}, which no fact has; {hint}')
    return named


def _refuse_two(columns: Sequence[Column], source: str) -> None:
    """Facts may happen twice; a member has one value."""
    seen: dict[tuple[str, str], Column] = {}
    for column in columns:
        first = seen.setdefault((column.kind, column.name), column)
        if first is not column and column.kind not in ("fact", "after"):
            raise ArgumentError(
                f'two columns say {column.name}: "{first.label}" and "{column.label}"; map one to something else',
                source=source,
            )


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(f'"{label}"' for label in labels) or "none"

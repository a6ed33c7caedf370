"""Facts: what happened to a ticket, and when.

A fact is a `Fact`, or a mapping with the members of docs/facts.md: {"ticket": "T-1", "fact":
"opened", "occurred_at": "2026-03-02T09:00:00+08:00"}.  It crosses to C in one piece of bytes
(_glue.h): a head of numbers and its texts behind it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Iterable, Mapping, Union

from sla._quick import pack as quick_pack
from sla.errors import ArgumentError, FactError, SlaError, TooLongError
from sla.instants import Instant, Span, microseconds, seconds, span_microseconds

#: What an attribute may be; None takes the value away.
Value = Union[str, int, bool, datetime, None]


@dataclass
class Fact:
    """What happened to a ticket.  docs/facts.md says what each member means.

    An instant is an aware datetime or RFC 3339 text, a span a timedelta or ISO 8601 text; a text
    that is empty is not there.
    """

    ticket: str
    fact: str
    #: when it happened; the instant of recording where there is none
    occurred_at: Instant | None = None
    id: str = ""
    attributes: Mapping[str, Value] | None = None
    tenant: str = ""
    #: when it was recorded; `now` of the call where it says so
    recorded_at: Instant | None = None
    by: str = ""
    reason: str = ""
    policy: str = ""
    target: str = ""
    #: 0 is the latest
    cycle: int = 0
    corrects: str = ""
    withdraws: str = ""
    approver: str = ""
    authorised_by: str = ""
    #: `for` of docs/facts.md, which is no name in Python
    for_: Span | None = None
    until: Instant | None = None
    excluded: bool = False
    silence: bool = False


AnyFact = Union[Fact, Mapping[str, Any]]

_MEMBERS = {name: "for_" if name == "for" else name for name in (*Fact.__dataclass_fields__, "for")}

#: Members that are texts, in the order in which a piece of a fact has them (_glue.h); attributes
#: stand behind the third.
TEXTS = (
    "ticket", "fact", "id", "tenant", "by", "reason", "policy", "target", "corrects", "withdraws", "approver",
    "authorised_by",
)  # fmt: skip

#: members that most facts have no others than
_PLAIN = frozenset(("ticket", "fact", "occurred_at", "id", "attributes", "recorded_at"))
_EXCLUDED, _SILENCE, IS_PLAIN = 1, 2, 4

#: length, flags, cycle, attribute_count; occurred_at, recorded_at; span, until
HEAD = struct.Struct("=4I2d2q")
_ATTRIBUTES = 64
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
LONGEST = 300 * 366 * 86400 * 1000000  # spans, as C has it
_NOTHING, _LATEST = "", 0
_NUMERIC = ("i", "u", "b")  # numpy's whole numbers, True and False
_NUMBERS = {number: f"i{number}" for number in range(-1, 256)}  # what most numbers are


def fact_of(mapping: Mapping[str, Any]) -> Fact:
    """A Fact with the members of docs/facts.md.

    Raises FactError for a member that is unknown or missing; `comment` and `x-...` are
    anybody's.
    """
    if not isinstance(mapping, Mapping):
        raise FactError(f"a fact is a Fact or a mapping, not {type(mapping).__name__}")
    members = {}
    for name, value in mapping.items():
        if not isinstance(name, str):
            raise FactError(f"the name of a member is a text, not {type(name).__name__}")
        member = _MEMBERS.get(name)
        if member is not None:
            if member in members:
                raise FactError('the members "for" and "for_" are the same one', pointer="/for")
            members[member] = value
        elif name != "comment" and not name.startswith("x-"):
            raise FactError(
                f'the member "{name}" is not known; what the ticket is like belongs into attributes', pointer=f"/{name}"
            )
    for name in ("ticket", "fact"):
        if name not in members:
            raise FactError(f'the member "{name}" is missing')
    return Fact(**members)


def fact_by_name(members: dict[str, Any]) -> Fact:
    """A Fact of arguments by name.  Raises TypeError, as for those of any function."""
    for name in ("ticket", "fact"):
        if members.get(name) is None:
            raise TypeError(f"a fact has a {name}")
    for name in members:
        if name not in Fact.__dataclass_fields__:
            raise TypeError(f"a fact has no member {name}; what the ticket is like belongs into attributes")
    return Fact(**members)


def plain_members(fact: AnyFact) -> tuple[str, str, str, Mapping[str, Value] | None, Instant | None, Instant | None] | None:
    """Ticket, fact, id, attributes, occurred_at and recorded_at of a fact that has nothing else
    to say; None for another."""
    if type(fact) is dict:
        if not _PLAIN.issuperset(fact) or "ticket" not in fact or "fact" not in fact:
            return None
        get = fact.get
        return (
            fact["ticket"], fact["fact"], get("id", ""), get("attributes"), get("occurred_at"), get("recorded_at"),
        )  # fmt: skip
    if type(fact) is not Fact or not (
        # by identity: what is false but of another type is looked at like any other value
        _NOTHING is fact.tenant is fact.by is fact.reason is fact.policy is fact.target is fact.corrects
        is fact.withdraws is fact.approver is fact.authorised_by and fact.cycle is _LATEST
        and False is fact.excluded is fact.silence and None is fact.for_ is fact.until
    ):  # fmt: skip
        return None
    return fact.ticket, fact.fact, fact.id, fact.attributes, fact.occurred_at, fact.recorded_at


def _plain_texts(ticket: str, fact: str, id: str, attributes: Mapping[str, Value] | None) -> tuple[bytes, int]:
    """What stands behind the head of a plain piece, and how many attributes are there.  Raises
    FactError, TooLongError."""
    texts = [ticket, fact, id]
    count = 0
    if attributes is not None:
        if type(attributes) is not dict:
            _check_attributes(attributes)
        count = put_attributes(texts, attributes)
    texts.append("")
    try:
        return "\0".join(texts).encode(), count
    except (TypeError, UnicodeEncodeError):
        raise complaint({"ticket": ticket, "fact": fact, "id": id}, attributes) from None


def pack(fact: AnyFact, now: float | None) -> bytes:
    """The piece of a fact.

    `now` is the instant of recording, as `seconds` gives it; None takes `recorded_at` of the
    fact, or when it happened.  Raises FactError, TooLongError.
    """
    piece: bytes | None = quick_pack(fact, now)
    if piece is not None:
        return piece
    plain = plain_members(fact)
    if plain is None:
        return _pack(fact if isinstance(fact, Fact) else fact_of(fact), now)
    ticket, name, id, attributes, occurred_at, recorded_at = plain
    occurred, recorded = _instants(occurred_at, recorded_at, now)
    data, count = _plain_texts(ticket, name, id, attributes)
    if data.count(b"\0") != 3 + 2 * count:
        raise complaint({"ticket": ticket, "fact": name, "id": id}, attributes)
    return HEAD.pack(HEAD.size + len(data), IS_PLAIN, 0, count, occurred, recorded, 0, 0) + data


def several(facts: Iterable[AnyFact]) -> Iterable[AnyFact]:
    """Facts in a row.  Raises ArgumentError for one, or what is none."""
    if isinstance(facts, (Mapping, Fact)):
        raise ArgumentError("several facts are wanted: put the one into a list")
    if isinstance(facts, (str, bytes)) or not isinstance(facts, Iterable):
        raise ArgumentError(f"several facts are wanted, such as a list of them, not {type(facts).__name__}")
    return facts


def pack_all(facts: Iterable[AnyFact]) -> list[bytes]:
    """The pieces of facts with a `recorded_at` or when they happened.

    Raises what `pack` does, with the number of the fact as `index`.
    """
    pieces: list[bytes] = []
    try:
        for fact in several(facts):
            pieces.append(pack(fact, None))
    except SlaError as error:
        error.index = len(pieces)
        raise
    return pieces


def wrong(error: SlaError, member: str) -> FactError:
    """What is wrong with an instant or a span, as what is wrong with that member."""
    return FactError(error.text, pointer=f"/{member}")


def recorded_seconds(recorded_at: Instant) -> float:
    """As `seconds`, of that member.  Raises FactError, also where another instant counts."""
    try:
        return seconds(recorded_at)
    except SlaError as error:
        raise wrong(error, "recorded_at") from None


def _instants(occurred_at: Instant | None, recorded_at: Instant | None, now: float | None) -> tuple[float, float]:
    """When it happened, and when it was recorded."""
    if recorded_at is not None:
        recorded = recorded_seconds(recorded_at)
        now = recorded if now is None else now
    if occurred_at is not None:
        try:
            occurred = seconds(occurred_at)
        except SlaError as error:
            raise wrong(error, "occurred_at") from None
        return occurred, occurred if now is None else now
    if now is None:
        raise FactError('the member "occurred_at" is missing')
    return now, now


def _pack(fact: Fact, now: float | None) -> bytes:
    """The piece of a fact with members that few facts have."""
    occurred, recorded = _instants(fact.occurred_at, fact.recorded_at, now)
    flags, span, until = _others(fact)
    texts = [fact.ticket, fact.fact, fact.id]
    count = 0
    if fact.attributes is not None:
        _check_attributes(fact.attributes)
        count = put_attributes(texts, fact.attributes)
    texts += (
        fact.tenant, fact.by, fact.reason, fact.policy, fact.target, fact.corrects, fact.withdraws,
        fact.approver, fact.authorised_by, "",
    )  # fmt: skip
    try:
        data = "\0".join(texts).encode()
    except (TypeError, UnicodeEncodeError):
        raise complaint(_texts(fact), fact.attributes) from None
    if data.count(b"\0") != len(texts) - 1:
        raise complaint(_texts(fact), fact.attributes)
    return HEAD.pack(HEAD.size + len(data), flags, fact.cycle, count, occurred, recorded, span, until) + data


def _others(fact: Fact) -> tuple[int, int, int]:
    """Flags, span and until of a fact; its cycle is one."""
    for name, mark in ("excluded", fact.excluded), ("silence", fact.silence):
        if not isinstance(mark, bool):
            raise FactError(f"True or False is wanted, not {type(mark).__name__}", pointer=f"/{name}")
    if not isinstance(fact.cycle, int) or isinstance(fact.cycle, bool) or not 0 <= fact.cycle < 2**32:
        raise FactError("a cycle is a number from 0, which is the latest", pointer="/cycle")
    flags = (_EXCLUDED if fact.excluded else 0) | (_SILENCE if fact.silence else 0)
    try:
        span = 0 if fact.for_ is None else _span(fact.for_)
    except SlaError as error:
        raise wrong(error, "for") from None
    try:
        return flags, span, 0 if fact.until is None else microseconds(fact.until)
    except SlaError as error:
        raise wrong(error, "until") from None


def _span(given: Span) -> int:
    span = span_microseconds(given)
    if span > LONGEST:
        raise FactError("a span is not longer than 300 years")
    if span <= 0:
        raise FactError("this is no time at all; write a span such as PT4H")
    return span


def _check_attributes(attributes: object) -> None:
    if not isinstance(attributes, Mapping):
        said = f"attributes are a mapping of names to values, not {type(attributes).__name__}"
        raise FactError(said, pointer="/attributes")


def put_attributes(texts: list[str], attributes: Mapping[str, Value]) -> int:
    """Names and values, as _glue.h says; how many there are.  Raises FactError, TooLongError."""
    before = len(texts)
    try:
        items = attributes.items()
    except AttributeError:
        _check_attributes(attributes)
        raise
    for name, value in items:
        kind = type(value)
        if kind is str:
            texts += name, "s" + value  # type: ignore[operator]
        elif kind is int and value in _NUMBERS:
            texts += name, _NUMBERS[value]  # type: ignore[index]
        elif kind is bool:
            texts += name, "b1" if value else "b0"
        elif value is None:
            texts += name, "n"
        else:
            texts += name, _other(name, value)
    count = (len(texts) - before) // 2
    if count > _ATTRIBUTES:
        raise TooLongError("a fact has at most 64 attributes", pointer="/attributes")
    return count


def _other(name: str, value: object) -> str:
    """A larger number, an instant, what derives from a plain type, or a number of numpy."""
    if getattr(value, "shape", None) == () and getattr(getattr(value, "dtype", None), "kind", "") in _NUMERIC:
        value = value.item()  # type: ignore[attr-defined]
        if isinstance(value, bool):
            return "b1" if value else "b0"
    if isinstance(value, datetime):
        try:
            return f"t{microseconds(value)}"
        except SlaError as error:
            raise wrong(error, f"attributes/{name}") from None
    if isinstance(value, str):
        return "s" + str.__str__(value)
    if isinstance(value, int):
        if not _LOWEST <= value <= _HIGHEST:
            raise FactError("a number has at most 64 bits", pointer=f"/attributes/{name}")
        return f"i{int(value)}"
    raise FactError(
        f"an attribute is a text, a whole number, True, False, a datetime or None, not {type(value).__name__}",
        pointer=f"/attributes/{name}",
    )


def complaint(members: Mapping[str, object], attributes: Mapping[str, Value] | None) -> FactError:
    """Which text of a fact cannot be packed, by its type or what is in it."""
    for name, value in members.items():
        if not isinstance(value, str):
            return FactError(f"a text is wanted, not {type(value).__name__}", pointer=f"/{name}")
        wrong_in = _wrong_in(value)
        if wrong_in:
            return FactError(f"the text has {wrong_in} in it; leave it out", pointer=f"/{name}")
    for name, value in (attributes or {}).items():
        if not isinstance(name, str):
            return FactError(f"an attribute's name is a text, not {type(name).__name__}", pointer="/attributes")
        wrong_in = _wrong_in(name)
        if wrong_in:
            return FactError(f"the name of an attribute has {wrong_in} in it", pointer="/attributes")
        wrong_in = _wrong_in(value) if isinstance(value, str) else ""
        if wrong_in:
            return FactError(f"the text has {wrong_in} in it; leave it out", pointer=f"/attributes/{name}")
    return FactError("a text cannot be read")


def _wrong_in(text: str) -> str:
    if "\0" in text:
        return "the character U+0000"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "half of a surrogate pair"
    return ""


def _texts(fact: Fact) -> dict[str, object]:
    return {name: getattr(fact, name) for name in TEXTS}

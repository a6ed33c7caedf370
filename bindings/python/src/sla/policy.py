"""Policies: which promises a ticket carries, and who is told when.

A policy is JSON (docs/policy.md).  Several are read into one set that never changes afterwards;
any number of engines and threads may share it, and a child process may after `fork`.
"""

from __future__ import annotations

from os import PathLike
from os.path import exists
from typing import TYPE_CHECKING, Any, Iterable, Mapping, NamedTuple, Union

from sla._arguments import instance, path_of, source_of, text_of
from sla._handle import text
from sla._sla import ffi, lib
from sla.calendar import Calendar
from sla.errors import ArgumentError, NotFoundError, check
from sla.instants import Instant, machine_now, microseconds

if TYPE_CHECKING:
    from sla._sla import _CData as CData

#: A policy as JSON text, or the path of a file.  A text begins with "{".
Document = Union[str, bytes, "PathLike[str]"]

_REMARKS = 64


class Remark(NamedTuple):
    """One remark of the lint: legal, and probably not meant.

    `code` is stable ("step_before_start"); the place is that of an error.
    """

    code: str
    source: str
    pointer: str
    line: int
    column: int
    text: str


class Policies:
    """A finished set of policies.

        Policies("complaint.json", pathlib.Path("fault.json"), '{"policy": "call", ...}')

    Raises ParseError (no JSON), PolicyError (a value is wrong: where, and what to write
    instead), TooLongError (above a megabyte), OSError (a file cannot be read).
    """

    __slots__ = ("_policies", "_documents", "__weakref__")

    def __init__(self, *documents: Document) -> None:
        self._begin()
        for number, document in enumerate(documents, 1):
            self._add(*read_document(document, f"policy {number}"))
        self._finish()

    @classmethod
    def bundled(cls, *names: str) -> Policies:
        """Of those that come with the library: "complaint", "fault" ...  Raises NotFoundError."""
        self = object.__new__(cls)
        self._begin()
        for name in names:
            data = lib.sla_bundled_policy(text_of(name, "name").encode(), ffi.NULL)
            if not data:
                raise NotFoundError(f"no bundled policy is called {name!r}; there are {', '.join(cls.bundled_names())}")
            self._add(ffi.string(data), name)
        self._finish()
        return self

    @staticmethod
    def bundled_names() -> list[str]:
        """The names that `bundled` takes."""
        names: list[str] = []
        while name := lib.sla_bundled_policy_name(len(names)):
            names.append(text(name))
        return names

    def _begin(self) -> None:
        out = ffi.new("sla_policies **")
        check(lib.sla_policies_new(ffi.NULL, out))
        self._policies: CData = out[0]
        self._documents: list[tuple[bytes, str]] = []  # a service keeps them on the record

    def _add(self, data: bytes, source: str) -> None:
        error = ffi.new("sla_error *")
        check(lib.sla_policies_add(self._policies, data, len(data), source.encode(), error), error)
        self._documents.append((data, source))

    def _finish(self) -> None:
        error = ffi.new("sla_error *")
        check(lib.sla_policies_finish(self._policies, error), error)

    def __del__(self) -> None:
        policies = getattr(self, "_policies", None)
        if policies is not None:
            lib.sla_policies_unref(policies)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and pickled as their texts."""
        return _policies_again, (self._documents,)

    def __len__(self) -> int:
        return int(lib.sla_policies_count(self._policies))

    def __repr__(self) -> str:
        listed = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        return f"<sla.Policies {listed}>"

    @property
    def names(self) -> list[str]:
        """The policies' names; overlays are none."""
        return [text(lib.sla_policies_name(self._policies, i)) for i in range(len(self))]

    @property
    def versions(self) -> dict[str, str]:
        """Name to version."""
        return {name: text(lib.sla_policies_version(self._policies, i)) for i, name in enumerate(self.names)}

    @property
    def calendars(self) -> list[str]:
        """Names of the calendars that they ask for."""
        names: list[str] = []
        while name := lib.sla_policies_calendar(self._policies, len(names)):
            names.append(text(name))
        return names

    def lint(self, calendars: Iterable[Calendar] = (), now: Instant | None = None) -> list[Remark]:
        """What is legal but probably not meant, with the calendars they will run with.

        `now` is the machine's clock unless given.  Raises NotFoundError for a calendar that is
        not among them.
        """
        kept = list(calendars)
        array = ffi.new("sla_calendar *[]", [calendar._calendar for calendar in kept])
        at = machine_now() if now is None else microseconds(now)
        count, error = ffi.new("size_t *"), ffi.new("sla_error *")
        capacity = _REMARKS
        while True:
            room = ffi.new("sla_remark[]", capacity)
            result = lib.sla_policies_lint(self._policies, array, len(kept), at, room, capacity, count, error)
            check(result, error)
            if count[0] <= capacity:
                return [_remark(room[i]) for i in range(count[0])]
            capacity = count[0]


def _policies_again(documents: list[tuple[bytes, str]]) -> Policies:
    self = object.__new__(Policies)
    self._begin()
    for document in documents:
        self._add(*document)
    self._finish()
    return self


def _remark(remark: CData) -> Remark:
    return Remark(
        text(remark.code),
        text(remark.source),
        text(remark.pointer),
        remark.line,
        remark.column,
        text(remark.text),
    )


def read_document(document: Document, source: str) -> tuple[bytes, str]:
    """The bytes of a document, and what complaints call it."""
    if isinstance(document, bytes):
        return document, source
    if isinstance(document, str) and document.lstrip("\ufeff \t\r\n").startswith("{"):
        return document.encode("utf-8", "surrogatepass"), source
    if isinstance(document, str) and document.lstrip("\ufeff \t\r\n").startswith("[") and not exists(document):
        return document.encode("utf-8", "surrogatepass"), source
    refuse_objects(document, source)
    path = path_of(document, "JSON or a path", source)
    return path.read_bytes(), source_of(path)


def refuse_objects(given: object, name: str) -> None:
    """Raises ArgumentError for what was a document once, and has been read."""
    if isinstance(given, Mapping):
        raise ArgumentError(f"{name} is JSON text or a path, not {type(given).__name__}: json.dumps(...) writes the text")


def policies_of(given: Policies | Document | Iterable[Document]) -> Policies:
    """A set as it is, or one made of a document or several."""
    if isinstance(given, Policies):
        return given
    if isinstance(given, (str, bytes, PathLike)):
        return Policies(given)
    refuse_objects(given, "a policy")
    return Policies(*instance(given, Iterable, "a set, JSON, a path or several of these", "policies"))


def calendars_of(given: Iterable[Calendar | Document]) -> list[Calendar]:
    """Calendars as they are, or read from documents."""
    if isinstance(given, (Calendar, str, bytes, PathLike)):
        given = [given]
    refuse_objects(given, "a calendar")
    instance(given, Iterable, "calendars, JSON or paths", "calendars")
    return [
        one if isinstance(one, Calendar) else Calendar.parse(*read_document(one, f"calendar {number}"))
        for number, one in enumerate(given, 1)
    ]

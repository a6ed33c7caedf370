"""Documents for a service, which keeps their texts on the record."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Iterable, Union

from sla._arguments import instance
from sla._sla import ffi
from sla.calendar import Calendar
from sla.policy import Document, Policies, read_document, refuse_objects

if TYPE_CHECKING:
    from sla._sla import _CData as CData

#: Policies or calendars: objects, JSON texts, paths of files, or several of these.
Documents = Union[Policies, Calendar, Document, "Iterable[Policies | Calendar | Document]"]


def documents_of(given: Documents, what: str) -> list[tuple[bytes, str]]:
    """Text and source of each."""
    if isinstance(given, (Policies, Calendar, str, bytes, PathLike)):
        given = (given,)
    refuse_objects(given, f"a {what}")
    kind = "Policies" if what == "policy" else "a Calendar"
    instance(given, Iterable, f"{kind}, JSON, a path or several of these", what)
    documents: list[tuple[bytes, str]] = []
    for number, one in enumerate(given, 1):
        if isinstance(one, Policies):
            documents += one._documents
        elif isinstance(one, Calendar):
            documents.append(one._document)
        else:
            documents.append(read_document(one, f"{what} {number}"))
    return documents


def array_of_documents(documents: list[tuple[bytes, str]]) -> tuple[CData, object]:
    """An array of `sla_document`, and what it borrows."""
    kept = []
    array = ffi.new("sla_document[]", len(documents))
    for document, (data, source) in zip(array, documents):
        texts = [ffi.new("char[]", source.encode()), ffi.new("char[]", data)]
        document.source.data, document.source.length = texts[0], len(texts[0]) - 1
        document.text.data, document.text.length = texts[1], len(data)
        kept += texts
    return array, kept

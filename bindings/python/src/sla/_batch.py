"""Facts in rows: recorded one after the other in one crossing, while time passes between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Generic, Iterable, Iterator, Optional, Tuple, TypeVar

from sla._sla import ffi, lib
from sla.answers import Rejected
from sla.errors import NeedHistoryError, SlaError, error_of
from sla.facts import AnyFact, pack, several
from sla.instants import EARLIEST

if TYPE_CHECKING:
    from sla._handle import Holder
    from sla._sla import _CData as CData

_AT_ONCE = 4096  # events of a row that are taken in one crossing


Told = TypeVar("Told")

#: Pieces of facts in a row, and why the fact behind them has none.
Run = Tuple[bytes, Optional[SlaError]]


def runs_of(facts: Iterable[AnyFact]) -> list[Run]:
    """Facts as pieces, which all of them have but those that cannot be packed."""
    runs: list[Run] = []
    pieces: list[bytes] = []
    for fact in several(facts):
        try:
            pieces.append(pack(fact, None))
        except SlaError as error:
            runs.append((b"".join(pieces), error))
            pieces = []
    runs.append((b"".join(pieces), None))
    return runs


class Batch(Generic[Told]):
    """How far an engine's batch has come; its clock never goes back.

    After each crossing `hand` takes the events out of the engine's row.  Refused facts go to
    `refused`, which may raise: then the batch goes on behind them with the next row.
    """

    __slots__ = ("struct", "_held", "_parts", "_hand", "_refused")

    def __init__(
        self, held: Holder, parts: object, hand: Callable[[], Told], refused: Callable[[Rejected], object]
    ) -> None:
        self.struct: CData = ffi.new("sla_py_batch *", {"clock": EARLIEST})
        self._held = held
        self._parts: Any = parts  # the room for facts, events and complaints
        self._hand = hand
        self._refused = refused

    def record(self, data: bytes, *, lines: bool) -> Iterator[Told]:
        """Record pieces of facts, or lines of JSON; gives what `hand` does."""
        batch, size = self.struct, len(data)
        batch.taken = 0
        while batch.taken < size:
            result, told, error = self._held.lend(self._record, data, lines)
            yield told
            if result == lib.SLA_NEED_HISTORY:
                error = NeedHistoryError()
            if error is not None:
                index = batch.facts - (result not in (lib.SLA_ERR_NOMEM, lib.SLA_NEED_HISTORY))
                self._refused(Rejected(index, batch.lines if lines else 0, error))

    def _record(self, engine: CData, data: bytes, lines: bool) -> tuple[int, Told, SlaError | None]:
        parts = self._parts
        result = lib.sla_py_record_many(
            engine, parts.room, data, len(data), lines, _AT_ONCE, self.struct, parts.events, parts.error
        )
        return result, self._hand(), None if result >= 0 else self._refusal(result, lines)

    def pass_over(self, error: SlaError) -> None:
        """A fact that cannot be packed is refused in its place."""
        batch = self.struct
        batch.facts += 1
        self._refused(Rejected(batch.facts - 1, 0, error))

    def pass_time(self, end: int) -> Iterator[Told]:
        """What falls due before `end`, each at its own instant."""
        while True:
            result, count, told = self._held.lend(self._pass_time, end)
            yield told
            if result < 0:
                raise error_of(result)
            if count < _AT_ONCE:
                return

    def _pass_time(self, engine: CData, end: int) -> tuple[int, int, Told]:
        events = self._parts.events
        result = lib.sla_py_pass_time(engine, end, _AT_ONCE, self.struct, events)
        return result, events.count, self._hand()

    def _refusal(self, result: int, lines: bool) -> SlaError:
        error = self._parts.error
        copy = ffi.new("sla_error *", error[0])
        error.code = 0
        if lines:
            copy.line = self.struct.lines
        return error_of(result, copy)

"""Pictures of a replay, with matplotlib where it is there: black on white, so that they can be
printed and copied.

    figure = sla.plot.compliance(replay.compliance(per="month"))
    figure.savefig("months.png")

Each function returns a `matplotlib.figure.Figure` of its own; nothing is shown, and nothing of
pyplot's state is touched.  Without matplotlib they raise ImportError.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Iterable, Mapping, TypeVar, Union

from sla._arguments import instance, text_of, wanted
from sla.errors import ArgumentError
from sla.figures import Compliance, TicketClock

#: A matplotlib.figure.Figure; matplotlib need not be there, and has no hints everywhere.
Figure = Any

#: Rows of one replay, or of several by name.
Rows = Union["Iterable[Compliance]", "Mapping[str, Iterable[Compliance]]"]
Clocks = Union["Iterable[TicketClock]", "Mapping[str, Iterable[TicketClock]]"]

_MOST = 8  # more lines than these cannot be told apart
_DASHES = ("-", "--", "-.", ":")
_MARKERS = "osD^vXP*"
_SHADES = ("black", "0.45")
_HATCHES = ("", "////", "....", "xxxx", "----", "\\\\\\\\", "++++", "oooo")


def _new_figure(width: float, height: float) -> tuple[Figure, Any]:
    try:
        made = import_module("matplotlib.figure")
    except ImportError:
        raise ImportError(
            "sla.plot draws with matplotlib, which is not installed: apt-get install python3-matplotlib, or pip "
            "install matplotlib; the figures themselves are in Replay.compliance()"
        ) from None
    figure = made.Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def compliance(rows: Rows, *, adjusted: bool = False, title: str = "In time of accepted") -> Figure:
    """Shares in time: a line over the periods of the rows, or bars where they have none.

    rows      of `Replay.compliance`, or several of them by name: {"now": ..., "what if": ...}
    adjusted  with waivers

    Raises ArgumentError where there are no rows, for rows of several kinds of period, and for
    more than eight lines.
    """
    title = _words(text_of(title, "title"))
    named = {name: [row for row in part if row.accepted] for name, part in _named(rows, Compliance, "rows").items()}
    periods = {_kind(row.period) for part in named.values() for row in part}
    if not periods:
        raise ArgumentError("there are no rows to draw: no clock was accepted")
    if len(periods) > 1:
        said = " and ".join(sorted(f"per {kind}" if kind else "without a period" for kind in periods))
        raise ArgumentError(f"rows {said} are no one picture: ask for all of them with the same per=")
    if periods != {""}:
        return _lines(_series(named, adjusted), adjusted, title)
    return _bars(named, adjusted, title)


_Row = TypeVar("_Row", Compliance, TicketClock)


def _named(rows: object, kind: type[_Row], argument: str) -> dict[str, list[_Row]]:
    """Rows of a kind by the name of their replay; "" where there is one."""
    parts = rows if isinstance(rows, Mapping) else {"": rows}
    what = f"what Replay.{'compliance' if kind is Compliance else 'clocks'}() gives, or several of them by name"
    found: dict[str, list[_Row]] = {}
    for name, part in parts.items():
        found[str(name)] = list(instance(part, Iterable, what, argument))
        for row in found[str(name)]:
            if not isinstance(row, kind):
                raise wanted(what, row, argument)
    return found


def _words(text: str) -> str:
    """A text that matplotlib shows as it is: no formula, and no label that it leaves out."""
    return " " * text.startswith("_") + text.replace("$", r"\$")


def _kind(period: str) -> str:
    """Whether a period is a day, week ...; "" is none."""
    words = {0: "", 4: "year", 7: "month", 10: "day"}
    return "quarter" if "Q" in period else "week" if "W" in period else words[len(period)]


def _numbers(row: Compliance, adjusted: bool) -> tuple[int, int]:
    return (row.adjusted_in_time, row.adjusted_accepted) if adjusted else (row.in_time, row.accepted)


def _label(row: Compliance, name: str, several: bool) -> str:
    """As short as it can be: the policy only where there are several."""
    what = f"{row.policy}.{row.target}" if several else row.target
    if row.value is not None:
        what += f", {row.value}"
    return f"{name}: {what}" if name else what


def _several(named: Mapping[str, list[Compliance]]) -> bool:
    return any(len({row.policy for row in part}) > 1 for part in named.values())


def _series(named: Mapping[str, list[Compliance]], adjusted: bool) -> dict[str, dict[str, tuple[int, int]]]:
    """Of each line, by period, how many in time of how many."""
    several = _several(named)
    series: dict[str, dict[str, tuple[int, int]]] = {}
    for name, part in named.items():
        for row in part:
            series.setdefault(_label(row, name, several), {})[row.period] = _numbers(row, adjusted)
    _limit(len(series))
    return series


def _limit(count: int) -> None:
    if count > _MOST:
        raise ArgumentError(
            f"{count} lines cannot be told apart, {_MOST} can: draw fewer, or count by something with fewer values"
        )


def _lines(series: Mapping[str, Mapping[str, tuple[int, int]]], adjusted: bool, title: str) -> Figure:
    periods = sorted({period for line in series.values() for period in line})
    figure, axes = _new_figure(min(max(6.4, 0.55 * len(periods) + 2), 13), 4)
    lowest = 1.0
    for number, (label, line) in enumerate(series.items()):
        there = [at for at, period in enumerate(periods) if period in line and line[period][1]]
        shares = [line[periods[at]][0] / line[periods[at]][1] for at in there]
        lowest = min([lowest, *shares])
        axes.plot(there, shares, label=_words(label), **_style(number, len(series)))
    ticks, said = _ticks(periods)
    if len(series) == 1:
        (line,) = series.values()
        ticks = [f"{tick}\n{line[period][1] if period in line else ''}" for tick, period in zip(ticks, periods)]
        said += ", and how many were accepted"
    axes.set_xlabel(said)
    axes.set_xticks(range(len(periods)), _thinned(ticks))
    axes.set_ylim(_floor(lowest), 1.005)
    _percent(axes.yaxis)
    axes.grid(axis="y", color="0.85", linewidth=0.6)
    axes.set_ylabel("in time" + (", adjusted" if adjusted else ""))
    axes.set_title(title, loc="left")
    if len(series) > 1:
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), handlelength=3.2)
        figure.set_size_inches(figure.get_size_inches() + (0.09 * max(map(len, series)), 0))
    return figure


def _style(number: int, count: int) -> dict[str, Any]:
    """Told apart by dashes and marks, not by colours."""
    shade = _SHADES[number // len(_DASHES) % len(_SHADES)]
    return {
        "linestyle": _DASHES[number % len(_DASHES)],
        "marker": _MARKERS[number % len(_MARKERS)],
        "markersize": 5,
        "color": shade,
        "markerfacecolor": shade if number % 2 == 0 else "white",
        "linewidth": 1.4,
        "clip_on": False,
    }


def _ticks(periods: list[str]) -> tuple[list[str], str]:
    """Short ones: the year is said once where it is the same; and what they are."""
    word = _kind(periods[0])
    years = {period[:4] for period in periods}
    if len(years) > 1 or word == "year":
        return list(periods), f"{word} in which the clock started"
    return [period[5:] for period in periods], f"{word} of {years.pop()} in which the clock started"


def _thinned(ticks: list[str]) -> list[str]:
    """Not so many that they run into each other."""
    step = 1 + (len(ticks) - 1) * max(map(len, ticks)) // 110
    return [tick if at % step == 0 else "" for at, tick in enumerate(ticks)]


def _floor(lowest: float) -> float:
    """The beginning of the axis: a whole tenth below, 0 where a tenth is near it."""
    floor = int(max(lowest - 0.02, 0) * 10) / 10
    return 0.0 if floor <= 0.3 else floor


def _percent(axis: Any) -> None:
    """Whole per cents, so that no label is rounded."""
    ticker = import_module("matplotlib.ticker")
    low, high = axis.get_view_interval()
    axis.set_major_locator(ticker.MultipleLocator(0.05 if high - low < 0.35 else 0.1 if high - low < 0.75 else 0.2))
    axis.set_major_formatter(ticker.PercentFormatter(1, decimals=0))


def _bars(named: Mapping[str, list[Compliance]], adjusted: bool, title: str) -> Figure:
    several = _several(named)
    names = list(named)
    _limit(len(names))
    table: dict[str, dict[str, tuple[int, int]]] = {}
    for name, part in named.items():
        for row in part:
            table.setdefault(_label(row, "", several), {})[name] = _numbers(row, adjusted)
    figure, axes = _new_figure(7.2, 1.2 + 0.34 * len(table) * max(len(names), 1.4))
    height = 0.8 / len(names)
    for number, name in enumerate(names):
        places, shares = [], []
        for at, cells in enumerate(table.values()):
            in_time, accepted = cells.get(name, (0, 0))
            if accepted:
                places.append(at + (number - (len(names) - 1) / 2) * height)
                shares.append(in_time / accepted)
                said = f" {_shown(in_time / accepted)} ({in_time} of {accepted})"
                axes.annotate(said, (shares[-1], places[-1]), va="center", fontsize=8.5)
        face = "0.75" if number == 0 else "white"
        axes.barh(places, shares, height * 0.9, label=_words(name), color=face, edgecolor="black", linewidth=0.8,
                  hatch=_HATCHES[number], clip_on=False)  # fmt: skip
    axes.set_yticks(range(len(table)), list(map(_words, table)))
    axes.set_ylim(len(table) - 0.45, -0.55)  # the first on top
    axes.set_xlim(0, 1)
    _percent(axes.xaxis)
    axes.set_xlabel("in time" + (", adjusted" if adjusted else ""))
    axes.set_title(title, loc="left")
    if len(names) > 1:
        axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, -0.02 - 0.9 / figure.get_figheight()),
                    ncol=len(names), handleheight=1.2)  # fmt: skip
    return figure


def _shown(share: float) -> str:
    """Never 100 % of what is less."""
    return "100 %" if share == 1 else f"{min(share * 100, 99.9):.1f} %"


def lateness(clocks: Clocks, *, title: str = "How long after their due clocks ended") -> Figure:
    """How late clocks ended: which share of them had ended so long before or after its due.

    clocks  of `Replay.clocks`, one line for each target, or several of them by name

    Open and cancelled clocks are left out.  The hundredth at either end lies outside the picture.
    Raises ArgumentError where no clock has ended, and for more than eight lines.
    """
    title = _words(text_of(title, "title"))
    series: dict[str, list[float]] = {}
    for name, part in _named(clocks, TicketClock, "clocks").items():
        for clock in part:
            late = clock.lateness
            if late is not None:
                label = f"{clock.policy}.{clock.target}"
                series.setdefault(f"{name}: {label}" if name else label, []).append(late.total_seconds() / 3600)
    if not series:
        raise ArgumentError("there is nothing to draw: no clock has ended")
    _limit(len(series))
    figure, axes = _new_figure(7.2, 4)
    low, high = _range(series.values())
    unit, hours = ("days", 24) if high - low > 240 else ("minutes", 1 / 60) if high - low < 3 else ("hours", 1)
    for number, (label, hours_late) in enumerate(series.items()):
        ordered = sorted(late / hours for late in hours_late)
        shares = [(at + 1) / len(ordered) for at in range(len(ordered))]
        style = _style(number, len(series))
        style.update(marker="", clip_on=True)
        in_time = sum(late <= 0 for late in ordered)
        label += f" ({_shown(in_time / len(ordered))} in time)"
        axes.step([ordered[0], *ordered], [0, *shares], where="post", label=_words(label), **style)
    axes.axvline(0, color="0.4", linewidth=0.9)
    axes.annotate("due ", (0, 1), xycoords=("data", "axes fraction"), ha="right", va="bottom", color="0.3", fontsize=9)
    axes.set_xlim(low / hours, high / hours)
    axes.set_ylim(0, 1)
    _percent(axes.yaxis)
    axes.grid(color="0.88", linewidth=0.6)
    axes.set_xlabel(f"{unit} after due (negative: before it)")
    axes.set_ylabel("ended by then")
    axes.set_title(title, loc="left", pad=16)
    axes.legend(frameon=False, loc="best", handlelength=3.2, fontsize=9)
    return figure


def _range(parts: Iterable[list[float]]) -> tuple[float, float]:
    """Without the hundredth at either end; the due is always inside."""
    every = sorted(late for part in parts for late in part)
    low, high = every[len(every) // 100], every[-1 - len(every) // 100]
    margin = max(high - low, 0.1) * 0.03
    return min(low, 0) - margin, max(high, 0) + margin

"""Pictures: drawn without a screen, in black and white, and their numbers are the replay's."""

import subprocess
import sys
import os
from pathlib import Path

import pytest

import sla
from conftest import CALL, at

pytest.importorskip("matplotlib")
import matplotlib  # noqa: E402

matplotlib.use("Agg")


@pytest.fixture(scope="module")
def replay():
    """Months of tickets: those of an odd number wait in vain."""
    facts = []
    for number in range(120):
        opened = at(1 + number // 10) if number < 60 else at(1 + number // 10).replace(month=4)
        ticket = {"ticket": f"T-{number}", "attributes": {"grade": number % 3 + 1}}
        facts.append({**ticket, "fact": "opened", "occurred_at": opened})
        facts.append({"ticket": f"T-{number}", "fact": "answered", "occurred_at": opened.replace(hour=11 + 3 * (number % 2))})
    return sla.replay(CALL, facts, by_occurred=True, until=at(28).replace(month=4)).finish()


def lines(axes):
    return {line.get_label(): line for line in axes.get_lines() if not line.get_label().startswith("_")}


def greys(artist_color):
    red, green, blue, _ = matplotlib.colors.to_rgba(artist_color)
    return red == green == blue


def test_months_are_the_figures(replay, tmp_path):
    rows = replay.compliance(per="month", zone="Asia/Shanghai")
    figure = sla.plot.compliance(rows)
    (axes,) = figure.axes
    (line,) = axes.get_lines()
    assert list(line.get_ydata()) == [row.in_time / row.accepted for row in rows] == [0.5, 0.5]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["03\n60", "04\n60"]
    assert "month of 2026" in axes.get_xlabel() and axes.get_title(loc="left") == "In time of accepted"
    figure.savefig(tmp_path / "months.png")
    assert (tmp_path / "months.png").stat().st_size > 5000


def test_several_lines_are_told_apart_without_colours(replay):
    rows = replay.compliance("grade", per="week", zone="Asia/Shanghai")
    (axes,) = sla.plot.compliance({"now": rows, "then": rows}).axes
    drawn = lines(axes)
    assert list(drawn) == [f"{name}: answer, {grade}" for name in ("now", "then") for grade in (1, 2, 3)]
    assert len({(line.get_linestyle(), line.get_marker(), line.get_color()) for line in drawn.values()}) == 6
    assert all(greys(line.get_color()) for line in drawn.values())
    ours = [row.share for row in rows if row.value == "2"]
    assert list(drawn["then: answer, 2"].get_ydata()) == ours
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(drawn)


def test_bars_where_there_are_no_periods(replay, tmp_path):
    rows = replay.compliance("grade")
    figure = sla.plot.compliance({"now": rows, "what if": rows})
    (axes,) = figure.axes
    first, second = axes.containers
    assert [bar.get_width() for bar in second] == [row.share for row in rows] == [0.5, 0.5, 0.5]
    assert {text.get_text().strip() for text in axes.texts} == {"50.0 % (20 of 40)"}
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["answer, 1", "answer, 2", "answer, 3"]
    assert first[0].get_hatch() != second[0].get_hatch() and all(greys(bar.get_facecolor()) for bar in second)
    figure.savefig(tmp_path / "bars.svg")


def test_lateness_at_the_due_is_the_share_in_time(replay, tmp_path):
    figure = sla.plot.lateness(replay.clocks())
    (axes,) = figure.axes
    ((label, line),) = lines(axes).items()
    assert label == "call.answer (50.0 % in time)" and axes.get_xlabel() == "hours after due (negative: before it)"
    assert max(share for late, share in zip(*line.get_data()) if late <= 0) == 0.5
    assert (line.get_xdata()[0], line.get_xdata()[-1], line.get_ydata()[-1]) == (-2, 1, 1)
    low, high = axes.get_xlim()
    assert low < -2 and high > 1
    figure.savefig(tmp_path / "late.png")


def test_100_per_cent_is_said_of_nothing_less():
    row = dict(policy="p", target="t", display="", value=None, period="", late=0, open=0, breached=0, cancelled=0,
               excluded=0, adjusted_in_time=3, adjusted_accepted=3, highest_level={})  # fmt: skip
    rows = [sla.Compliance(in_time=99999, accepted=100000, **row)]
    (text,) = sla.plot.compliance(rows).axes[0].texts
    assert text.get_text() == " 99.9 % (99999 of 100000)"
    (text,) = sla.plot.compliance(rows, adjusted=True).axes[0].texts
    assert text.get_text() == " 100 % (3 of 3)"


def test_what_cannot_be_drawn(replay):
    with pytest.raises(sla.ArgumentError, match="no clock was accepted"):
        sla.plot.compliance([])
    with pytest.raises(sla.ArgumentError, match="no clock has ended"):
        sla.plot.lateness([])
    rows = replay.compliance(lambda clock: clock.ticket, per="month")
    with pytest.raises(sla.ArgumentError, match="120 lines cannot be told apart, 8 can"):
        sla.plot.compliance(rows)


def test_texts_are_drawn_as_they_are(replay, tmp_path):
    """No formulas, and no name that the legend leaves out."""
    name, rows = "_US$ a_b_c US$", replay.compliance(lambda clock: "$x$", per="month")
    plain = replay.compliance(lambda clock: "$x$")
    pictures = [
        (sla.plot.compliance({name: rows, "$y$": rows}, title=name), [f" {name}: answer, $x$", "$y$: answer, $x$"]),
        (sla.plot.compliance({name: plain, "$y$": plain}, title=name), [f" {name}", "$y$"]),
        (sla.plot.lateness({name: replay.clocks()}, title=name), [f" {name}: call.answer (50.0 % in time)"]),
    ]
    for number, (figure, wanted) in enumerate(pictures):
        legend = figure.axes[0].get_legend().get_texts()
        assert [text.get_text().replace(r"\$", "$") for text in legend] == wanted
        assert not any(text.get_text().replace(r"\$", "").count("$") for text in legend)
        figure.savefig(tmp_path / f"{number}.png")
    (axes,) = pictures[1][0].axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == [r"answer, \$x\$"]


def test_what_is_no_row_is_refused(replay):
    months, all_time = replay.compliance(per="month"), replay.compliance()
    with pytest.raises(sla.ArgumentError, match="per month and without a period"):
        sla.plot.compliance({"a": months, "b": all_time})
    with pytest.raises(sla.ArgumentError, match="per day and per month"):
        sla.plot.compliance([*months, *replay.compliance(per="day")])
    for given in ("x", [1], list(replay.clocks()), None, 5, {"a": None}):
        with pytest.raises(sla.ArgumentError, match=r"rows is what Replay.compliance\(\) gives"):
            sla.plot.compliance(given)
    for given in ("x", months, None, {"a": 5}):
        with pytest.raises(sla.ArgumentError, match=r"clocks is what Replay.clocks\(\) gives"):
            sla.plot.lateness(given)
    with pytest.raises(sla.ArgumentError, match="title is a text"):
        sla.plot.compliance(months, title=5)
    with pytest.raises(sla.ArgumentError, match="zone is a name"):
        replay.compliance(per="day", zone=5)
    with pytest.raises(sla.ArgumentError, match="per is one of"):
        replay.compliance(per=["day"])


def test_without_matplotlib_it_says_what_to_install(tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ImportError('none')\n")
    code = (
        "import sla\n"
        "row = sla.replay(%r, [dict(ticket='A', fact='opened', occurred_at='2026-03-02T09:00:00Z')]).compliance()\n"
        "try: sla.plot.compliance(row)\n"
        "except ImportError as error: print(error)" % CALL
    )
    package = Path(sla.__file__).parent
    paths = [str(tmp_path)] + [str(package.parent)] * ("site-packages" not in package.parts)
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    ).stdout  # fmt: skip
    assert "apt-get install python3-matplotlib" in said

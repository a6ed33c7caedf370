"""What holds for every explanation: its stretches lie one after the other from the start to the
due, and what counted is what the goal asked for."""

from datetime import timedelta

INSTANTS = ("dst_shift", "credit", "extension", "waiver")


def check_sums(explanation):
    at, counted = explanation.clock.started_at, timedelta(0)
    for segment in explanation:
        if segment.kind in INSTANTS:
            assert segment.start == segment.end
            continue
        assert segment.start == at <= segment.end
        at, counted = segment.end, counted + segment.counted
    assert at == explanation.clock.due_at and counted == explanation.counted
    if explanation.goal in ("elapsed", "business"):
        assert counted + explanation.held == explanation.need + explanation.extended

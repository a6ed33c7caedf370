"""Deadlines of tickets and the escalations that follow: libsla from Python.

    import sla

    office = sla.Calendar.bundled("cn_office")
    due = office.add("2026-03-06T16:00:00+08:00", "PT4H")
"""

from sla.calendar import Calendar, DayEnd, Fit, Roll, Segment, SegmentKind
from sla.errors import SlaError

__all__ = ["Calendar", "DayEnd", "Fit", "Roll", "Segment", "SegmentKind", "SlaError"]

"""Instants as local wall-clock time, for figures and tables that know no zones."""

from datetime import datetime
from zoneinfo import ZoneInfo

from snapshot_core.view.wording.numbers import ago, duration, moment


def wall_clock(instant: int, zone: ZoneInfo) -> str:
    """``2026-11-22T00:00:00`` in ``zone``, without an offset."""
    return datetime.fromtimestamp(instant, zone).replace(tzinfo=None).isoformat()


def when(instant: int, zone: ZoneInfo, now: int) -> str:
    """``22 Nov, 00:00 (12 h ago)`` or ``23 Nov, 00:00 (in 11 h)``."""
    gap = f"in {duration(instant - now)}" if instant > now + 59 else ago(max(0, now - instant))
    return f"{moment(instant, zone, now)} ({gap})"

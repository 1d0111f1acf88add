"""The formula that growth is usually computed by, with exactly its naivety.

    growth = sum(now) - sum(snapshots of the day X days ago)

A snapshot belongs to the calendar day it was taken on, whatever the hour. All videos are
summed together, so a video that enters or leaves the list is growth or loss; and where that
day has no snapshot the sum is 0, so that the whole total is growth.
"""

from collections.abc import Mapping

Totals = Mapping[str, int]
"""Counts by video."""


def original_growth(now: Totals, snapshots: Mapping[int, Totals], today: int, days: int) -> int:
    """``snapshots`` by day number; ``today`` is the day of ``now``."""
    return sum(now.values()) - sum(snapshots.get(today - days, {}).values())

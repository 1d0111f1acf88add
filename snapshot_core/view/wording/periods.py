"""Periods and what they are compared with, in the width of a control."""

from datetime import date

from snapshot_core.periods import Comparison, Dates, Days, Period

DAYS_IN_A_YEAR = 365


def period_name(period: Period) -> str:
    """``90 days``, ``1 year``, ``All``, ``1 Nov to 7 Nov 2026``."""
    if isinstance(period, Dates):
        since, until = period.since, period.until
        if until is None:
            return f"since {_day(since)} {since.year}"
        year = "" if since.year == until.year else f" {since.year}"
        return f"{_day(since)}{year} to {_day(until)} {until.year}"
    if isinstance(period, Days):
        return "1 year" if period.days == DAYS_IN_A_YEAR else period.words
    return "All"


def compared_with(period: Period, compare: Comparison) -> str:
    """What ``compare`` makes of a period: ``7 days before``, ``a year ago``, ``nothing``."""
    if compare == "before":
        return f"{period.words} before"
    return "a year ago" if compare == "year" else "nothing"


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"

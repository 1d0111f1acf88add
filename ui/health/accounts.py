"""How each account's captures stand: last, next, and a calendar of the days behind."""

from collections.abc import Sequence
from html import escape

from snapshot_core.view.account_health import SHOWN_DAYS, AccountHealth, CaptureDay, Gap
from snapshot_core.view.health import Health
from snapshot_core.view.wording.numbers import duration, moment
from ui.html import heading, note
from ui.times import when

MOST = 24
"""Accounts drawn; of more than that, those that wait longest, and one is chosen by name."""
MOST_GAPS = 5
STATES = {
    "complete": "complete",
    "partial": "partial",
    "failed": "failed",
    "none": "no snapshot",
    "before": "before tracking",
}


def account_healths(view: Health) -> str:
    """A panel per account."""
    each = sorted(view.accounts, key=_worst_first)
    panels = "".join(_panel(one, view.now) for one in each[:MOST])
    hidden = len(each) - MOST
    more = note(f"and {hidden:,} more accounts; choose one to see it") if hidden > 0 else ""
    return f'<div class="tg-healths">{panels}</div>{more}'


def _worst_first(one: AccountHealth) -> tuple[bool, int]:
    return not (one.stale or one.account.last_error), one.history.last_complete or 0


def _panel(one: AccountHealth, now: int) -> str:
    last = one.history.last_complete
    facts = [
        ("Last complete", "none yet" if last is None else when(last, one.zone, now)),
        ("Next", _next(one, now)),
    ]
    rows = "".join(f"<dt>{label}</dt><dd>{escape(text)}</dd>" for label, text in facts)
    return (
        f'<section class="tg-panel tg-health" aria-label="{escape(one.account.name)}">'
        f"<div>{heading(one.account.name)}<dl>{rows}</dl>{_gaps(one.gaps, one, now)}</div>"
        f"<div>{_calendar(one.days)}</div></section>"
    )


def _next(one: AccountHealth, now: int) -> str:
    if one.account.paused:
        return "paused"
    if not one.can_be_taken:
        return "when you import newer readings"
    if one.next_capture is None:
        return "waits for you"
    return "now" if one.next_capture <= now else when(one.next_capture, one.zone, now)


def _calendar(days: Sequence[CaptureDay]) -> str:
    """A column per week, a row per weekday. Shapes differ, and every day has its words."""
    if all(day.state in ("none", "before") for day in days):
        return note(f"No snapshot in the last {SHOWN_DAYS} days.")
    first = days[0].date
    blank = first.weekday()
    cells = '<i class="tg-blank"></i>' * blank + "".join(_cell(day) for day in days)
    present = [state for state in STATES if any(day.state == state for day in days)]
    keys = "".join(
        f'<span><i class="tg-day tg-day-{state}"></i>{STATES[state]}</span>'
        for state in present
        if state != "before"
    )
    kept = sum(day.state == "complete" for day in days)
    words = f"{kept} of the last {SHOWN_DAYS} days have a complete snapshot"
    return (
        f'<div class="tg-weeks" style="--weeks:{(blank + len(days) + 6) // 7}">'
        f'<div class="tg-calendar" role="img" aria-label="{words}">{cells}</div>'
        f'<p class="tg-span"><span>{first.day} {first:%b}</span><span>today</span></p></div>'
        f'<p class="tg-key">{keys}</p>'
    )


def _cell(day: CaptureDay) -> str:
    words = f"{day.date:%a} {day.date.day} {day.date:%b}: {STATES[day.state]}"
    if day.captures > 1:
        words += f", {day.captures} snapshots"
    return f'<i class="tg-day tg-day-{day.state}" title="{words}"></i>'


def _gaps(gaps: Sequence[Gap], one: AccountHealth, now: int) -> str:
    if not gaps:
        return ""
    items = "".join(
        f"<li>{moment(gap.start, one.zone, now)} to {moment(gap.end, one.zone, now)} "
        f"({duration(gap.end - gap.start)})</li>"
        for gap in reversed(gaps[-MOST_GAPS:])
    )
    older = len(gaps) - MOST_GAPS
    more = note(f"and {older:,} earlier") if older > 0 else ""
    return (
        '<p class="tg-note">Without a complete snapshot; growth across it is estimated:</p>'
        f'<ul class="tg-gaps">{items}</ul>{more}'
    )

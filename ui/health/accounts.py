"""Each account's snapshots: the last, the next, and a calendar of the past days."""

from collections.abc import Sequence
from html import escape

from snapshot_core.view.account_health import SHOWN_DAYS, AccountHealth, CaptureDay
from snapshot_core.view.health import Health
from snapshot_core.view.wording.numbers import duration, moment
from snapshot_core.windows import Window
from ui.html import heading, note
from ui.wording import when

MAX_ACCOUNTS = 24
"""Accounts drawn, those with problems first; any other can be chosen by name."""
MAX_GAPS = 5
STATE_WORDS = {
    "complete": "complete",
    "partial": "partial",
    "failed": "failed",
    "none": "no snapshot",
    "before": "before tracking",
}


def account_panels(view: Health) -> str:
    """A panel per account."""
    accounts = sorted(view.accounts, key=_worst_first)
    panels = "".join(_panel(health, view.now) for health in accounts[:MAX_ACCOUNTS])
    hidden = len(accounts) - MAX_ACCOUNTS
    more = note(f"and {hidden:,} more accounts; choose one to see it") if hidden > 0 else ""
    return f'<div class="tg-health-panels">{panels}</div>{more}'


def _worst_first(health: AccountHealth) -> tuple[bool, int]:
    return not (health.stale or health.account.last_error), health.history.last_complete or 0


def _panel(health: AccountHealth, now: int) -> str:
    last = health.history.last_complete
    latest = "none yet" if last is None else when(last, health.zone, now)
    rows = (
        f"<dt>Last complete</dt><dd>{escape(latest)}</dd>"
        f"<dt>Next</dt><dd>{escape(_next(health, now))}</dd>"
    )
    return (
        f'<section class="tg-panel tg-health" aria-label="{escape(health.account.name)}">'
        f"<div>{heading(health.account.name)}<dl>{rows}</dl>{_gaps(health.gaps, health, now)}</div>"
        f"<div>{_calendar(health.days)}</div></section>"
    )


def _next(health: AccountHealth, now: int) -> str:
    if health.account.paused:
        return "paused"
    if not health.can_be_taken:
        return "when you import newer readings"
    if health.next_capture is None:
        return "waits for you"
    return "now" if health.next_capture <= now else when(health.next_capture, health.zone, now)


def _calendar(days: Sequence[CaptureDay]) -> str:
    """A column per week, a row per weekday. States differ in shape, and each day has a tooltip."""
    if all(day.state in ("none", "before") for day in days):
        return note(f"No snapshot in the last {SHOWN_DAYS} days.")
    first = days[0].date
    skipped = first.weekday()
    cells = '<i class="tg-blank"></i>' * skipped + "".join(_cell(day) for day in days)
    present = {day.state for day in days} - {"before"}
    keys = "".join(
        f'<span><i class="tg-day tg-day-{state}"></i>{words}</span>'
        for state, words in STATE_WORDS.items()
        if state in present
    )
    complete = sum(day.state == "complete" for day in days)
    words = f"{complete} of the last {SHOWN_DAYS} days have a complete snapshot"
    return (
        f'<div class="tg-weeks" style="--weeks:{(skipped + len(days) + 6) // 7}">'
        f'<div class="tg-calendar" role="img" aria-label="{words}">{cells}</div>'
        f'<p class="tg-span"><span>{first.day} {first:%b}</span><span>today</span></p></div>'
        f'<p class="tg-key">{keys}</p>'
    )


def _cell(day: CaptureDay) -> str:
    words = f"{day.date:%a} {day.date.day} {day.date:%b}: {STATE_WORDS[day.state]}"
    if day.captures > 1:
        words += f", {day.captures} snapshots"
    return f'<i class="tg-day tg-day-{day.state}" title="{words}"></i>'


def _gaps(gaps: Sequence[Window], health: AccountHealth, now: int) -> str:
    if not gaps:
        return ""
    items = "".join(
        f"<li>{moment(gap.start, health.zone, now)} to {moment(gap.end, health.zone, now)} "
        f"({duration(gap.seconds)})</li>"
        for gap in reversed(gaps[-MAX_GAPS:])
    )
    older = len(gaps) - MAX_GAPS
    more = note(f"and {older:,} earlier") if older > 0 else ""
    return (
        '<p class="tg-note">Without a complete snapshot; growth across it is estimated:</p>'
        f'<ul class="tg-gaps">{items}</ul>{more}'
    )

"""Views and reports as people get them: tables, and sentences below them."""

from dataclasses import replace
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.cli.printing import print_table
from snapshot_core.formats.captures import Refusals
from snapshot_core.formats.preview import TablePreview
from snapshot_core.formats.readings.columns import COLUMNS
from snapshot_core.formats.tiktok_studio.preview import StudioPreview
from snapshot_core.growth.growth import Growth
from snapshot_core.metrics import COUNTERS, VIDEO_METRICS
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.view.health import Health
from snapshot_core.view.overview import Overview
from snapshot_core.view.shown_metrics import card_metrics
from snapshot_core.view.video import VideoView
from snapshot_core.view.wording import accounts
from snapshot_core.view.wording import growth as wording
from snapshot_core.view.wording.import_preview import studio_facts, table_summary
from snapshot_core.view.wording.numbers import (
    UNKNOWN_TEXT,
    ago,
    compact,
    duration,
    exact,
    moment,
    signed,
)
from snapshot_core.view.wording.sentence.overview import overview_sentence

MAX_REFUSALS_SHOWN: Final = 100
"""Beyond that many the rows are better looked at in the file."""


def print_import(report: ImportReport, file: Path) -> None:
    """The rows by what became of them; those refused with their lines."""
    for name in report.accounts_added:
        print(f"New account: {name}")
    for notice in report.notices:
        print(f"Note: {notice}")
    rows = [
        ("added", exact(report.added)),
        ("already there", exact(report.already_there)),
        ("duplicates in the file", exact(report.duplicates)),
        ("refused", exact(report.refused.total)),
        ("snapshots added", exact(report.captures_added)),
    ]
    if report.unfinished:
        left = sum(account.rows for account in report.unfinished)
        rows.append(("still to be imported", exact(left)))
    if report.set_aside:
        rows.insert(3, ("not known yet", exact(report.set_aside)))
    if report.reported_days:
        rows.append(("daily amounts", exact(report.reported_days)))
    print_table((f"{exact(report.rows_read)} rows read from {file.name}", ""), rows)
    _print_refused(report.refused)


def print_studio_preview(export: StudioPreview, account: str, zone: ZoneInfo, now: int) -> None:
    """What an export would become, and what is to be known of it."""
    facts = studio_facts(export, zone, now)
    print(f"Into {account}:" if facts else "Nothing to import.")
    for fact in facts:
        print(f"  {fact.count} {fact.meaning}")
    _print_notes(export.notices, export.refused)


def print_table_preview(table: TablePreview, zone: ZoneInfo, now: int) -> None:
    """How much a file would become, and its first rows."""
    summary = table_summary(table, zone)
    if summary is None:
        print("Nothing to import.")
    else:
        print(f"Into {', '.join(table.accounts)}: {summary}. The first rows:\n")
        cells = [dict(zip(COLUMNS, row.cells(), strict=True)) for row in table.rows]
        used = [metric for metric in COUNTERS if any(row[metric] is not None for row in cells)]
        rows = [
            (
                row["account"],
                row["title"] or row["video_id"] or "",
                moment(row["captured_at"], zone, now),
                *(UNKNOWN_TEXT if row[name] is None else exact(row[name]) for name in used),
            )
            for row in cells
        ]
        print_table(("account", "video", "read at", *used), rows, texts=3)
        print()
    _print_notes(table.notices, table.refused)


def _print_notes(notices: list[str], refused: Refusals) -> None:
    for notice in notices:
        print(f"Note: {notice}")
    _print_refused(refused)


def _print_refused(refused: Refusals) -> None:
    for refusal in refused[:MAX_REFUSALS_SHOWN]:
        print(f"line {refusal.line}: {refusal.message}")
    if (more := refused.total - MAX_REFUSALS_SHOWN) > 0:
        print(f"and {exact(more)} more")


def print_growth(view: Overview) -> None:
    """A line per counter that there can be, with its ledger, and below what is to be known."""
    name = view.account.name if view.account else "All accounts"
    window, zone = view.window, view.zone
    until = f", until {moment(window.end, zone, view.now)}" if window else ""
    print(f"{name}: growth {view.period.phrase}{until}\n")
    print(f"{overview_sentence(view).text}\n")
    head = ("", "now", "growth", "", "like for like", "published", "newly tracked", "removed")
    print_table(head, [_line(name, view.cards[name].growth) for name in card_metrics(view)])
    print()
    for note, names in _notes(view).items():
        print(f"{', '.join(names)}: {note}")
    stale = {view.cards[name].growth.stale_since for name in card_metrics(view)}
    for since in filter(None, stale):
        print(wording.stale_sentence(since, view.now))
    if view.stale_accounts:
        print(f"Not up to date: {', '.join(view.stale_accounts)}")
    if view.left_out:
        print(f"{accounts.summary(view.left_out, view.summed_accounts)}.")
    for each in view.left_out:
        why = accounts.left_out_sentence(each, view.period, view.zone, view.now)
        print(f"  {each.account}: {why}")


def _notes(view: Overview) -> dict[str, list[str]]:
    """What is to be known of the numbers, each sentence once, with the counters it is about."""
    notes: dict[str, list[str]] = {}
    for name in card_metrics(view):
        card, growth = view.cards[name], view.cards[name].growth
        known = wording.since_tracking(growth.since_tracking)
        for note in (
            wording.estimate(growth) or wording.bounds(growth),
            # What is known differs from counter to counter, and why no more is does not.
            wording.reason(replace(growth, since_tracking=None), view.period, view.zone, view.now),
            f"{known}." if known else "",
            wording.no_percentage(growth),
            accounts.counter_note(card, view),
        ):
            if note:
                notes.setdefault(note, []).append(name)
    return notes


def _line(name: str, growth: Growth) -> tuple[str, ...]:
    ledger = growth.ledger
    lines = [""] * 4
    if ledger is not None:
        lines = [signed(ledger.like_for_like), signed(ledger.published)]
        lines += [compact(ledger.newly_tracked), compact(ledger.removed)]
    return (
        name,
        UNKNOWN_TEXT if growth.current is None else compact(growth.current),
        wording.gain(growth),
        wording.percentage(growth),
        *lines,
    )


def print_history(story: VideoView, zone: ZoneInfo, now: int) -> None:
    """The readings as a table, exact, newest first."""
    print(f"{story.about.title or story.about.platform_id} ({story.account.name})\n")
    rows = [
        (
            moment(reading.captured_at, zone, now),
            *(UNKNOWN_TEXT if count is None else exact(count) for count in reading.counts),
            ", ".join(f"{metric} {verdict}" for metric, verdict in reading.doubts.items()),
        )
        for reading in reversed(story.readings)
    ]
    print_table(("read at", *VIDEO_METRICS, ""), rows)


def print_status(health: Health) -> None:
    """A line per account, the gaps, the job, then what is wrong and what to do."""
    zone, now = health.zone, health.now

    def when(at: int | None) -> str:
        return UNKNOWN_TEXT if at is None else "now" if at <= now else moment(at, zone, now)

    rows = []
    for row in health.accounts:
        last = row.history.last_complete
        since = UNKNOWN_TEXT if last is None else ago(now - last)
        rows.append((row.account.name, row.account.source, since, when(row.next_capture)))
    if rows:
        print_table(("account", "source", "last snapshot", "next snapshot"), rows, texts=2)
    else:
        print("No accounts yet. Connect one on the dashboard, or import a readings file.")
    for row in health.accounts:
        for gap in row.gaps:
            length, end = duration(gap.seconds), moment(gap.end, zone, now)
            print(f"{row.account.name}: no complete snapshot for {length} until {end}")
    job = health.job
    if job is None:
        print("\nNo job beats; the snapshots tell whether cron takes them.")
    else:
        running = "runs" if job.alive(now) else "does not run"
        print(f"\nThe nightly job {running}; last sign of life {ago(now - job.beat_at)}.")
    for problem in health.problems:
        print(f"! {problem.what} {problem.remedy}")

"""What is said about a readings file: how it should look, and what became of it."""

from collections.abc import Sequence
from html import escape
from typing import Final

from snapshot_core.formats.captures import Refusal
from snapshot_core.transfer import ImportReport
from snapshot_core.view.wording.numbers import exact
from snapshot_core.windows import DAY, iso
from ui.html import note

SHOWN: Final = 10
"""Refused rows told one by one; the rest are counted."""
NAMED: Final = 3
"""New accounts told by name."""

INTRODUCTION: Final = (
    "<p><b>No file?</b> A public TikTok profile needs nothing but its handle: "
    '<a href="/accounts" target="_self">add an account</a>, and snapshots are taken from now '
    "on.</p>"
    "<p>Choose an export of TikTok Studio (zip, CSV or xlsx), a table of your own with one row per "
    "video and moment, or a readings file (CSV or Parquet). A newer file adds what is new.</p>"
)
_COLUMNS: Final = (
    ("account", "the name it shows up under"),
    ("video_id", "the video’s id, every digit of it"),
    ("captured_at", "when the numbers were read: 2026-01-31T22:00:00Z"),
    ("views, likes, comments, shares", "totals at that moment; empty where unknown"),
    ("title, published_at", "what it is called and when it went out; may be left out"),
    ("followers", "in a row without a video_id; may be left out"),
)


def columns() -> str:
    """The columns of a readings file."""
    rows = "".join(
        f'<tr><th scope="row">{"<br>".join(f"<code>{one}</code>" for one in names.split(", "))}'
        f"</th><td>{meaning}</td></tr>"
        for names, meaning in _COLUMNS
    )
    return (
        f'<h2>What a readings file needs</h2><table class="tg-facts"><tbody>{rows}</tbody></table>'
    )


def example(now: int) -> str:
    """A readings file of two videos in the eight nights before ``now``."""
    lines = [
        "account,video_id,title,published_at,captured_at,views,likes,comments,shares,followers"
    ]
    midnight = now - now % DAY
    videos = (
        ("7554971395553052634", "First video", 57_600),
        ("7556082501234567890", "Second", 900),
    )
    for night in range(8):
        at = iso(midnight - (7 - night) * DAY)
        for number, (video_id, title, views) in enumerate(videos):
            seen = views + night * 410 * (number + 1)
            published = iso(midnight - (30 - 9 * number) * DAY)
            counts = f"{seen},{seen // 50},{seen // 900},{seen // 2000}"
            lines.append(f"my_channel,{video_id},{title},{published},{at},{counts},")
        lines.append(f"my_channel,,,,{at},,,,,{1_200 + 6 * night}")
    return "\n".join(lines) + "\n"


def problem(sentence: str) -> str:
    """Why nothing, or not all, came of a file."""
    return (
        '<div class="tg-problem" role="alert"><h2>This file could not be brought in</h2>'
        f"<p>{escape(sentence)}</p></div>"
    )


def outcome(report: ImportReport) -> str:
    """What became of the rows."""
    became = {
        "added": report.added,
        "already there": report.already_there,
        "said twice in the file": report.duplicates,
        "without a number yet": report.set_aside,
        "left out": len(report.refused),
    }
    counts = [f"{exact(count)} {words}" for words, count in became.items() if count]
    rows = "1 row" if report.rows_read == 1 else f"{exact(report.rows_read)} rows"
    read = ": ".join(filter(None, (f"{rows} read", ", ".join(counts))))
    notices = "".join(note(_sentence(notice)) for notice in report.notices)
    return f'<div role="status"><h2>{escape(_headline(report))}</h2><p>{read}.</p>{notices}</div>'


def _headline(report: ImportReport) -> str:
    made = report.accounts_added
    if 0 < len(made) <= NAMED:
        *first, last = made
        return f"{', '.join(first)} and {last} are here" if first else f"{last} is here"
    if made:
        return f"{exact(len(made))} accounts are here"
    if report.reported_days and not report.captures_added:
        return "The daily amounts are in"
    if report.added:
        return "The new readings are in"
    if report.refused and not report.already_there:
        return "Nothing could be taken from this file"
    return "Nothing new in this file" if report.rows_read else "This file has no rows"


def refused(rows: Sequence[Refusal], unit: str) -> str:
    """The first rows that were left out, and why. ``unit``: what the file has, Line or Row."""
    if not rows:
        return ""
    shown = "".join(
        f'<tr><th scope="row">{unit} {exact(one.line)}</th><td>{escape(one.message)}</td></tr>'
        for one in rows[:SHOWN]
    )
    left = len(rows) - SHOWN
    more = note(f"and {exact(left)} more") if left > 0 else ""
    count = "One row was" if len(rows) == 1 else f"{exact(len(rows))} rows were"
    return (
        f'<div class="tg-problem" role="alert"><h2>{count} left out</h2>'
        "<p>Mend what is wrong and bring the same file in again: nothing is added twice.</p>"
        f'<table class="tg-facts"><tbody>{shown}</tbody></table>{more}</div>'
    )


def _sentence(text: str) -> str:
    """``text`` with a capital and a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."

"""What became of a file, as it is shown after the import."""

from collections.abc import Iterable
from html import escape
from typing import Final

from snapshot_core.formats.captures import Refusals
from snapshot_core.plural import plural
from snapshot_core.transfer.import_report import ImportReport, Unfinished
from snapshot_core.view.wording.numbers import exact
from ui.html import note

MAX_REFUSALS_SHOWN: Final = 10
MAX_ACCOUNTS_NAMED: Final = 3
"""New accounts; more are counted."""


def not_imported(sentence: str) -> str:
    """Why nothing, or not all, came of a file."""
    return (
        '<div class="tg-problem" role="alert"><h2>This file could not be imported</h2>'
        f"<p>{escape(sentence)}</p></div>"
    )


def imported(report: ImportReport) -> str:
    """What became of the rows."""
    outcomes = {
        "added": report.added,
        "already there": report.already_there,
        "duplicated in the file": report.duplicates,
        "without a number yet": report.set_aside,
        "left out": report.refused.total,
        "still to be imported": sum(left.rows for left in report.unfinished),
    }
    counts = [f"{exact(count)} {words}" for words, count in outcomes.items() if count]
    read = ": ".join(filter(None, (f"{plural(report.rows_read, 'row')} read", ", ".join(counts))))
    headline = escape(_headline(report))
    status = f'<div role="status"><h2>{headline}</h2><p>{read}.</p>{notices(report.notices)}</div>'
    return status + _unfinished(report.unfinished)


def _unfinished(accounts: Iterable[Unfinished]) -> str:
    """The accounts that are not complete, and why."""
    rows = "".join(
        f'<tr><th scope="row">{escape(left.account)}</th>'
        f"<td>{exact(left.rows)} rows. {escape(left.message)}</td></tr>"
        for left in accounts
    )
    if not rows:
        return ""
    return (
        '<div class="tg-problem" role="alert"><h2>The import is not complete</h2>'
        "<p>Import the file again to add the rest: nothing is added twice.</p>"
        f'<table class="tg-facts"><tbody>{rows}</tbody></table></div>'
    )


def _headline(report: ImportReport) -> str:
    names = report.accounts_added
    if len(names) > MAX_ACCOUNTS_NAMED:
        return f"{exact(len(names))} accounts were added"
    if names:
        *first, last = names
        return f"{', '.join(first)} and {last} were added" if first else f"{last} was added"
    if report.reported_days and not report.captures_added:
        return "The daily amounts were imported"
    if report.added:
        return "The new readings were imported"
    if report.refused and not report.already_there:
        return "Nothing could be imported from this file"
    return "Nothing new in this file" if report.rows_read else "This file has no rows"


def rows_to_refuse(rows: Refusals, word: str) -> str:
    """The first rows that will be left out, and why, before anything is imported."""
    if not rows:
        return ""
    count = plural(rows.total, "row")
    return f'<div role="note"><h2>{count} will be left out</h2>{_refusals(rows, word)}</div>'


def refused_rows(rows: Refusals, word: str) -> str:
    """The first rows that were left out, and why. ``word``: what the file has, Line or Row."""
    if not rows:
        return ""
    count = plural(rows.total, "row was", "rows were")
    return (
        f'<div class="tg-problem" role="alert"><h2>{count} left out</h2>'
        "<p>Correct the file and import it again: nothing is added twice.</p>"
        f"{_refusals(rows, word)}</div>"
    )


def _refusals(rows: Refusals, word: str) -> str:
    shown = "".join(
        f'<tr><th scope="row">{word} {exact(row.line)}</th><td>{escape(row.message)}</td></tr>'
        for row in rows[:MAX_REFUSALS_SHOWN]
    )
    left = rows.total - MAX_REFUSALS_SHOWN
    more = note(f"and {exact(left)} more") if left > 0 else ""
    return f'<table class="tg-facts"><tbody>{shown}</tbody></table>{more}'


def notices(messages: Iterable[str]) -> str:
    """Remarks on a file, as sentences."""
    return "".join(note(_sentence(message)) for message in messages)


def _sentence(text: str) -> str:
    """``text`` with a capital and a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."

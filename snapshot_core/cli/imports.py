"""``import``: what a file is, what it lacks, what it would become, and what came of it."""

import shlex
import sys
from argparse import Namespace
from contextlib import suppress
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.cli.column_map import column_names, columns_of, written
from snapshot_core.cli.context import Context, Usage
from snapshot_core.cli.printing import ProgressBar
from snapshot_core.cli.reports import print_import, print_studio_preview, print_table_preview
from snapshot_core.errors import NotFound
from snapshot_core.formats.captures import Refusals
from snapshot_core.formats.cells import DateForm
from snapshot_core.formats.mapped.columns import DATES
from snapshot_core.formats.mapped.names import ACCOUNT
from snapshot_core.formats.mapped.parse import TableMapping
from snapshot_core.formats.tiktok_studio.export import ExportDayNeeded
from snapshot_core.metrics import COUNTERS, FOLLOWERS
from snapshot_core.plural import plural
from snapshot_core.session import Session
from snapshot_core.store.users import LOCAL_EMAIL
from snapshot_core.transfer.foreign_file import (
    import_file,
    import_mapped,
    look_at,
    look_at_table,
    preview_mapped,
    preview_readings,
    preview_studio,
    suggest_forms,
)
from snapshot_core.transfer.import_account import accounts_for_export
from snapshot_core.transfer.import_file import AccountNeeded, ColumnsNeeded, refuse_target
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.transfer.import_studio import Target
from snapshot_core.windows import local_date, noon

DATE_FORMS: Final[dict[str, DateForm]] = {
    "year-first": "year first",
    "day-first": "day first",
    "month-first": "month first",
}
"""As they are typed."""


def import_(context: Context, arguments: Namespace) -> bool:
    """Import a file, or show what it would become."""
    session = context.open(arguments.user)
    if arguments.map is None and (arguments.day or arguments.dates):
        raise Usage("--day and --dates go with --map.")
    try:
        mapping = None if arguments.map is None else _mapping(session, arguments)
        if arguments.preview:
            return not _show(session, arguments, mapping)
        report = _import(session, arguments, mapping)
    except AccountNeeded:
        raise Usage(
            f"{arguments.file.name} is a TikTok Studio export, which names no account: add "
            f"--account. {_accounts(session)}"
        ) from None
    except ExportDayNeeded as error:
        raise Usage(f"{error}. Add --exported YYYY-MM-DD.") from None
    except ColumnsNeeded:
        raise Usage(_suggestion(arguments)) from None
    print_import(report, arguments.file)
    for left in report.unfinished:
        print(
            f"{left.account}: {plural(left.rows, 'row is', 'rows are')} still to be imported. "
            f"{left.message}",
            file=sys.stderr,
        )
    if report.refused:
        first = report.refused[0].line
        print(
            f"{plural(report.refused.total, 'row was', 'rows were')} refused, the first in line "
            f"{first}. Correct the file and import it again: nothing is added twice.",
            file=sys.stderr,
        )
    return not (report.refused or report.unfinished)


def _import(session: Session, arguments: Namespace, mapping: TableMapping | None) -> ImportReport:
    bar = ProgressBar()
    store, user, now = session.store, session.user, session.now
    try:
        if mapping is not None:
            return import_mapped(store, arguments.file, user, now, mapping, bar.draw_rows)
        target = _target(session, arguments)
        return import_file(store, arguments.file, user, now, target, bar.draw_rows)
    finally:
        bar.wipe()


def _show(session: Session, arguments: Namespace, mapping: TableMapping | None) -> Refusals:
    """Print what a file would become; the rows that would be refused."""
    file, now = arguments.file, session.now
    if mapping is not None:
        table = preview_mapped(file, mapping, now)
        print_table_preview(table, mapping.zone, now)
        refused = table.refused
    elif (kind := look_at(file).kind) == "readings":
        refuse_target(file.name, _target(session, arguments))
        table = preview_readings(file, now)
        print_table_preview(table, session.zone(), now)
        refused = table.refused
    elif kind == "table":
        raise ColumnsNeeded
    elif (target := _target(session, arguments)) is None:
        raise AccountNeeded
    else:
        export = preview_studio(session.store, file, session.user, now, target)
        print_studio_preview(export, target.account, _zone(session, target.account), now)
        refused = export.refused
    print("Nothing was stored: this is what would be.")
    if refused:
        first = refused[0].line
        print(
            f"{plural(refused.total, 'row')} would be refused, the first in line {first}.",
            file=sys.stderr,
        )
    return refused


def _target(session: Session, arguments: Namespace) -> Target | None:
    name: str | None = arguments.account
    return Target(name, session.zone(), arguments.exported) if name else None


def _mapping(session: Session, arguments: Namespace) -> TableMapping:
    """How a table is to be read, by what was typed. Raises `Usage`."""
    file, day, name = arguments.file, arguments.day, arguments.account
    columns = columns_of(arguments.map, look_at_table(file).header)
    if arguments.exported:
        raise Usage("--exported is of TikTok Studio's exports: with --map, give --day.")
    if name and ACCOUNT in columns:
        raise Usage("--account and --map both name the account: leave one of them out.")
    if not name and ACCOUNT not in columns:
        raise Usage(f"--map needs --account, or account=COLUMN. {_accounts(session)}")
    counters = set(columns) & set(COUNTERS)
    if not counters:
        raise Usage("--map names no count: add views=COLUMN, say.")
    if "video_id" not in columns and counters != {FOLLOWERS}:
        raise Usage("--map does not say which video a count is of: add video=COLUMN.")
    if ("captured_at" in columns) == (day is not None):
        many = "Both --day and --map say" if day else "Nothing says"
        remedy = "leave one of them out" if day else "add at=COLUMN, or --day YYYY-MM-DD"
        raise Usage(f"{many} when the counts were read: {remedy}.")
    zone = _zone(session, name)
    if day is not None and day > local_date(session.now, zone):
        raise Usage(f"{day} is still to come: --day is when the counts were read.")
    forms = suggest_forms(file, columns)
    form = DATE_FORMS[arguments.dates] if arguments.dates else forms.form
    if form is None and set(DATES) & set(columns):
        raise Usage(
            f"The dates in {file.name} can be read in two ways: add --dates day-first or "
            "--dates month-first."
        )
    read_at = None if day is None else min(noon(day, zone), session.now)
    return TableMapping(name or "", zone, columns, form or "year first", forms.separator, read_at)


def _zone(session: Session, name: str | None) -> ZoneInfo:
    """Of the account of that name, which may have to be made."""
    with suppress(NotFound):
        return session.zone(session.account(name) if name else None)
    return session.zone()


def _suggestion(arguments: Namespace) -> str:
    """What a table looks like, and the command that imports it so."""
    look = look_at_table(arguments.file)
    columns = dict(look.suggestion.columns) if look.suggestion else {}
    words = ["python", "-m", "snapshot_core", "import", str(arguments.file)]
    if arguments.account:
        columns.pop(ACCOUNT, None)  # only one of the two can name it
    if ACCOUNT not in columns:
        words += ["--account", arguments.account or "A"]
    words += ["--map", written(columns, look.header)]
    if arguments.user != LOCAL_EMAIL:
        words += ["--user", arguments.user]
    if "captured_at" not in columns:
        words += ["--day", "YYYY-MM-DD"]
    studio = ""
    if "video_id" not in columns:
        studio = (
            "If it is of TikTok Studio, set TikTok Studio to English and export again: amounts of "
            "days are no totals. "
        )
    what = look.wrong or f"{arguments.file.name} is a table whose columns have to be named."
    return (
        f"{what} {column_names(look.header)} {studio}Choose them on the dashboard, or here: "
        f"{shlex.join(words)}"
    )


def _accounts(session: Session) -> str:
    with session.store.read() as connection:
        return accounts_for_export(connection, session.user)

"""Importing readings: what is new is added, what is there stays, the rest is refused."""

from pathlib import Path

from snapshot_core.clock import latest_date
from snapshot_core.errors import InputError, StoreError, TruegrowthError
from snapshot_core.formats.captures import FileCapture, ParsedFile, Refusal
from snapshot_core.formats.isolated import Progress
from snapshot_core.formats.readings.parse import parse
from snapshot_core.store.database import Store
from snapshot_core.store.users import User
from snapshot_core.transfer.import_ids import refuse_twins
from snapshot_core.transfer.import_merge import lines_of
from snapshot_core.transfer.import_report import ImportReport, Unfinished
from snapshot_core.transfer.import_steps import AccountImport


def import_readings(
    store: Store, path: Path, user: User, now: int, progress: Progress | None = None
) -> ImportReport:
    """Import the readings file at ``path`` for ``user``; accounts are found or made by name.

    Raises `InputError` where the whole file is of no use. See `import_parsed`.
    """
    return import_parsed(store, parse(path, latest_date(now)), user, now, progress)


def import_parsed(
    store: Store,
    parsed: ParsedFile,
    user: User,
    now: int,
    progress: Progress | None = None,
) -> ImportReport:
    """Import the content of a file, which is used up, one account after the other.

    Importing a file again, or a mended copy of it, is safe: readings that are there already are
    never doubled and never overwritten. ``now`` (instant) decides what lies in the future.
    Rows of an account that nothing may be imported into are refused. Where an account is being
    captured, or the database goes away, the report says what is left to be imported again; where
    that is all, `Busy` or `StoreError` is raised. ``progress`` is called first with nothing done.
    """
    report = ImportReport(parsed.rows_read, parsed.duplicates, parsed.refused, parsed.notices)
    accounts = _by_account(parsed)
    total = sum(map(_rows, accounts.values()))
    done = statuses_changed = 0
    if progress is not None:
        progress(0, total)
    error: TruegrowthError | None = None

    def on_step(rows: int) -> None:
        nonlocal done
        done += rows
        if progress is not None:
            progress(done, total)

    for name, captures in accounts.items():
        run = AccountImport(store, user, name, now)
        try:
            if isinstance(error, StoreError):
                raise error  # the database is away for this account too
            twins = refuse_twins(store, user, name, captures)
            if twins:
                run.merged.refused = run.merged.refused.with_more(twins)
                on_step(twins.total)
            run.run(captures, on_step)
        except InputError as refused:
            left = captures[run.captures_done :]
            lines = (line for capture in left for line in lines_of(capture))
            run.merged.refused.extend(Refusal(line, str(refused)) for line in lines)
            on_step(_rows(left))
        except TruegrowthError as stopped:
            error = stopped
            left = captures[run.captures_done :]
            report.unfinished.append(Unfinished(name, _rows(left), str(stopped)))
        finally:
            run.release()
        report.include(run.merged, name, made=run.made)
        statuses_changed += run.merged.statuses_changed
        captures.clear()  # a million rows need not stay in memory until the last account is done
    if error is not None and not report.dealt_with:
        raise error
    if statuses_changed:
        word = "the file's status is now that of stored snapshots that had another"
        report.notices.append(f"{word}: {statuses_changed:,}")
    return report


def _rows(captures: list[FileCapture]) -> int:
    return sum(len(lines_of(capture)) for capture in captures)


def _by_account(parsed: ParsedFile) -> dict[str, list[FileCapture]]:
    accounts: dict[str, list[FileCapture]] = {}
    for capture in parsed.captures:
        accounts.setdefault(capture.account, []).append(capture)
    parsed.captures = []
    return accounts

"""The commands. Each takes its arguments, prints what it did and gives whether all went well."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from snapshot_core.capture.first_start import of_unknown_source, set_up
from snapshot_core.capture.schedule import Schedule, can_be_taken
from snapshot_core.capture.take import take
from snapshot_core.cli.documents import history_document, status_document
from snapshot_core.cli.printing import print_json, progress_bar
from snapshot_core.cli.reports import print_growth, print_history, print_import, print_status
from snapshot_core.clock import Clock
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import Busy, InputError, NotFound, SourceError
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store.accounts import (
    LOCAL_EMAIL,
    Account,
    User,
    account_named,
    accounts_of,
    taken_together,
    user_named,
)
from snapshot_core.store.database import Store
from snapshot_core.store.record_capture import Recorded
from snapshot_core.store.videos import find_video
from snapshot_core.transfer import (
    Target,
    accounts_for_export,
    export_file,
    import_file,
    recognise,
)
from snapshot_core.view.documents.growth import growth_document
from snapshot_core.view.health import health
from snapshot_core.view.overview import overview
from snapshot_core.view.videos import video_story
from snapshot_core.windows import PERIODS
from snapshot_core.zones import zone_named


class Usage(InputError):
    """The command was called wrongly."""


@dataclass(frozen=True, slots=True)
class Context:
    """What every command works with."""

    store: Store
    settings: Settings
    clock: Clock

    def user(self, connection: Connection, email: str = LOCAL_EMAIL) -> User:
        """The user whose accounts are meant: the local one, who needs no login."""
        try:
            return user_named(connection, email)
        except NotFound as error:
            remedy = "Run: python -m snapshot_core setup"
            if email != LOCAL_EMAIL:
                remedy = f"Leave out --user for the local one, {LOCAL_EMAIL}."
            raise NotFound(f"{error} {remedy}") from None

    def zone(self, user: User, account: Account | None = None) -> ZoneInfo:
        """The time zone that times are shown in: the account's, the user's, the machine's."""
        name = (account.time_zone if account else None) or user.time_zone
        return (zone_named(name) if name else None) or self.settings.time_zone


def setup(context: Context, arguments: Namespace) -> bool:
    """Create or upgrade the tables; take the baseline of every account that has none."""
    report = set_up(context.store, context.settings, context.clock)
    if report.nights:
        print(f"Made the sample account, with {report.nights} nights of made-up snapshots.")
    for name, taken in report.baselines.items():
        print(f"{name}: {_outcome(taken)}")
    for name, message in report.failures.items():
        _complain(name, message)
    print("The database is ready.")
    # With one account's platform away the dashboard still starts.
    return True


def import_(context: Context, arguments: Namespace) -> bool:
    """Import a readings file, or a TikTok Studio export into the account that is named."""
    name: str | None = arguments.account
    with context.store.read() as connection:
        user = context.user(connection, arguments.user)
        if name is None and recognise(arguments.file) == "studio":
            raise Usage(
                f"{arguments.file.name} is a TikTok Studio export, which names no account: add "
                f"--account. {accounts_for_export(connection, user)}"
            )
    target = name and Target(name, context.zone(user), arguments.exported)
    report = import_file(context.store, arguments.file, user, context.clock(), target or None)
    print_import(report, arguments.file)
    if report.refused:
        first = report.refused[0].line
        print(
            f"{len(report.refused):,} rows were refused, the first in line {first}. Mend them and "
            "import the file again: what was added is not added twice.",
            file=sys.stderr,
        )
    return not report.refused


def export(context: Context, arguments: Namespace) -> bool:
    """Write all readings to a file."""
    with context.store.read() as connection:
        user = context.user(connection)
    rows = export_file(context.store, arguments.file, user, arguments.account)
    print(f"{rows:,} rows written to {arguments.file}")
    return True


def snapshot(context: Context, arguments: Namespace) -> bool:
    """Take a complete capture now; an account that fails does not stop the others."""
    done = True
    for account in _to_capture(context, arguments.account):
        if (reader := SOURCES.get(account.source)) is None:
            _complain(account.name, of_unknown_source(account))
            done = False
            continue
        try:
            with progress_bar(account.name) as progress:
                taken = take(
                    context.store,
                    reader,
                    account,
                    context.clock,
                    trigger="manual",
                    progress=progress,
                    platforms=Platforms(context.store, context.settings),
                )
        except (SourceError, Busy) as error:
            _complain(account.name, str(error))
            done = False
        else:
            print(f"{account.name}: {_outcome(taken)}")
    return done


def _to_capture(context: Context, name: str | None) -> Sequence[Account]:
    with context.store.read() as connection:
        user = context.user(connection)
        if name is None:
            every = taken_together(accounts_of(connection, user.user_id))
            chosen = [one for one in every if not _only_imported(one)]
            if not chosen:
                raise InputError(
                    "There is no account to take a snapshot of. Connect one on the dashboard, "
                    "or import newer readings."
                )
            return chosen
        account = account_named(connection, user.user_id, name)
    if _only_imported(account):
        raise InputError(
            f"{name} comes from a file, so no snapshot can be taken. Import newer readings."
        )
    return [account]


def _only_imported(account: Account) -> bool:
    return account.source in SOURCES and not can_be_taken(account.source)


def _complain(name: str, message: str) -> None:
    """Say on stderr what is wrong with an account, in one line."""
    print(" ".join(f"{name}: {message}".split()), file=sys.stderr)


def _outcome(taken: Recorded) -> str:
    if taken.status is None:
        return "there is a snapshot of this very second already"
    refused = f"; {taken.rejected:,} impossible counts left out" if taken.rejected else ""
    return f"{taken.status} snapshot of {taken.videos:,} videos{refused}"


def growth(context: Context, arguments: Namespace) -> bool:
    """What the API gives for one account and period."""
    now = context.clock()
    with context.store.read() as connection:
        user, account = _user_and_account(context, connection, arguments.account)
        zone = context.zone(user, account)
        view = overview(connection, [account], account, arguments.period, now, zone)
    if arguments.json:
        print_json(growth_document(view))
    else:
        print_growth(view)
    return True


def history(context: Context, arguments: Namespace) -> bool:
    """Every reading of one video, newest first."""
    with context.store.read() as connection:
        user, account = _user_and_account(context, connection, arguments.account)
        zone = context.zone(user, account)
        video = find_video(connection, account.key, arguments.video)
        story = video_story(connection, account, video, PERIODS[0], zone)
    if arguments.json:
        print_json(history_document(story))
    else:
        print_history(story, zone, context.clock())
    return True


def status(context: Context, arguments: Namespace) -> bool:
    """How accounts, captures and the job stand, and what to do."""
    now = context.clock()
    with context.store.read() as connection:
        user = context.user(connection)
        schedule = Schedule(context.zone(user), context.settings.snapshot_at)
        found = health(connection, accounts_of(connection, user.user_id), schedule, now)
    if arguments.json:
        print_json(status_document(found))
    else:
        print_status(found)
    return True


def _user_and_account(context: Context, connection: Connection, name: str) -> tuple[User, Account]:
    user = context.user(connection)
    return user, account_named(connection, user.user_id, name)

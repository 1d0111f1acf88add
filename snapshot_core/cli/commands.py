"""The commands. Each takes its arguments, prints what it did and gives whether all went well."""

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from snapshot_core.capture.first_start import set_up
from snapshot_core.capture.schedule import schedule_of, why_not
from snapshot_core.capture.snapshot_accounts import Outcome, accounts_to_take, snapshot_accounts
from snapshot_core.cli.printing import ProgressBar, print_json
from snapshot_core.cli.reports import print_growth, print_history, print_import, print_status
from snapshot_core.clock import NEVER_SET, SET_IT, Clock, is_set
from snapshot_core.errors import SET_UP, InputError, NotFound
from snapshot_core.session import Session, open_session
from snapshot_core.settings.table import Settings
from snapshot_core.store.accounts import LOCAL_EMAIL
from snapshot_core.store.database import Store
from snapshot_core.store.videos import find_video
from snapshot_core.transfer import (
    AccountNeeded,
    Target,
    accounts_for_export,
    export_file,
    import_file,
)
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.documents.health import Status
from snapshot_core.view.documents.history import VideoHistory
from snapshot_core.view.health import health
from snapshot_core.view.overview import overview
from snapshot_core.view.video import video_view
from snapshot_core.view.wording.snapshot import snapshot_sentence
from snapshot_core.windows import PERIODS


class Usage(InputError):
    """The command was called wrongly."""


@dataclass(frozen=True, slots=True)
class Context:
    """What every command works with."""

    store: Store
    settings: Settings
    clock: Clock

    def open(self, user: str = LOCAL_EMAIL) -> Session:
        """The session of the local user, who needs no login, or of another by e-mail or number."""
        try:
            return open_session(self.settings, self.store, self.clock, user)
        except NotFound as error:
            remedy = f"Run: {SET_UP}"
            if user != LOCAL_EMAIL:
                remedy = f"Leave out --user for the local one, {LOCAL_EMAIL}."
            raise NotFound(f"{error} {remedy}") from None


Command: TypeAlias = Callable[[Context, Namespace], bool]


def setup(context: Context, arguments: Namespace) -> bool:
    """Create or upgrade the tables; take the baseline of every account that has none."""
    report = set_up(context.store, context.settings, context.clock)
    if report.nights:
        print(f"Made the sample account, with {report.nights} nights of made-up snapshots.")
    for file in report.made_private:
        print(f"Others could read {file}; now only its owner can.")
    for file in report.open_to_others:
        print(f"Others can read {file}. Its owner should run: chmod 600 {file}", file=sys.stderr)
    session = context.open()
    for outcome in report.baselines:
        _print_outcome(session, outcome)
    if not is_set(session.now):
        print(f"{NEVER_SET} {SET_IT}", file=sys.stderr)
    print("The database is ready.")
    # With one account's platform away the dashboard still starts.
    return True


def import_(context: Context, arguments: Namespace) -> bool:
    """Import a readings file, or a TikTok Studio export into the account that is named."""
    name: str | None = arguments.account
    session = context.open(arguments.user)
    target = Target(name, session.zone(), arguments.exported) if name else None
    bar = ProgressBar()
    try:
        report = import_file(
            session.store, arguments.file, session.user, session.now, target, bar.draw_rows
        )
    except AccountNeeded:
        with session.store.read() as connection:
            accounts = accounts_for_export(connection, session.user)
        raise Usage(
            f"{arguments.file.name} is a TikTok Studio export, which names no account: add "
            f"--account. {accounts}"
        ) from None
    finally:
        bar.wipe()
    print_import(report, arguments.file)
    for left in report.unfinished:
        print(
            f"{left.account}: {left.rows:,} rows are still to be imported. {left.message}",
            file=sys.stderr,
        )
    if report.refused:
        first = report.refused[0].line
        print(
            f"{report.refused.total:,} rows were refused, the first in line {first}. Mend them and "
            "import the file again: what was added is not added twice.",
            file=sys.stderr,
        )
    return not (report.refused or report.unfinished)


def export(context: Context, arguments: Namespace) -> bool:
    """Write all readings to a file."""
    user = context.open().user
    rows = export_file(context.store, arguments.file, user, arguments.account)
    print(f"{rows:,} rows written to {arguments.file}")
    return True


def snapshot(context: Context, arguments: Namespace) -> bool:
    """Take a complete capture now; an account that fails does not stop the others."""
    session = context.open()
    named = session.account(arguments.account) if arguments.account else None
    if named is not None and isinstance(refusal := why_not(named), InputError):
        raise refusal
    accounts = accounts_to_take(session, named)
    if not accounts:
        raise InputError(
            "There is no account to take a snapshot of. Connect one on the dashboard, "
            "or import newer readings."
        )
    done, bar = True, ProgressBar()
    try:
        for outcome in snapshot_accounts(session, accounts, bar.draw, on_wait=bar.wait):
            bar.wipe()
            done = done and outcome.error is None
            _print_outcome(session, outcome)
    finally:
        bar.wipe()
    return done


def _print_outcome(session: Session, outcome: Outcome) -> None:
    sentence = snapshot_sentence(outcome, session.zone(outcome.account), session.now)
    line = f"{outcome.account.name}: {sentence}"
    if outcome.error is None:
        print(line)
    else:
        print(" ".join(line.split()), file=sys.stderr)


def growth(context: Context, arguments: Namespace) -> bool:
    """What the API gives for one account and period."""
    session = context.open()
    account = session.account(arguments.account)
    zone = session.zone(account)
    with session.store.read() as connection:
        view = overview(connection, [account], account, arguments.period, session.now, zone)
    if arguments.json:
        print_json(Growth.of(view))
    else:
        print_growth(view)
    return True


def history(context: Context, arguments: Namespace) -> bool:
    """Every reading of one video, newest first."""
    session = context.open()
    account = session.account(arguments.account)
    zone = session.zone(account)
    with session.store.read() as connection:
        video = find_video(connection, account.key, arguments.video)
        story = video_view(connection, account, video, PERIODS[0], session.now, zone)
    if arguments.json:
        print_json(VideoHistory.of(story, story.readings[::-1]))
    else:
        print_history(story, zone, session.now)
    return True


def status(context: Context, arguments: Namespace) -> bool:
    """How accounts, captures and the job stand, and what to do."""
    session = context.open()
    with session.store.read() as connection:
        view = health(connection, session.accounts, schedule_of(session), session.now)
    if arguments.json:
        print_json(Status.of(view))
    else:
        print_status(view)
    return True

"""The commands. Each takes its arguments, prints what it did and gives whether all went well."""

import sys
from argparse import Namespace

from snapshot_core.capture.first_start import set_up
from snapshot_core.capture.schedule import schedule_of, why_not
from snapshot_core.capture.snapshot_accounts import Outcome, accounts_to_take, snapshot_accounts
from snapshot_core.cli.context import Context, Usage
from snapshot_core.cli.printing import ProgressBar, print_json
from snapshot_core.cli.reports import print_growth, print_history, print_status
from snapshot_core.clock import NEVER_SET, SET_IT, is_set
from snapshot_core.errors import InputError
from snapshot_core.periods import PERIODS, Period, dates
from snapshot_core.plural import plural
from snapshot_core.session import Session
from snapshot_core.store.videos import find_video
from snapshot_core.transfer.export import export_file
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.documents.health import Status
from snapshot_core.view.documents.history import VideoHistory
from snapshot_core.view.health import health
from snapshot_core.view.overview import overview
from snapshot_core.view.video import video_view
from snapshot_core.view.wording.snapshot import snapshot_sentence


def setup(context: Context, arguments: Namespace) -> bool:
    """Create or upgrade the tables; take the baseline of every account that has none."""
    report = set_up(context.store, context.settings, context.clock)
    if report.nights:
        print(f"Made the sample account, with {report.nights} nights of invented snapshots.")
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


def export(context: Context, arguments: Namespace) -> bool:
    """Write all readings to a file."""
    user = context.open().user
    rows = export_file(context.store, arguments.file, user, arguments.account)
    print(f"{plural(rows, 'row')} written to {arguments.file}")
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
    """What the API gives for one account, or all, and a period."""
    period = _period_asked(arguments)
    session = context.open()
    account = session.account_or_all(arguments.account)
    zone = session.zone(account)
    with session.store.read() as connection:
        view = overview(connection, session.accounts, account, period, session.now, zone)
    if arguments.json:
        print_json(Growth.of(view))
    else:
        print_growth(view)
    return True


def _period_asked(arguments: Namespace) -> Period:
    period: Period | None = arguments.period
    if period is None:
        try:
            period = dates(arguments.start, arguments.end)
        except ValueError as error:
            raise Usage(f"{error}.") from None
    elif arguments.end is not None:
        raise Usage("--end needs --start: give the first day, too.")
    return period.compared(arguments.compare)


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

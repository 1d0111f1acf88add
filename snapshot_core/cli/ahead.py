"""``ahead list``, ``ahead keep`` and ``ahead drop``: snapshots that a clock dated ahead."""

from argparse import Namespace
from typing import Final

from snapshot_core.cli.context import Context, Usage
from snapshot_core.cli.printing import print_table
from snapshot_core.errors import NotFound
from snapshot_core.session import Session
from snapshot_core.store.ahead import CaptureAhead, captures_ahead
from snapshot_core.store.ahead import drop as drop_captures
from snapshot_core.store.ahead import keep as keep_captures
from snapshot_core.view.problems import KEEP_OR_DROP
from snapshot_core.view.wording.numbers import exact
from snapshot_core.windows import iso

NONE_AHEAD: Final = "No snapshot is dated ahead of the clock."


def list_(context: Context, arguments: Namespace) -> bool:
    """List them."""
    ahead = _ahead(context.open(arguments.user), arguments)
    if not ahead:
        print(NONE_AHEAD)
        return True
    _print(ahead)
    print(f"\n{KEEP_OR_DROP.partition(' In the shell')[0]}")
    return True


def keep(context: Context, arguments: Namespace) -> bool:
    """Let them count for good."""
    session = context.open(arguments.user)
    chosen = _chosen(session, arguments)
    count = session.store.transact(lambda c: keep_captures(c, chosen, session.now))
    print(f"{exact(count)} kept. Each counts from its date on.")
    return True


def drop(context: Context, arguments: Namespace) -> bool:
    """Remove them with all that they read."""
    session = context.open(arguments.user)
    chosen = _chosen(session, arguments)
    if not arguments.yes:
        _print(chosen)
        raise Usage("What these snapshots read would be gone for good. To drop them, add --yes.")
    count = session.store.transact(lambda c: drop_captures(c, chosen, session.now))
    print(f"{exact(count)} dropped, with all that they read.")
    return True


def _chosen(session: Session, arguments: Namespace) -> list[CaptureAhead]:
    ahead = _ahead(session, arguments)
    if not ahead:
        raise NotFound(NONE_AHEAD)
    if arguments.at is not None:
        ahead = [capture for capture in ahead if capture.captured_at == arguments.at]
    if not ahead:
        raise NotFound("There is no such snapshot dated ahead of the clock. See: ahead list")
    return ahead


def _ahead(session: Session, arguments: Namespace) -> list[CaptureAhead]:
    accounts = session.accounts_named(arguments.account or None)
    with session.store.read() as connection:
        return captures_ahead(connection, session.user.user_id, accounts, session.now)


def _print(ahead: list[CaptureAhead]) -> None:
    rows = [
        (
            capture.account.name,
            iso(capture.captured_at),
            "now" if capture.ahead_at is None else iso(capture.ahead_at),
            exact(capture.videos),
        )
        for capture in ahead
    ]
    print_table(("account", "dated", "seen ahead", "videos"), rows, texts=3)

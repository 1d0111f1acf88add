"""``missing list`` and ``missing confirm``: videos that a listing misses, and that are gone."""

from argparse import Namespace
from typing import Final

from snapshot_core.cli.context import Context
from snapshot_core.cli.printing import print_table
from snapshot_core.errors import NotFound
from snapshot_core.plural import plural
from snapshot_core.session import Session
from snapshot_core.store.fold.missing_videos import MissingVideos, confirm_gone, missing_videos
from snapshot_core.view.wording.numbers import exact
from snapshot_core.windows import iso

NONE_DOUBTED: Final = "No snapshot misses so many videos that it is not believed."


def list_(context: Context, arguments: Namespace) -> bool:
    """List them."""
    doubted = _doubted(context.open(arguments.user), arguments)
    if not doubted:
        print(NONE_DOUBTED)
        return True
    rows = [
        (
            missing.account.name,
            iso(missing.captured_at),
            exact(missing.missing),
            exact(missing.last_complete),
        )
        for missing in doubted
    ]
    print_table(("account", "snapshot", "videos missing", "of"), rows, texts=2)
    print("\nIf they are gone: python -m snapshot_core missing confirm --account A")
    return True


def confirm(context: Context, arguments: Namespace) -> bool:
    """Believe that they are gone."""
    session = context.open(arguments.user)
    doubted = _doubted(session, arguments)
    if not doubted:
        raise NotFound(NONE_DOUBTED)
    session.store.transact(lambda connection: confirm_gone(connection, doubted))
    for missing in doubted:
        videos = plural(missing.missing, "video is", "videos are")
        print(f"{missing.account.name}: {videos} taken to be gone.")
    return True


def _doubted(session: Session, arguments: Namespace) -> list[MissingVideos]:
    accounts = session.accounts_named(arguments.account or None)
    with session.store.read() as connection:
        each = [missing_videos(connection, account, session.now) for account in accounts]
    return [missing for missing in each if missing is not None]

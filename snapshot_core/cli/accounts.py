"""``accounts remove``: an account with all of its readings."""

from argparse import Namespace

from snapshot_core.cli.context import Context, Usage
from snapshot_core.connections.accounts import remove as revoke
from snapshot_core.plural import plural
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store.accounts import remove_account
from snapshot_core.store.videos import video_ids


def remove(context: Context, arguments: Namespace) -> bool:
    """Remove it; its platform is told that its tokens are not needed any more."""
    session = context.open(arguments.user)
    account = session.account(arguments.account)
    if not arguments.yes:
        with session.store.read() as connection:
            videos = plural(len(video_ids(connection, account.key)), "video")
        print(f"{account.name}: {videos}, and all that was read of them.")
        raise Usage("This cannot be undone: export it first if need be. To remove it, add --yes.")
    # Its source may be one of a newer version: it can be removed all the same.
    revoke(session.platforms, SOURCES.get(account.source), account.key)
    session.store.transact(lambda connection: remove_account(connection, account.key))
    print(f"{account.name} was removed.")
    return True

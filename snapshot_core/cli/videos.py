"""``videos check`` and ``videos drop``: what an import took for videos, and is none."""

from argparse import Namespace
from collections.abc import Sequence
from typing import Final

from snapshot_core.cli.context import Context, Usage
from snapshot_core.cli.printing import print_table
from snapshot_core.errors import NotFound
from snapshot_core.plural import plural
from snapshot_core.session import Session
from snapshot_core.store.accounts import Account
from snapshot_core.store.fold.wrong_videos import WrongVideo, drop_videos, wrong_ids, wrong_video
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, exact
from snapshot_core.windows import iso

NONE_WRONG: Final = "No id looks like anything but a video's."


def check(context: Context, arguments: Namespace) -> bool:
    """List them."""
    session = context.open(arguments.user)
    accounts = session.accounts_named(arguments.account or None)
    wrong = [video for account in accounts for video in _wrong(session, account, [])]
    if not wrong:
        print(NONE_WRONG)
        return True
    _print(wrong)
    print("\nTo drop them: python -m snapshot_core videos drop --account A")
    return True


def drop(context: Context, arguments: Namespace) -> bool:
    """Remove them with all that was read of them."""
    session = context.open(arguments.user)
    account = session.account(arguments.account)
    wrong = _wrong(session, account, arguments.video)
    if not wrong:
        raise NotFound(f"{NONE_WRONG} To drop one all the same, name it with --video.")
    if not arguments.yes:
        _print(wrong)
        raise Usage("What was read of them would be gone for good. To drop them, add --yes.")
    ids = [video.platform_id for video in wrong]
    session.store.transact(lambda connection: drop_videos(connection, account, ids))
    print(f"{plural(len(ids), 'video')} dropped, with all that was read of them.")
    return True


def _wrong(session: Session, account: Account, named: Sequence[str]) -> list[WrongVideo]:
    """The videos of these ids; without any, those whose ids are no video's by their looks."""
    with session.store.read() as connection:
        wrong = wrong_ids(connection, [account]).get(account.account_id, [])
        ids = list(dict.fromkeys(named)) or wrong
        return [wrong_video(connection, account, platform_id) for platform_id in ids]


def _print(wrong: Sequence[WrongVideo]) -> None:
    rows = [
        (
            video.account.name,
            video.platform_id,
            video.title or "",
            *(
                UNKNOWN_TEXT if at is None else iso(at)
                for at in (video.first_read, video.last_read)
            ),
            exact(video.readings),
        )
        for video in wrong
    ]
    print_table(("account", "id", "title", "first read", "last read", "readings"), rows, texts=5)


def _instant(at: int | None) -> str:
    return UNKNOWN_TEXT if at is None else iso(at)

"""A store with accounts and captures, in a line or two."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.store.accounts import Account, accounts_of, add_account
from snapshot_core.store.database import Store
from snapshot_core.store.record_capture import Fetched, Recorded, record
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from tests.support.readings import video_reading
from tests.support.staged import installed
from tests.support.templates import fill


@contextmanager
def stocked(database_url: str) -> Iterator[Store]:
    """A fresh store with its tables and the local user."""
    fill(database_url, _with_local_user)
    store = Store(database_url)
    yield store
    store.close()


def _with_local_user(database_url: str) -> None:
    store = installed(database_url)
    store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
    store.close()


def make_account(store: Store, name: str, source: str = "csv", *, rounded: bool = False) -> Account:
    """An account of the local user."""
    return store.transact(lambda c: add_account(c, 1, name, source, 0, rounded=rounded))


def capture(
    store: Store,
    account: Account,
    at: int,
    views: Mapping[str, int | VideoReading | None],
    *,
    followers: int | None = None,
    walked_to_end: bool | None = True,
    reported_count: int | None = None,
) -> Recorded:
    """Record a capture: the views of videos by platform id, or whole readings.

    ``reported_count``: how many videos the source says that there are.
    """
    videos: Sequence[VideoReading] = [
        count if isinstance(count, VideoReading) else video_reading(name, views=count)
        for name, count in views.items()
    ]
    profile = ProfileReading(followers=followers, videos=reported_count)
    fetched = Fetched(at, at, "nightly", "complete", walked_to_end, profile, videos)
    return store.transact(lambda connection: record(connection, account.key, fetched))


def local_accounts(store: Store) -> list[Account]:
    """The local user's accounts as they stand."""
    with store.read() as connection:
        return accounts_of(connection, 1)

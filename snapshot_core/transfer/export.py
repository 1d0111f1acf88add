"""Exporting readings to a file that gives the same captures and the same growth when imported."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from snapshot_core.formats.cells import cut_ids, tiktok_address
from snapshot_core.formats.readings.columns import NO_TOTALS, ReadingRow
from snapshot_core.formats.readings.write import FileFormat, pieces, write
from snapshot_core.readings import NO_COUNTS, Counts
from snapshot_core.store.accounts import Account, account_named, accounts_of, accounts_together
from snapshot_core.store.accounts import account as account_of
from snapshot_core.store.captures import StoredCapture, captures_of, counts_at, profiles_of
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.users import User
from snapshot_core.store.videos import AboutVideo, videos_of

CAPTURES_PER_CONNECTION: Final = 10
"""Read at once, and in memory, while the taker of a stream takes its time."""


def export_file(store: Store, path: Path, user: User, account: str | None = None) -> int:
    """Write the readings of one account, or of all, to ``path``; the number of rows.

    Among all, made-up readings have no place: the sample account is written when it is named,
    or when there is no other. CSV or Parquet by suffix; the file appears whole or not at all,
    and only one capture is in memory at a time. Raises `NotFound` for an unknown account and
    `InputError` where the file cannot be written.
    """
    with store.read() as connection:
        if account is None:
            chosen = accounts_together(accounts_of(connection, user.user_id))
        else:
            chosen = [account_named(connection, user.user_id, account)]

        def rows() -> Iterator[ReadingRow]:
            for chosen_account in chosen:
                history = _History.read(connection, chosen_account)
                for capture in history.captures:
                    yield from history.rows(connection, capture)

        return write(path, rows())


def export_pieces(store: Store, accounts: Sequence[Account], kind: FileFormat) -> Iterator[bytes]:
    """The readings of ``accounts`` (of one user) as the pieces of a file as `export_file` writes.

    No connection is held while a piece is passed on, however slow its taker; readings are never
    changed, so what is read late is what was there early. Raises `StoreError`, and `NotFound`
    where an account is removed on the way.
    """
    return pieces((row for account in accounts for row in _streamed(store, account)), kind)


def _streamed(store: Store, account: Account) -> Iterator[ReadingRow]:
    with store.read() as connection:
        history = _History.read(connection, account)
    for start in range(0, len(history.captures), CAPTURES_PER_CONNECTION):
        some = history.captures[start : start + CAPTURES_PER_CONNECTION]
        with store.read() as connection:
            account_of(connection, account.key)  # NotFound, rather than captures that seem empty
            rows = [row for capture in some for row in history.rows(connection, capture)]
        yield from rows


@dataclass(frozen=True, slots=True)
class _History:
    """What the rows of an account are made with, beside the readings."""

    account: Account
    videos: Mapping[int, AboutVideo]
    profiles: Mapping[int, Counts]
    """The account's own counters by instant."""
    captures: Sequence[StoredCapture]
    """Oldest first; without those that failed or are marked as ahead of the clock."""
    doubtful: Collection[str]
    """Ids that a reader would take for what a spreadsheet left of others: written as addresses."""

    @classmethod
    def read(cls, connection: Connection, account: Account) -> "_History":
        key = account.key
        videos = {video.video_id: video for video in videos_of(connection, key)}
        captures = [c for c in captures_of(connection, key) if c.status != "failed" and c.counts]
        doubtful = cut_ids([video.platform_id for video in videos.values()])
        return cls(account, videos, profiles_of(connection, key), captures, doubtful)

    def rows(self, connection: Connection, capture: StoredCapture) -> Iterator[ReadingRow]:
        """The rows of one capture."""
        name, at = self.account.name, capture.captured_at
        judged = capture.status, self.account.rounded, self.account.platform
        readings = counts_at(connection, self.account.key, at)
        totals = self.profiles.get(at, NO_TOTALS)
        # A capture that found no video still says so: growth needs to know that it was taken.
        if totals != NO_TOTALS or not readings:
            yield ReadingRow(name, None, None, None, at, NO_COUNTS, totals, *judged)
        for video_id, counts in readings.items():
            video = self.videos[video_id]
            platform_id = video.platform_id
            written = tiktok_address(platform_id) if platform_id in self.doubtful else platform_id
            about = written, video.title, video.published_at
            yield ReadingRow(name, *about, at, counts, NO_TOTALS, *judged)

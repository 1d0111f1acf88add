"""One account's part of an import, in steps: each a whole transaction of about a second.

Between two steps others write. The account is folded in each of them, so that what is shown is
true of what is stored; importing the file again completes what was cut off.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from secrets import token_hex
from time import monotonic
from typing import Final, TypeVar

from snapshot_core.errors import Busy, NotFound, StoreError
from snapshot_core.formats.captures import FileCapture
from snapshot_core.growth.rounding import looks_rounded
from snapshot_core.readings import VideoReading
from snapshot_core.sources.imported_file import ImportedFile
from snapshot_core.store import accounts
from snapshot_core.store.accounts import LEASE_SECONDS, Account
from snapshot_core.store.ahead import mark_ahead
from snapshot_core.store.captures import last_instant, view_counts
from snapshot_core.store.database import Connection, Store, has_no_place_for
from snapshot_core.store.fold.steps import SteppedFold, learn_step
from snapshot_core.store.fold.write import bump_revision, refold
from snapshot_core.store.keys import Key
from snapshot_core.store.record_capture import update_videos
from snapshot_core.store.rhythms.learn import is_due
from snapshot_core.store.users import User
from snapshot_core.transfer.import_account import (
    Origin,
    find_account,
    has_rounded_counts,
    may_round,
    refuse_sample,
)
from snapshot_core.transfer.import_merge import (
    Merged,
    about_videos,
    confirm,
    confirmed_captures,
    lines_of,
    merge,
    unchanged,
)
from snapshot_core.transfer.import_report import refusals
from snapshot_core.zones import UTC, first_zone

T = TypeVar("T")
_Captures = Sequence[FileCapture]
logger = logging.getLogger(__name__)

STEP_SECONDS: Final = 1.0
"""What a step is to take: for so long nobody else can write to SQLite."""
FIRST_STEP_ROWS: Final = 2_000
CAPTURE_ROWS: Final = 10
"""A capture costs as much as so many readings, beside its own."""


class _Outdated(Exception):
    """The account is not what it was when it was last looked at."""


class AccountImport:
    """Merges captures into the account of a name, which is made with the first of them.

    The account is leased as for a capture, so that none comes in between: `release` it.
    """

    def __init__(self, store: Store, user: User, name: str, now: int) -> None:
        """``now``: the instant of the start (UTC seconds)."""
        self.store, self.user, self.name = store, user, name
        self.made = False
        self.merged = Merged()
        self.captures_done = 0
        """Of those given to `run`, from the first on."""
        self._now, self._began = now, monotonic()
        self._owner = f"import-{token_hex(4)}"
        self._account: Account | None = None
        self._fold: SteppedFold | None = None
        self._step_rows = FIRST_STEP_ROWS
        self._origin = Origin()
        self._about: dict[str, VideoReading] = {}

    def run(self, captures: _Captures, on_step: Callable[[int], None]) -> None:
        """Merge all captures, oldest first. ``on_step`` is given the number of rows of each step.

        What was merged stays where it raises `InputError` (nothing may be imported into the
        account), `Busy` (it is being captured), `NotFound` (it was removed meanwhile), or
        `StoreError`.
        """
        if not captures:
            return
        self._about = about_videos(captures)
        self._origin = Origin.of(captures)
        self._look(captures)
        if self._account is not None:
            with self.store.read() as connection:
                confirmed = confirmed_captures(connection, self._account.key, captures)
            self._in_steps(captures, confirmed, confirm, lambda _: None)

        def on_part(part: _Captures) -> None:
            self.captures_done += len(part)
            on_step(sum(len(lines_of(capture)) for capture in part))

        self._in_steps(captures, captures, self._merge, on_part)
        self._mark_rounded(captures)
        self._learn()

    def transact(self, work: Callable[[Connection, Key], T]) -> T:
        """Do something else with the account in a transaction, in which it is made if need be."""

        def transaction(connection: Connection) -> tuple[Account, bool, T]:
            account, made = self._hold(connection)
            result = work(connection, account.key)
            return accounts.account(connection, account.key), made, result

        self._account, made, result = self.store.transact(transaction)
        self.made |= made
        return result

    def release(self) -> None:
        """Give the lease back. If the database is away, it ends by itself."""
        if (account := self._account) is not None:
            with suppress(StoreError), self.store.write() as connection:
                accounts.release(connection, account.key, self._owner)

    def _look(self, captures: _Captures) -> None:
        """Find the account, if there is one, lease it, and bring up to date what it is about."""
        self._fold = None
        with self.store.read() as connection:
            if find_account(connection, self.user, self.name) is None:
                return

        def work(connection: Connection, key: Key) -> None:
            mark_ahead(connection, key, self._now)
            newest = (last_instant(connection, key) or 0) <= captures[-1].captured_at
            videos = update_videos(connection, key, self._about, newest=newest)
            account = accounts.account(connection, key)
            if news := self._origin.news(account):
                accounts.note_origin(connection, key, **news)
                bump_revision(connection, key)
            if videos.redated:
                refold(connection, key)
            elif videos.changed:
                bump_revision(connection, key)

        self.transact(work)
        if self._account is not None:
            self._fold = SteppedFold(self._account.key)

    def _hold(self, connection: Connection) -> tuple[Account, bool]:
        """The account as it is now, leased for `LEASE_SECONDS`, and whether it had to be made."""
        account = self._account or find_account(connection, self.user, self.name)
        made = account is None
        if account is None:
            named = self.user.user_id, self.name, ImportedFile.name, self._now
            account = accounts.add_account(connection, *named, **asdict(self._origin))
        refuse_sample(account)
        now, key = self._now + int(monotonic() - self._began), account.key
        until, made_at = now + LEASE_SECONDS, account.created_at
        if accounts.claim(connection, key, self._owner, now, until, made_at=made_at):
            return accounts.account(connection, key), made
        if accounts.account(connection, key).created_at != made_at:
            raise NotFound(f"{self.name} was removed meanwhile. Import again to make it anew.")
        raise Busy(
            f"A snapshot of {self.name} is being taken, or a file imported into it. "
            "Import again when that has ended."
        )

    def _in_steps(
        self,
        captures: _Captures,
        some: _Captures,
        work: Callable[[Connection, Key, _Captures], Merged],
        on_part: Callable[[_Captures], None],
    ) -> None:
        """Do ``work`` with ``some`` of all ``captures``, as many at a time as go into a step."""
        position = 0
        while position < len(some):
            part, held_seconds = self._next_part(some, position), 0.0
            try:
                if not self._unchanged(part, work):
                    held_seconds = self._step(part, work)
            except _Outdated:
                self._look(captures)
                continue
            except Exception as error:
                if not has_no_place_for(error):
                    raise
                if len(part) > 1:
                    self._step_rows = _rows(part) // 2
                    continue
                logger.exception("a capture of an imported file cannot be stored")
                self.merged.refused += refusals(part[0], error)
            position += len(part)
            on_part(part)
            self.store.give_way(held_seconds)

    def _merge(self, connection: Connection, key: Key, part: _Captures) -> Merged:
        return merge(connection, key, part, self._about, confirming=self.merged.written)

    def _unchanged(
        self, part: _Captures, work: Callable[[Connection, Key, _Captures], Merged]
    ) -> bool:
        """Deal with captures that are merged already, which needs neither lock nor fold."""
        if self._account is None or work != self._merge:
            return False
        key, confirming = self._account.key, self.merged.written
        with self.store.read() as connection:
            merged = unchanged(connection, key, part, confirming=confirming)
        if merged is not None:
            self.merged.include(merged)
        return merged is not None

    def _next_part(self, captures: _Captures, position: int) -> _Captures:
        """The next captures: one at least, and not many more rows than a step is to have."""
        end, rows = position, 0
        while end < len(captures) and (end == position or rows < self._step_rows):
            rows += _rows(captures[end : end + 1])
            end += 1
        return captures[position:end]

    def _step(self, part: _Captures, work: Callable[[Connection, Key, _Captures], Merged]) -> float:
        """Do ``work`` with some captures in one transaction; gives the seconds that it took."""
        first, last = part[0].captured_at, part[-1].captured_at
        self._advance(first)

        def transaction(connection: Connection) -> Callable[[], float]:
            began, known = monotonic(), self._account
            account, made = self._hold(connection)
            if not made and (
                self._fold is None or known is None or account.revision != known.revision
            ):
                raise _Outdated
            fold = self._fold or SteppedFold(account.key)
            step = fold.begin(connection, first, last)
            merged = work(connection, account.key, part)
            if merged.written:
                step.write(connection)
            after = accounts.account(connection, account.key)

            def committed() -> float:
                self._account, self._fold = after, fold
                self.made |= made
                self.merged.include(merged)
                if merged.written:
                    fold.done(step)
                seconds = monotonic() - began
                own = seconds - step.seconds_after
                # As long as what comes after it takes, so that this is not done too often.
                aim = max(STEP_SECONDS, step.seconds_after)
                self._step_rows = int(_rows(part) * min(2.0, max(0.1, aim / own))) or 1
                return seconds

            return committed

        return self.store.transact(transaction)()

    def _advance(self, until: int) -> None:
        """Fold what is stored before an instant, which needs no lock. The lease is kept."""
        if self._fold is not None and self._fold.next_instant > until:
            self._fold = SteppedFold(self._fold.key)  # from the start again
        while self._fold is not None:
            with self.store.read() as connection:
                if self._fold.advance(connection, until, LEASE_SECONDS / 4):
                    return
            self.store.transact(self._hold)

    def _learn(self) -> None:
        """Learn what the account's readings teach by now."""
        while (account := self._account) is not None:
            zone = first_zone((account.time_zone, self.user.time_zone), UTC)
            with self.store.read() as connection:
                due = is_due(connection, account.key)
            if not due or self.transact(partial(learn_step, zone=zone, seconds=STEP_SECONDS)):
                return

    def _mark_rounded(self, captures: _Captures) -> None:
        """Note that the account's source rounds, where all of its readings bear the marks."""
        account = self._account
        if account is None or not may_round(account) or not has_rounded_counts(captures):
            return
        with self.store.read() as connection:
            rounded = looks_rounded(view_counts(connection, account.key))
        if rounded:

            def work(connection: Connection, key: Key) -> None:
                accounts.note_origin(connection, key, rounded=True)
                bump_revision(connection, key)

            self.transact(work)


def _rows(captures: _Captures) -> int:
    return sum(len(capture.readings) + CAPTURE_ROWS for capture in captures)

"""A source that lists what a test says, and a store with accounts that read it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import func, select, update

from snapshot_core.growth.completeness import Scope
from snapshot_core.growth.rounding import Rounding
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.sources.contract import AccountRef, Calls, Listing, Source
from snapshot_core.store.accounts import Account, account, add_account
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import believed_clock
from snapshot_core.store.keys import Key, of, readings_of
from snapshot_core.store.schema import upgrade
from snapshot_core.store.tables import accounts, capture_totals, captures, users, video_snapshots
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.windows import DAY
from tests.support.readings import video_reading
from tests.support.templates import fill

NOON = 1_795_348_800
"""2026-11-22T12:00:00Z."""


@dataclass
class Hands:
    """A clock that stands still until a test moves it."""

    now: int = NOON

    def __call__(self) -> int:
        return self.now


@dataclass
class Staged(Source):
    """``videos`` videos whose views grow by one a minute; it fails where it is told to."""

    videos: int = 3
    errors: dict[str, Exception] = field(default_factory=dict)
    """By account: raised in the middle of its listing."""
    before_error: int = 0
    """Videos that are listed before it."""
    between: Callable[[AccountRef, int], None] = lambda _account, _number: None
    """Called before each video and once after the last."""
    name: str = "staged"
    label: str = "Staged"
    metrics = dict.fromkeys(("views", "followers"), Rounding.EXACT)
    scopes: frozenset[Scope] = frozenset({"complete", "recent"})
    calls: Calls | None = None

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        profile = ProfileReading(followers=100, videos=self.videos)
        return Listing(profile, self._each(account, now))

    def _each(self, account: AccountRef, now: int) -> Iterator[VideoReading]:
        for number in range(self.videos):
            self.between(account, number)
            if account.name in self.errors and number == self.before_error:
                raise self.errors[account.name]
            views = 1_000 * number + now // 60
            yield video_reading(f"v{number}", views=views, likes=number, published_at=1_600_000_000)
        self.between(account, self.videos)


def installed(url: str) -> Store:
    """A store with its tables, at an empty database."""
    fill(url, _with_tables)
    return Store(url)


def _with_tables(url: str) -> None:
    store = Store(url)
    upgrade(store)
    store.close()


def added(
    store: Store, name: str = "creator_01", *, source: str = "staged", zone: str | None = None
) -> Account:
    """One more account of the one user."""

    def add(connection):
        user = ensure_user(connection, LOCAL_EMAIL, NOON)
        made = add_account(connection, user.user_id, name, source, NOON)
        connection.execute(update(accounts).where(of(accounts, made.key)).values(time_zone=zone))
        return account(connection, made.key)

    return store.transact(add)


def captures_of(store: Store, key: Key) -> list[tuple[int, str, str, int]]:
    """``captured_at, trigger, status, video_count`` of every capture, oldest first."""
    columns = [captures.c[name] for name in ("captured_at", "trigger", "status", "video_count")]
    with store.read() as connection:
        rows = connection.execute(select(*columns).where(of(captures, key)).order_by(columns[0]))
        return [tuple(row) for row in rows]


def account_row(store: Store, key: Key):
    """The account's own row."""
    with store.read() as connection:
        return connection.execute(select(accounts).where(of(accounts, key))).one()


def halves(store: Store, key: Key, since: int = 0) -> list[str]:
    """What is wrong with the captures from ``since`` on: nothing, if each is whole or not there."""
    per_capture = (
        select(
            video_snapshots.c.captured_at,
            func.count().label("rows"),
            func.sum(video_snapshots.c.view_count).label("views"),
        )
        .where(readings_of(key), video_snapshots.c.captured_at >= since)
        .group_by(video_snapshots.c.captured_at)
    )
    of_views = select(capture_totals.c.captured_at, capture_totals.c.total).where(
        of(capture_totals, key),
        capture_totals.c.metric == "views",
        capture_totals.c.captured_at >= since,
    )
    # One statement, so that it sees one moment of a database that is being written.
    counted, totals = per_capture.subquery(), of_views.subquery()
    statement = (
        select(
            func.coalesce(captures.c.captured_at, counted.c.captured_at),
            captures.c.status,
            captures.c.video_count,
            counted.c.rows,
            counted.c.views,
            totals.c.total,
        )
        .select_from(captures)
        .join(counted, captures.c.captured_at == counted.c.captured_at, full=True)
        .join(totals, totals.c.captured_at == captures.c.captured_at, isouter=True)
        .where((captures.c.user_id.is_(None)) | of(captures, key))
        .where(func.coalesce(captures.c.captured_at, counted.c.captured_at) >= since)
    )
    with store.read() as connection:
        found = connection.execute(statement).all()
    return [
        str(tuple(row))
        for row in found
        if row.status != "complete" or row.video_count != row.rows or row.views != row.total
    ]


def set_zone(store: Store, zone: str) -> None:
    """The time zone of the user."""
    store.transact(lambda c: c.execute(update(users).values(time_zone=zone)).rowcount)


def believe(store: Store, at: int) -> None:
    """The clock has gone on until ``at`` for a while."""
    for before in (*range(3 * DAY, 0, -DAY), 0):
        store.transact(partial(believed_clock, now=at - before))

"""The same installation twice: with another user in it, and without.

Whatever Anna asks must get the same answer in both. That finds a number of Boris's wherever it
may stand, be it summed up with hers; no list of his numbers could.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, Final

from sqlalchemy import insert, select

from snapshot_core.identity.api_tokens import create
from snapshot_core.readings import VideoReading
from snapshot_core.store.accounts import Account, accounts_of, add_account
from snapshot_core.store.annotations.notes import add_note
from snapshot_core.store.annotations.video_tags import add_tag
from snapshot_core.store.connections import StoredConnection, connect
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import Heartbeat, beat
from snapshot_core.store.schema import upgrade
from snapshot_core.store.tables import metadata, users
from snapshot_core.store.users import LOCAL_EMAIL, Person, User, ensure_user_of
from snapshot_core.store.videos import find_video
from snapshot_core.windows import DAY, HOUR
from tests.support.readings import video_reading
from tests.support.staged import NOON
from tests.support.stock import capture

ISSUER: Final = "https://login.example"
ANNA: Final = Person(ISSUER, "anna", "anna@one.example")
BORIS: Final = Person(ISSUER, "boris", "boris@two.example")
FIRST_USER: Final = 4_000_000_001
"""No other number in the tests is near it, so a parameter that is it is a user's id."""
NIGHTS: Final = 35
OF_BORIS: Final = "boris"
"""In every name of his."""


@dataclass
class World:
    """An installation and what is known of it."""

    url: str
    store: Store
    anna: User
    boris: User | None
    token: str = field(repr=False)
    """Anna's; good for everything."""

    @contextmanager
    def copied_to(self, url: str) -> Iterator["World"]:
        """The same, at a copy of its database."""
        store = Store(url)
        yield replace(self, url=url, store=store)
        store.close()

    def of(self, user: User | None) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of a user's, by table."""
        assert user is not None
        with self.store.read() as connection:
            return {
                name: sorted(map(tuple, connection.execute(select(table).where(mine))), key=repr)
                for name, table in metadata.tables.items()
                if "user_id" in table.c
                for mine in [table.c.user_id == user.user_id]
            }

    @property
    def boris_videos(self) -> list[int]:
        """The ids of his videos, some of which are ids of Anna's too, and some are not."""
        return [int(row[1]) for row in self.of(self.boris)["videos"]]


def make(url: str, crowded: bool, local: bool) -> World:
    """An installation of Anna's, and of Boris's where it is ``crowded``; nobody is connected to it.

    ``local``: Anna is the one user of no logins, as the command line takes it.
    """
    store = Store(url)
    upgrade(store)
    who = {"issuer": None, "subject": None, "email": LOCAL_EMAIL}
    if not local:
        who = {"issuer": ISSUER, "subject": ANNA.subject, "email": ANNA.email}
    first = {"user_id": FIRST_USER, "created_at": NOON, "sample_offered_at": NOON}
    store.transact(lambda connection: connection.execute(insert(users).values(first | who)))
    anna = User(FIRST_USER, str(who["email"]), None)
    _live(store, anna, "anna", 2, 1_000)
    boris = store.transact(lambda c: ensure_user_of(c, BORIS, NOON)) if crowded else None
    if boris is not None:
        _live(store, boris, OF_BORIS, 3, 700_000)
        _token(store, boris, "boris-token")
    for user in filter(None, (anna, boris)):
        _tag(store, user, OF_BORIS if user is boris else "anna")
    running = Heartbeat("job", NOON - DAY, NOON, NOON + 12 * HOUR, None)
    store.transact(lambda connection: beat(connection, running))
    for user in filter(None, (anna, boris)):
        text = f"{OF_BORIS if user is boris else 'anna'} note"
        note = partial(add_note, user_id=user.user_id, account=None, day=date(2026, 11, 20))
        store.transact(partial(note, text=text, now=NOON))
    token = _token(store, anna, "anna-token")
    store.close()
    return World(url, store, anna, boris, token)


def _token(store: Store, user: User, name: str) -> str:
    asked = ["read", "snapshot", "tag", "note"]
    return store.transact(lambda c: create(c, user.user_id, name, asked, NOON, 30))[1]


def _tag(store: Store, user: User, name: str) -> None:
    """A video of the user's has a tag; by its number it may be a video of the other's, too."""
    with store.read() as connection:
        key = accounts_of(connection, user.user_id)[0].key
        video = find_video(connection, key, f"{name}-channel-0-v0")
    tag = f"{name}-tag" if name == OF_BORIS else "own tag"
    store.transact(lambda connection: add_tag(connection, key, video, tag))


def _live(store: Store, user: User, name: str, accounts: int, scale: int) -> None:
    """Accounts with histories: gains, a fall, a removal, a new video, a failed night."""
    for number in range(accounts):
        title = f"{name}-channel-{number}"
        add = partial(add_account, user_id=user.user_id, name=title, handle=f"@{title}")
        made = store.transact(partial(add, source="staged", now=NOON - NIGHTS * DAY))
        for night in range(NIGHTS):
            at = NOON - (NIGHTS - 1 - night) * DAY
            listed = _listing(title, night, scale + number)
            capture(store, made, at, listed, followers=scale + night)
        if number == 1:
            access = StoredConnection(
                "video.list", f"{name} sealed", NOON + DAY, "sealed", None, NOON
            )
            store.transact(partial(connect, key=made.key, new=access))


def _listing(account: str, night: int, scale: int) -> dict[str, VideoReading]:
    """The first video falls, the second goes, the third comes late."""
    found = {}
    for number in range(4):
        if (number == 1 and night > 30) or (number == 2 and night < 30):
            continue
        views = scale * (10 + night * (number + 1)) // (3 if number == 0 and night == 33 else 1)
        found[f"{account}-v{number}"] = video_reading(
            f"{account}-v{number}",
            views=views,
            likes=views // 10,
            comments=night,
            shares=number,
            title=f"Title {number} of {account}",
            cover_url=f"https://covers.example/{account}/{number}",
            published_at=NOON - (6 if number == 2 else 60) * DAY,
        )
    return found


def anna_accounts(one: World) -> list[Account]:
    """Hers."""
    with one.store.read() as connection:
        return accounts_of(connection, one.anna.user_id)

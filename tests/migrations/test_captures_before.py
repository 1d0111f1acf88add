"""Captures of before an upgrade are learned from, and their videos begin when they are counted."""

from functools import partial

import pytest
from sqlalchemy import Connection, delete, select, text

from snapshot_core.readings import ProfileReading
from snapshot_core.store.accounts import add_account
from snapshot_core.store.database import Store
from snapshot_core.store.fold.write import refold
from snapshot_core.store.keys import Key
from snapshot_core.store.record_capture import Fetched, record
from snapshot_core.store.schema import upgrade
from snapshot_core.store.tables import rhythms, short_brackets, videos
from snapshot_core.store.users import ensure_user
from snapshot_core.windows import DAY, HOUR
from tests.support.readings import video_reading

START = 1_700_006_400
PREMIERE = START + DAY + 2 * HOUR
LEAPS = 1_900_000


@pytest.fixture
def key(store: Store) -> Key:
    def made(connection: Connection) -> Key:
        user = ensure_user(connection, "a@example.org", START)
        return add_account(connection, user.user_id, "a", "csv", START).key

    return store.transact(made)


def take(store: Store, key: Key, at: int) -> None:
    hours = (at - START) // HOUR
    listed = [
        video_reading("old", 5_000 + 7 * hours, published_at=START - 400 * DAY),
        video_reading("unknown", 300 + (hours % 5)),
        video_reading("leaps", LEAPS + 100_000 * (hours // 24), published_at=START - 90 * DAY),
        video_reading("glitch", 0 if hours == 12 else 900 + hours, published_at=START - 90 * DAY),
        video_reading("premiere", 40 * hours, published_at=PREMIERE),
        video_reading("uncounted", None if hours < 24 else hours, published_at=START - 9 * DAY),
    ]
    fetched = Fetched(at, at, "nightly", "complete", True, ProfileReading(), listed)
    store.transact(partial(record, key=key, fetched=fetched))


def brackets(connection: Connection) -> list[tuple[int, int, int]]:
    names = ("captured_at", "left_at", "gain")
    columns = (short_brackets.c[name] for name in names)
    stored = connection.execute(select(*columns).order_by(short_brackets.c.captured_at))
    return [(at, left_at, gain) for at, left_at, gain in stored]


def to_0009(connection: Connection) -> None:
    """As if all had been captured before there was anything to learn from."""
    connection.execute(delete(short_brackets))
    connection.execute(delete(rhythms))
    stamp_0009(connection)


def stamp_0009(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE videos DROP COLUMN counted_at"))
    connection.execute(text("ALTER TABLE accounts DROP COLUMN read_from"))
    for table in ("notes", "video_tags"):
        connection.execute(text(f"DROP TABLE {table}"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0009'"))


def test_the_next_capture_learns_from_them(store: Store, key: Key) -> None:
    learning = [START + 3 * HOUR * n for n in range(24)]
    for at in (START - 70 * DAY, START - 70 * DAY + HOUR, *learning):
        take(store, key, at)
    with store.read() as connection:
        folded = brackets(connection)
        lived = connection.scalars(select(rhythms.c.since)).all()
    store.transact(to_0009)
    upgrade(store)
    with store.read() as connection:
        made = brackets(connection)
        # A glitch is left out of both its brackets; the fold carries what was accepted before it.
        glitch = {START + 12 * HOUR, START + 15 * HOUR}
        recent = [bracket for bracket in folded if bracket[0] > START]
        assert [b for b in made if b[0] not in glitch] == [b for b in recent if b[0] not in glitch]
        assert [b[:2] for b in made] == [b[:2] for b in recent]
        assert connection.execute(select(rhythms)).all() == []
        counted_at = connection.scalar(
            select(videos.c.counted_at).where(videos.c.platform_id == "premiere")
        )
        assert counted_at == START + 3 * HOUR
    night = START + 4 * DAY
    take(store, key, night)
    with store.read() as connection:
        assert connection.scalars(select(rhythms.c.since)).all() == [*lived, night]


def test_what_was_learned_since_stays(store: Store, key: Key) -> None:
    for n in range(24):
        take(store, key, START + 3 * HOUR * n)
    with store.read() as connection:
        before = brackets(connection), connection.execute(select(rhythms)).all()
    store.transact(stamp_0009)
    upgrade(store)
    with store.write() as connection:
        assert (brackets(connection), connection.execute(select(rhythms)).all()) == before
        refold(connection, key)
        assert (brackets(connection), connection.execute(select(rhythms)).all()) == before

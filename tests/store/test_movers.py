"""The rows of the videos are those of the pure engine, and add up to the account's ledger."""

from typing import Any

from hypothesis import event, example, given, settings
from sqlalchemy import Connection

from snapshot_core.growth.growth import window_before
from snapshot_core.growth.ledger import video_growth
from snapshot_core.growth.listing import UNKNOWN
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.database import Store
from snapshot_core.store.growths import account_growth
from snapshot_core.store.keys import Key
from snapshot_core.store.movers import NO_GROWTH, VideoLines, video_lines
from snapshot_core.store.scene import Scene, look
from snapshot_core.windows import PERIODS, Window
from tests.store.histories import AccountHistory, first_capture, gone_at_a_start, users
from tests.store.recording import no_reset, recorded, the_engines_scene, undone

Rows = dict[int, tuple[str, list[int], list[int]]]
"""Line, values at the end and growth, the latter by metric; by video id."""


def rows_of_the_engine(scene: Scene, window: Window) -> Rows:
    """The rows as the engine has them, one metric after the other."""
    found: Rows = {}
    for column, metric in enumerate(VIDEO_METRICS):
        for video in scene.irregular.readings(metric, window):
            one = video_growth(video, window, rounded=scene.rounded)
            if one is None:
                continue
            unknown = [UNKNOWN] * len(VIDEO_METRICS), [NO_GROWTH] * len(VIDEO_METRICS)
            _, current, growth = found.setdefault(one.video_id, (one.line, *unknown))
            if one.end is not None:
                current[column] = one.end.count
            if one.line in ("like_for_like", "published"):
                growth[column] = one.ledger.growth
    return found


def rows_of(table: VideoLines) -> Rows:
    rows: Any = zip(
        table.ids.tolist(),
        zip(table.lines, table.current.tolist(), table.growth.tolist(), strict=True),
        strict=True,
    )
    assert len(set(table.ids.tolist())) == len(table.ids)
    return dict(rows)


def check_lines(store: Store, accounts: list[AccountHistory]) -> None:
    with undone(store) as connection:
        for key, history in zip(recorded(connection, accounts), accounts, strict=True):
            engine = the_engines_scene(connection, key, history)
            for period in PERIODS:
                check_period(connection, key, engine, period)


def check_period(connection: Connection, key: Key, engine: Scene, period: Any) -> None:
    found = account_growth(connection, key, period, rounded=engine.rounded)
    if found.window is None or found.scene is None:
        return
    alone = look(connection, key, [found.window], rounded=engine.rounded)
    event(f"newcomers: {bool(len(found.scene.newcomers.ids))}")
    event(f"starts before all captures: {bool(alone.frames) and len(alone.frames) == 1}")
    check_window(connection, alone, engine, found.window, found.now)
    check_window(connection, found.scene, engine, found.window, found.now)
    before = window_before(found.history, found.window)
    if before is not None:
        check_window(connection, found.scene, engine, before, found.before)


def check_window(
    connection: Connection, scene: Scene, engine: Scene, window: Window, ledgers: Any
) -> None:
    table = video_lines(connection, scene, window)
    assert rows_of(table) == rows_of_the_engine(engine, window)
    for column, metric in enumerate(VIDEO_METRICS):
        growth = table.growth[:, column]
        known = growth[growth != NO_GROWTH].tolist()
        assert sum(known) == ledgers[metric].growth
        current = table.current[:, column]
        assert sum(current[current != UNKNOWN].tolist()) == ledgers[metric].current
        top = growth[table.top(metric, 3)].tolist()
        assert top == sorted((n for n in known if n > 0), reverse=True)[:3]


class TestVideoLines:
    """On both databases."""

    @settings(no_reset, max_examples=100)
    @given(accounts=users())
    @example(accounts=[first_capture(), gone_at_a_start()])
    def test_on_sqlite(self, sqlite_store: Store, accounts: list[AccountHistory]) -> None:
        check_lines(sqlite_store, accounts)

    @settings(no_reset, max_examples=20)
    @given(accounts=users())
    def test_on_postgresql(self, postgres_store: Store, accounts: list[AccountHistory]) -> None:
        check_lines(postgres_store, accounts)

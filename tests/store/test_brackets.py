"""The engine on what is stored says of every account and video what the oracle says.

The oracle gets the raw readings in memory, one video and metric at a time: no table, no fold, no
array takes part in it.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from math import sqrt
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import event, example, given
from sqlalchemy import Connection, select
from sqlalchemy.event import listen, remove

from snapshot_core.capture.first_start import set_up
from snapshot_core.growth import history as account_history
from snapshot_core.growth.growth import Estimate, Growth
from snapshot_core.growth.history import Reason
from snapshot_core.growth.ledger import Ledger, Line
from snapshot_core.growth.lines import Lines, lines
from snapshot_core.growth.rounding import EXACT, Rounding
from snapshot_core.growth.video_growths import VideoGrowth, video_growths
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.periods import PERIODS
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import accounts_of
from snapshot_core.store.brackets import load
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Store
from snapshot_core.store.keys import Key, of
from snapshot_core.store.record_capture import Fetched
from snapshot_core.store.schema import upgrade
from snapshot_core.store.tables import COUNTS, captures, videos
from snapshot_core.store.tables import users as user_table
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.transfer.import_file import import_file
from snapshot_core.windows import DAY, HOUR, Window
from tests.growth import oracle, range_oracle
from tests.store.histories import (
    START,
    AccountHistory,
    first_capture,
    gone_at_a_start,
    listed_before_published,
    readings_of,
    seeded_users,
    users,
)
from tests.store.recording import no_reset, recorded, recorded_at_once, stored_history, undone
from tests.support.examples import examples
from tests.support.video_readings import adds_up

NOW = 1_770_000_000
FAR = START + 10_000 * DAY
"""Later than all that is made up."""
SEEDS_A_TEST = 275
TOLD = ("corrections", "resolution", "carried", "interpolated", "uncounted")
SHIFTS = (1, HOUR, -5 * HOUR, -2 * DAY)
"""Windows that end between captures, as those of charts do."""

Growths = dict[int, dict[str, oracle.VideoLine | None]]
"""By video and metric."""


@dataclass
class Account:
    """A stored account, and what the platform gave."""

    key: Key
    history: AccountHistory
    ids: dict[str, int]
    by_window: dict[Window, Growths] = field(default_factory=dict, repr=False)
    """What the oracle has said."""

    def expected(self, window: Window) -> Growths:
        """What the oracle says of every video."""
        if window not in self.by_window:
            self.by_window[window] = self._expected(window)
        return self.by_window[window]

    def _expected(self, window: Window) -> Growths:
        found: Growths = {number: {} for number in self.ids.values()}
        for metric, by_name in readings_of(self.history, window.end).items():
            for name, known in by_name.items():
                video = replace(known, video_id=self.ids[name])
                growth = oracle.video_growth(
                    video, window, self.history.rounding.of(metric), self.history.lessons
                )
                found[video.video_id][metric] = growth
        return found

    def published_after(self, window: Window) -> set[int]:
        """The videos that have no part in it."""
        return {
            self.ids[name]
            for by_name in readings_of(self.history, window.end).values()
            for name, video in by_name.items()
            if video.published_at is not None and video.published_at > window.end
        }


def stored(
    connection: Connection, keys: Sequence[Key], histories: list[AccountHistory]
) -> Iterator[Account]:
    for key, history in zip(keys, histories, strict=True):
        its_videos = select(videos.c.platform_id, videos.c.video_id).where(of(videos, key))
        ids = dict(connection.execute(its_videos).all())
        yield Account(key, history, ids)


def windows_of(
    connection: Connection, account: Account, period: Any, now: int = FAR
) -> list[Window]:
    """The period's window, and the one before if the captures reach back to its start."""
    history = history_of(connection, account.key, now)
    meant = account_history.windows_of(history, period, ZoneInfo("UTC"))
    window, before = meant.window, meant.before
    if window is None:
        assert not account.history.complete
        return []
    return [window] if before is None else [window, before]


def check(connection: Connection, account: Account, windows: list[Window], now: int = FAR) -> None:
    loaded = load(connection, account.key, windows, now=now, rounding=account.history.rounding)
    for window, found in zip(windows, lines(loaded, windows), strict=True):
        check_lines(found, window, account)


def check_lines(found: Lines, window: Window, account: Account) -> None:
    expected = account.expected(window)
    place = {video: row for row, video in enumerate(found.ids.tolist())}
    rows = np.array([place[video] for video in expected], np.int64)
    growths = video_growths(found, window, rows)
    by_row = dict(zip(rows.tolist(), growths, strict=True))
    for video in growths:
        check_video(video, window, expected[video.video_id], account, found.factors[0])
    ledgers = found.ledgers()
    for metric in VIDEO_METRICS:
        known = [lines_of[metric] for lines_of in expected.values()]
        total = oracle.account_ledger(
            [line for line in known if line],
            window,
            account.history.rounding.of(metric),
            found.factors[1],
        )
        may_differ = sum(line.slack for line in known if line)
        found_ledger = comparable(ledgers[metric], total, window, account)
        assert oracle.same(found_ledger, total, may_differ)
        assert adds_up(ledgers[metric])
        gains = sorted((line.ledger.growth for line in known if line), reverse=True)
        top = (by_row[row] for row in found.top(metric, 3).tolist())
        best = [video.growth[metric].growth or 0 for video in top]
        wanted = [n for n in gains if n > may_differ][:3]
        assert len(best) >= len(wanted)
        for gain, expected_gain in zip(best, wanted, strict=False):
            assert abs(gain - expected_gain) <= may_differ
    listed = [video for video, lines_of in sorted(expected.items()) if any(lines_of.values())]
    assert found.ids[found.listed()].tolist() == listed


def comparable(found: Ledger, expected: Ledger, window: Window, account: Account) -> Ledger:
    """Where nearly all is newly tracked, for want of a complete capture near the window's start,
    nobody looks for first readings.
    """
    near = range(window.start - window.max_gap + 1, window.start + 1)
    if any(at in near for at in account.history.complete):
        return found
    return replace(found, untracked=expected.untracked)


def check_video(
    video: VideoGrowth,
    window: Window,
    expected: dict[str, oracle.VideoLine | None],
    account: Account,
    factor: float,
) -> None:
    """Its line, and every figure by metric."""
    assert video.line == next((line.line for line in expected.values() if line), None)
    to_come = video.video_id in account.published_after(window)
    for metric, line in expected.items():
        rounding = account.history.rounding.of(metric)
        if to_come:
            unpublished = Growth(metric, window, reason=Reason("not_published"))
            assert line is None
            assert video.growth[metric] == unpublished
            continue
        wanted = expected_growth(metric, window, line, rounding, factor)
        may_differ = line.slack if line else 0
        assert alike(video.growth[metric], wanted, may_differ), (video.growth[metric], wanted)


def alike(growth: Growth, expected: Growth, may_differ: int) -> bool:
    """Whether a growth is the one expected."""
    names = "current", "previous", "growth", "base", "low", "high"
    pairs = [(getattr(growth, name), getattr(expected, name)) for name in names]
    unlike = [(a, b) for a, b in pairs if a != b]
    rest = replace(growth, **{name: getattr(expected, name) for name in names})
    if unlike:  # a growth near ten times what is uncertain of it may be called either way
        rest = replace(rest, estimated=expected.estimated)
    return rest == expected and all(
        abs(a - b) <= 2 + 4 * may_differ + 2**-40 * (abs(b) + abs(expected.growth or 0))
        for a, b in unlike
    )


def expected_growth(
    metric: str, window: Window, line: oracle.VideoLine | None, rounding: Rounding, factor: float
) -> Growth:
    if line is None:
        return Growth(metric, window, reason=Reason("not_read"))
    book, end = line.ledger, line.end
    if line.line == "newly_tracked":
        return Growth(metric, window, book.current, line=line.line, reason=Reason("newly_tracked"))
    if line.line == "removed":
        reason = Reason("uncounted" if book.uncounted else "removed")
        return Growth(metric, window, None, book.previous, line=line.line, reason=reason)
    assert end is not None
    margin = range_oracle.of_video(line.ends, window, rounding, factor)
    low, high = book.growth - round(sqrt(margin.below)), book.growth + round(sqrt(margin.above))
    why: dict[Estimate, bool] = {
        "interpolated": bool(book.interpolated),
        "carried": end.carried,
        "resolution": 10 * book.resolution > abs(book.growth),
    }
    wide = 5 * (high - low) > abs(book.growth)
    return Growth(
        metric,
        window,
        end.count,
        book.previous,
        book.growth,
        book.base,
        low=low,
        high=high,
        resolution=book.resolution,
        coverage=1.0,
        estimated=tuple(estimate for estimate, applies in why.items() if applies and wide),
        line=line.line,
    )


def check_one_video(
    connection: Connection, account: Account, windows: list[Window], now: int = FAR
) -> None:
    """What is loaded of one video only is what is said of it among all."""
    rounding = account.history.rounding
    expected = account.expected(windows[0])
    for video in list(expected)[:1]:
        alone = load(connection, account.key, windows, now=now, rounding=rounding, video=video)
        stand = lines(alone, windows)[0]
        (growths,) = video_growths(stand, windows[0], np.flatnonzero(stand.ids == video))
        check_video(growths, windows[0], expected[video], account, stand.factors[0])
        for metric, ledger in stand.ledgers().items():
            its = [line for line in [expected[video][metric]] if line]
            of_metric = account.history.rounding.of(metric)
            wanted = oracle.account_ledger(its, windows[0], of_metric, stand.factors[1])
            ledger = comparable(ledger, wanted, windows[0], account)
            assert oracle.same(ledger, wanted, sum(line.slack for line in its))


def check_everything(store: Store, histories: list[AccountHistory]) -> None:
    with undone(store) as connection:
        keys = recorded(connection, histories)
        for account in stored(connection, keys, histories):
            rows = connection.execute(
                select(captures.c.captured_at, captures.c.status).where(
                    of(captures, account.key), captures.c.status != "failed"
                )
            )
            assert dict(rows.all()) == account.history.statuses
            for period in PERIODS:
                windows = windows_of(connection, account, period)
                event(f"{len(windows)} windows")
                if not windows:
                    continue
                check(connection, account, windows)
                if len(windows) > 1:
                    check(connection, account, windows[:1])
                check_one_video(connection, account, windows)
            for shift in SHIFTS if windows else ():
                moved = Window(windows[0].end + shift - 2 * DAY, windows[0].end + shift)
                check(connection, account, [moved, windows[0]])


def check_stored(store: Store) -> int:
    """How many windows of the accounts that are in the store were found to be as the oracle says:
    as a dashboard has them, and those that end at earlier captures.
    """
    count = 0
    with store.read() as connection:
        for user in connection.scalars(select(user_table.c.user_id)).all():
            for owned in accounts_of(connection, user):
                history = stored_history(connection, owned)
                (account,) = stored(connection, [owned.key], [history])
                ends = history.complete
                some = ends[:: max(1, len(ends) // 4)]
                for period in PERIODS:
                    windows = windows_of(connection, account, period)
                    check(connection, account, windows)
                    check_one_video(connection, account, windows)
                    for end in some:
                        check(connection, account, [Window(end - period.seconds, end)])
                        # Days of one's own begin and end between captures.
                        midnights = end - period.seconds - 5 * HOUR, end - 5 * HOUR
                        check(connection, account, [Window(*midnights)])
                    count += len(windows) + len(some)
    return count


def check_seeds(store: Store, seeds: range) -> set[str]:
    """Which awkward cases were in so many users' accounts, each found to be as the oracle says."""
    histories = [history for seed in seeds for history in seeded_users(seed)]
    assert len(histories) > 1.4 * len(seeds)
    seen: set[str] = set()
    with undone(store) as connection:
        keys = recorded_at_once(connection, histories)
        for number, account in enumerate(stored(connection, keys, histories)):
            windows = windows_of(connection, account, PERIODS[number % len(PERIODS)])
            if windows:
                check(connection, account, windows)
                seen |= awkward(account.expected(windows[0]))
    return seen


def awkward(growths: Growths) -> set[str]:
    """The lines that videos are in, and what else their ledgers tell of."""
    known = [growth for of_video in growths.values() for growth in of_video.values() if growth]
    seen: set[str] = {growth.line for growth in known}
    seen |= {name for name in TOLD for growth in known if getattr(growth.ledger, name)}
    if any(growth.ledger.current > 2**52 for growth in known):
        seen.add("53 bits")
    return seen


class TestEngineAndOracle:
    """They agree to the unit."""

    @examples(60, soak=600, like=no_reset)
    @given(accounts=users())
    @example(accounts=[first_capture(), gone_at_a_start()])
    @example(accounts=[listed_before_published()])
    def test_on_sqlite(self, sqlite_store: Store, accounts: list[AccountHistory]) -> None:
        check_everything(sqlite_store, accounts)

    @examples(15, soak=200, like=no_reset)
    @given(accounts=users())
    @example(accounts=[first_capture(), gone_at_a_start()])
    @example(accounts=[listed_before_published()])
    def test_on_postgresql(self, postgres_store: Store, accounts: list[AccountHistory]) -> None:
        check_everything(postgres_store, accounts)

    @pytest.mark.parametrize(
        "part", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in (1, 2, 3))]
    )
    def test_on_sqlite_over_many_accounts(self, sqlite_store: Store, part: int) -> None:
        seeds = range(SEEDS_A_TEST * part, SEEDS_A_TEST * (part + 1))
        assert check_seeds(sqlite_store, seeds) >= {*get_args(Line), *TOLD, "53 bits"}

    def test_on_postgresql_over_many_accounts(self, postgres_store: Store) -> None:
        assert check_seeds(postgres_store, range(10_000, 10_150)) >= {*get_args(Line), *TOLD}

    def test_on_the_sample_account(self, tmp_path: Path) -> None:
        settings = load_settings({"DATABASE_URL": f"sqlite:///{tmp_path / 'sample.db'}"}, None)
        with closing(Store(settings.database_url)) as store:
            set_up(store, settings, lambda: NOW)
            assert check_stored(store) > 20

    def test_on_the_real_readings(self, tmp_path: Path, shared_data: Path) -> None:
        with closing(Store(f"sqlite:///{tmp_path / 'real.db'}")) as store:
            upgrade(store)
            user = store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, NOW))
            import_file(store, shared_data / "tiktok_readings.csv", user, NOW)
            assert check_stored(store) > 100


@contextmanager
def statements(connection: Connection) -> Iterator[list[str]]:
    """The texts of the statements that are executed meanwhile."""
    texts: list[str] = []

    def note(*told: Any) -> None:
        texts.append(told[2])

    listen(connection, "before_cursor_execute", note)
    yield texts
    remove(connection, "before_cursor_execute", note)


def test_what_is_read_does_not_grow_with_the_history(sqlite_store: Store) -> None:
    read: dict[int, list[str]] = {}
    for nights in (20, 40):
        captures_ = [
            ("whole", Fetched(
                START + night * DAY, START + night * DAY, "nightly", "complete", True,
                ProfileReading(),
                [VideoReading(f"{n}", (night + n,) * len(VIDEO_METRICS)) for n in range(5)],
            ))
            for night in range(nights)
        ]  # fmt: skip
        with undone(sqlite_store) as connection:
            (key,) = recorded(connection, [AccountHistory(rounded=False, captures=captures_)])
            window = Window(START + (nights - 8) * DAY + HOUR, START + (nights - 1) * DAY)
            with statements(connection) as read[nights]:
                loaded = load(connection, key, [window, window.before], now=FAR, rounding=EXACT)
        assert lines(loaded, [window])[0].ledgers()["views"].videos == 5
    assert read[20] == read[40]
    assert len(read[20]) == 2


def test_nothing_is_looked_up_of_a_metric_that_is_never_counted(sqlite_store: Store) -> None:
    counts = (*[7] * (len(VIDEO_METRICS) - 1), None)
    newest, listed = [VideoReading("0", counts)], [VideoReading(f"{n}", counts) for n in range(5)]
    captures_ = [
        (
            "part" if hour % 24 else "whole",
            Fetched(
                at := START + hour * HOUR, at, "nightly", "recent" if hour % 24 else "complete",
                True, ProfileReading(), newest if hour % 24 else listed,
            ),
        )
        for hour in range(24 * 9 + 1)
    ]  # fmt: skip
    window = Window(START + 2 * DAY + HOUR // 2, START + 9 * DAY)
    with undone(sqlite_store) as connection:
        (key,) = recorded(connection, [AccountHistory(rounded=False, captures=captures_)])
        with statements(connection) as read:
            loaded = load(connection, key, [window], now=FAR, rounding=EXACT)
    assert lines(loaded, [window])[0].ledgers()["views"].videos == 5
    assert len(read) == 2
    assert not any(COUNTS[-1].name in statement for statement in read)

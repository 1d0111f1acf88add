"""Rows that carry a time of their own each: one listing, as far as they are one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.formats.captures import FileCapture, ParsedFile
from snapshot_core.formats.mapped.parse import TableMapping, parse_mapped
from snapshot_core.formats.readings.parse import parse
from snapshot_core.formats.spreadsheet.table import csv_table
from snapshot_core.windows import DAY, instant, iso

HEADER = "account,video_id,captured_at,views,followers,status"
START = instant(datetime(2026, 11, 10, 22, tzinfo=UTC))
NOW = START + 400 * DAY
TOLD = "rows with a time of their own are one snapshot, dated by its last row"


class Tracker:
    """A file that is written row by row."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[str] = []

    def listing(
        self, at: int, videos: Sequence[int], *, step: int = 1, page: int = 1, account: str = "a"
    ) -> int:
        """``videos`` from ``at`` on, ``step`` seconds between pages; the last row's instant."""
        for number, video in enumerate(videos):
            instant_of_row = at + number // page * step
            self.rows.append(f"{account},v{video},{iso(instant_of_row)},{100 + video},,")
        return instant_of_row

    def read(self) -> ParsedFile:
        self.path.write_text("\n".join([HEADER, *self.rows]))
        return parse(self.path, NOW)


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    return Tracker(tmp_path / "tracker.csv")


def sizes(captures: Sequence[FileCapture]) -> list[tuple[int, int, str | None]]:
    """Instant (from `START`), videos and status of each capture."""
    return [(c.captured_at - START, len(c.readings), c.status) for c in captures]


def test_each_night_of_a_tracker_is_a_snapshot_dated_by_its_last_row(tracker: Tracker) -> None:
    for night in range(10):
        tracker.listing(START + night * DAY, range(200))
    file = tracker.read()
    assert sizes(file.captures) == [(night * DAY + 199, 200, None) for night in range(10)]
    assert file.notices == [
        f"{TOLD}, where they lie within an hour and name no video twice: 2,000 instants became 10 "
        "snapshots"
    ]
    assert {reading.count("views") for _, reading in file.captures[0].readings} == set(
        range(100, 300)
    )


def test_a_walk_over_midnight_and_one_with_pages(tracker: Tracker) -> None:
    midnight = START + 7_200
    tracker.listing(midnight - 100, range(200))
    tracker.listing(midnight + DAY, range(95), step=4, page=30)
    tracker.listing(midnight + 2 * DAY, range(50), step=2, page=30)
    assert sizes(tracker.read().captures) == [
        (7_200 + 99, 200, None),
        (7_200 + DAY + 12, 95, None),
        (7_200 + 2 * DAY + 2, 50, None),
    ]


def test_two_walks_within_the_hour_are_two(tracker: Tracker) -> None:
    tracker.listing(START, range(100))
    tracker.listing(START + 1_800, range(100))
    # A new video stands at the top of the next one, and is in neither before.
    tracker.listing(START + 3_000, [100, *range(100)])
    tracker.listing(START + 3_200, [101, *range(100, -1, -1)])
    assert sizes(tracker.read().captures) == [
        (99, 100, None),
        (1_899, 100, None),
        (3_100, 101, None),
        (3_301, 102, None),
    ]


def test_walks_without_a_pause_are_cut_where_a_video_comes_again(tracker: Tracker) -> None:
    for turn in range(4):
        tracker.listing(START + turn * 1_000, range(100), step=10)
    assert sizes(tracker.read().captures) == [(turn * 1_000 + 990, 100, None) for turn in range(4)]


def test_whole_snapshots_stay_as_they_are(tracker: Tracker) -> None:
    for half_hour in range(5):
        tracker.listing(START + half_hour * 1_800, range(50), step=0)
    tracker.listing(START + DAY, range(50), step=0)
    tracker.listing(START + DAY + 2_400, [51])  # a single new video, by itself
    file = tracker.read()
    assert sizes(file.captures) == [
        *((half_hour * 1_800, 50, None) for half_hour in range(5)),
        (DAY, 50, None),
        (DAY + 2_400, 1, None),
    ]
    assert file.notices == []


def test_one_video_read_every_five_minutes_stays_a_series(tracker: Tracker) -> None:
    for reading in range(50):
        tracker.listing(START + reading * 300, [1])
        tracker.rows.append(f"a,,{iso(START + reading * 300 + 3 * DAY)},,{500 + reading},")
    file = tracker.read()
    assert len(file.captures) == 100
    assert file.notices == []


def test_nights_of_both_kinds_in_one_file(tracker: Tracker) -> None:
    tracker.listing(START, range(60), step=0)
    tracker.listing(START + DAY, range(60), step=30)
    tracker.listing(START + 2 * DAY, range(60), step=0)
    assert sizes(tracker.read().captures) == [
        (0, 60, None),
        (DAY + 1_770, 60, None),
        (2 * DAY, 60, None),
    ]


def test_the_accounts_own_row_belongs_to_its_walk(tracker: Tracker) -> None:
    last = tracker.listing(START, range(20))
    tracker.rows.append(f"a,,{iso(last + 5)},,1234,")
    (capture,) = tracker.read().captures
    assert (capture.captured_at - START, len(capture.readings)) == (24, 20)
    assert capture.profile is not None
    assert capture.profile.followers == 1234


def test_accounts_that_are_walked_by_turns_are_kept_apart(tracker: Tracker) -> None:
    for number in range(40):
        tracker.listing(START + number, [number // 2], account="ab"[number % 2])
    captures = tracker.read().captures
    assert [(c.account, c.captured_at - START, len(c.readings)) for c in captures] == [
        ("a", 38, 20),
        ("b", 39, 20),
    ]


def test_what_a_file_calls_complete_or_partial_is_never_put_together(tracker: Tracker) -> None:
    for number in range(10):
        at = iso(START + number)
        tracker.rows.append(f"a,v{number},{at},10,,{'complete' if number % 2 else 'partial'}")
    assert [capture.status for capture in tracker.read().captures] == ["partial", "complete"] * 5


def test_a_refused_row_is_missing_from_its_walk(tracker: Tracker) -> None:
    tracker.listing(START, range(50))
    tracker.rows[20] = tracker.rows[20].replace(",120,", ",many,")
    tracker.rows[-1] = tracker.rows[-1].replace(",149,", ",many,")
    file = tracker.read()
    # Its own instant counts too: the mended file gives the same snapshot.
    assert sizes(file.captures) == [(49, 48, None)]
    assert (file.captures[0].refused, file.refused.total) == (2, 2)


@pytest.mark.parametrize("step", [31, 40, 60])
def test_a_walk_of_more_than_an_hour_is_partial_and_says_so(tracker: Tracker, step: int) -> None:
    for night in range(3):
        tracker.listing(START + night * DAY, range(130), step=step)
    file = tracker.read()
    assert {capture.status for capture in file.captures} == {"partial"}
    assert sum(len(capture.readings) for capture in file.captures) == 390
    assert len(file.captures) <= 3 * (130 * step // 3_600 + 1)
    assert file.notices[1] == (
        f"{len(file.captures)} of these go on for more than an hour and are partial: no growth "
        "ends with them. To have them whole, give all rows of a snapshot one captured_at"
    )


def test_a_walk_that_never_ends_gives_no_whole_snapshot(tracker: Tracker) -> None:
    tracker.listing(START, [*range(300)] * 3, step=20)
    captures = tracker.read().captures
    assert [capture.status for capture in captures[:-1]] == ["partial"] * (len(captures) - 1)


def test_a_table_is_put_together_by_the_same_rule() -> None:
    rows = [
        f"{iso(START + night * DAY + number)},v{number},{'many' if number == 7 else 10}"
        for night in range(2)
        for number in range(30)
    ]
    text = "\n".join(["Read at,Clip,Plays", *rows]).encode()

    class Bytes:
        def __enter__(self):
            from io import BytesIO

            return BytesIO(text)

        def __exit__(self, *_: object) -> None: ...

    table = csv_table("mine.csv", Bytes)  # type: ignore[arg-type]
    columns = {"captured_at": 0, "video_id": 1, "views": 2}
    file = parse_mapped(table, TableMapping("a", ZoneInfo("UTC"), columns), NOW)
    assert sizes(file.captures) == [(29, 29, None), (DAY + 29, 29, None)]
    assert [capture.refused for capture in file.captures] == [1, 1]
    assert file.notices[0].startswith(TOLD)


@settings(max_examples=60)
@given(
    steps=st.lists(st.integers(1, 4_000), min_size=1, max_size=60),
    videos=st.lists(st.integers(0, 12), min_size=60, max_size=60),
)
def test_no_reading_is_lost_or_doubled_and_none_moves_by_an_hour(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int], videos: list[int]
) -> None:
    tracker = Tracker(tmp_path_factory.mktemp("t") / "tracker.csv")
    at, given_rows = START, []
    for step, video in zip(steps, videos, strict=False):
        at += step
        tracker.listing(at, [video])
        given_rows.append((at, f"v{video}"))
    captures = tracker.read().captures
    read = [
        (capture.captured_at, video.platform_id)
        for capture in captures
        for _, video in capture.readings
    ]
    assert len(read) == len(given_rows)
    for name in {name for _, name in given_rows}:
        earlier = [at for at, video in given_rows if video == name]
        later = sorted(at for at, video in read if video == name)
        moved = [after - before for before, after in zip(earlier, later, strict=True)]
        assert 0 <= min(moved) <= max(moved) <= 3_600
    assert len({capture.captured_at for capture in captures}) == len(captures)

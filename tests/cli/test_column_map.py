"""``--map`` as it is typed, and every way to mistype it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshot_core.cli.column_map import columns_of, written
from snapshot_core.cli.context import Usage

HEADER = ["Clip", "Measured on", "Plays", "Plays, all", "a=b", 'the "real" one', "", "Plays"]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("video=Clip,at=Measured on,likes=a=b", {"video_id": 0, "captured_at": 1, "likes": 4}),
        (" video = clip , at=measured  ON", {"video_id": 0, "captured_at": 1}),
        ('views="Plays, all",likes="a=b"', {"views": 3, "likes": 4}),
        ('title="the ""real"" one"', {"title": 5}),
        ("views=#8,likes=#7", {"views": 7, "likes": 6}),
        ("VIDEO_ID=Clip,captured_at=#2", {"video_id": 0, "captured_at": 1}),
        ("account=Clip,followers=#3", {"account": 0, "followers": 2}),
        ("video=Clip,", {"video_id": 0}),
        ("", {}),
    ],
)
def test_what_is_typed_is_the_columns_that_are_meant(text: str, columns: dict[str, int]) -> None:
    assert columns_of(text, HEADER) == columns


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vidoe=Clip", "'vidoe' is no key of --map: did you mean 'video'? Keys: video, at, "),
        ("colour=Clip", "'colour' is no key of --map. Keys: video, at, published, title, account"),
        ("video=Clips", "There is no column 'Clips' for video: did you mean 'Clip'? Columns: 'Cl"),
        ("video=zzz", "There is no column 'zzz' for video. Columns: 'Clip', 'Measured on', "),
        ("video=", "There is no column '' for video."),
        ("video=#9", "There is no column '#9' for video"),
        ("video=#0", "There is no column '#0' for video"),
        ("views=Plays", "2 columns are called 'Plays': give the place of one, #3 and #8, as in"),
        ("video=Clip,video=#2", "--map names video twice: keep one of them"),
        ("video=Clip,video_id=#2", "--map names video_id twice"),
        ("video", "--map cannot be read from 'video' on: write key=column, with commas between"),
        ("views=#3,Plays all", "--map cannot be read from 'Plays all' on"),
        ('views="Plays, all', "--map cannot be read from 'views=\"Plays, all' on"),
        ('views="Plays"x', "--map cannot be read from"),
    ],
)
def test_what_is_mistyped_is_told_with_what_there_is(text: str, said: str) -> None:
    with pytest.raises(Usage, match=f"^{re.escape(said)}"):
        columns_of(text, HEADER)


def test_no_more_columns_are_named_than_help() -> None:
    with pytest.raises(Usage, match=r"'c19' and 30 more\.$"):
        columns_of("video=x", [f"c{number}" for number in range(50)])


@given(
    header=st.lists(st.text(max_size=12).map(str.strip), min_size=3, max_size=8),
    data=st.data(),
)
def test_what_is_suggested_is_read_as_it_is_meant(header: list[str], data: st.DataObject) -> None:
    places = data.draw(st.permutations(range(len(header))))
    columns = dict(zip(("video_id", "captured_at", "views"), places, strict=False))
    assert columns_of(written(columns, header), header) == columns


def test_what_a_suggestion_lacks_is_left_to_be_filled_in() -> None:
    assert written({"captured_at": 1}, HEADER) == "video=COLUMN,at=Measured on,views=COLUMN"
    assert written({"captured_at": 1, "likes": 3}, HEADER) == (
        'video=COLUMN,at=Measured on,likes="Plays, all"'
    )
    assert written({"captured_at": 1, "followers": 2}, HEADER) == "at=Measured on,followers=#3"

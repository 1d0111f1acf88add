"""The Overview's sentence, charts and notes, as a visitor gets them."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from streamlit.testing.v1 import AppTest

from snapshot_core.store.accounts import Account
from snapshot_core.store.annotations.notes import add_note, notes_of
from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.windows import DAY, HOUR, local_date
from tests.pages.conftest import ZONE, Open, html_of
from tests.support.readings import video_reading
from tests.support.staged import NOON
from tests.support.stock import capture, make_account
from ui import charts


def spec(at: AppTest, number: int) -> dict[str, Any]:
    return json.loads(at.get("plotly_chart")[number].proto.spec)


def fourteen_nights(store: Store, missed: int = 4) -> Account:
    """A week and the week before, up to noon today; one night is missing."""
    store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON))
    account = make_account(store, "creator")
    for night in range(20, -1, -1):
        if night != missed:
            reading = video_reading("a", views=9_000 + 100 * (20 - night), title="Soup <b>")
            videos: dict[str, Any] = {"a": reading, "b": 500 + (20 - night)}
            if night < 3:
                at = NOON - 3 * DAY + HOUR
                videos["c"] = video_reading("c", views=50, published_at=at, title="Bread")
            capture(store, account, NOON - night * DAY, videos)
    return account


def test_it_begins_with_what_happened_and_marks_it(store: Store, open_page: Open) -> None:
    account = fourteen_nights(store)
    day = local_date(NOON - 2 * DAY, ZoneInfo(ZONE))
    store.transact(lambda c: add_note(c, 1, account, day, "New <camera>", NOON))
    at = open_page()
    text = html_of(at)
    assert "<b>+757 views in 7 days,</b>" in text
    assert "<b><bdi>Soup &lt;b&gt;</bdi></b> made 92" in text
    gained, daily = spec(at, 0), spec(at, 1)
    before, area, read, unread, end = gained["data"]
    assert before["line"]["color"] == charts.BEFORE
    assert area["y"][-1] == end["y"][0] == 757
    # The missed night is a dashed stretch between two open points, and no part of the line.
    assert (
        len([y for y in unread["y"] if y is not None]),
        unread["line"]["dash"],
        None in read["y"],
    ) == (2, "6px,5px", True)
    by_text = {each["text"]: each for each in gained["layout"]["annotations"]}
    assert set(by_text) == {"<b>+757</b>", "+707 the 7 days before", "▾", "●"}
    assert by_text["▾"]["hovertext"].endswith("Bread")
    assert by_text["●"]["hovertext"] == "20 Nov: New &lt;camera&gt;"
    for word in ("not read, estimated", "video published", "your note"):
        assert word in text
    earlier, inside = daily["data"]
    assert sum(count or 0 for count in inside["y"]) == 757
    assert (earlier["marker"]["color"], inside["marker"]["color"]) == (charts.BEFORE, charts.DATA)
    split = [place for place, part in enumerate(earlier["y"]) if part and inside["y"][place]]
    assert len(split) == 1
    assert "of it in the period" in inside["customdata"][split[0]]


def test_a_new_account_shows_what_is_known(store: Store, open_page: Open) -> None:
    store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON))
    account = make_account(store, "new")
    for hours in (19, 12, 6, 0):
        views = {"a": 1_000 + 10 * (19 - hours), "b": 5}
        capture(store, account, NOON - hours * HOUR, views)
    at = open_page()
    text = html_of(at)
    assert "<b>+190 views since tracking began, 19 h ago.</b>" in text
    assert "Views gained since tracking began" in text
    assert spec(at, 0)["data"][1]["y"][-1] == 190
    assert "Video a" in text


def test_notes_are_added_and_removed_on_the_page(store: Store, open_page: Open) -> None:
    fourteen_nights(store)
    at = open_page()
    at.text_input(key="tg-note-text").set_value("New camera")
    at.button(key="tg-note-add").click().run()
    with store.read() as connection:
        (note,) = notes_of(connection, 1)
    assert (note.text, note.account) == ("New camera", "creator")
    assert [each["text"] for each in spec(at, 0)["layout"]["annotations"]].count("●") == 1
    at.button(key="tg-note-add").click().run()
    assert "A note needs some words" in at.error[0].value
    at.button(key=f"tg-note-remove-{note.note_id}").click().run()
    with store.read() as connection:
        assert notes_of(connection, 1) == []
    assert not at.exception

"""Lists in pages: nothing twice, nothing left out, in one order."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.errors import Problem
from api.paging import page
from snapshot_core.errors import NotFound
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.readings import ProfileReading
from snapshot_core.store.record_capture import Fetched, record
from snapshot_core.windows import DAY
from tests.api.conftest import NIGHTS, Api, all_pages
from tests.support.readings import video_reading
from tests.support.staged import NOON
from tests.support.stock import capture, make_account

BIG = 2**63 - 1
PLACES = st.tuples(*[st.integers(-BIG, BIG)] * 4)


def same(row):
    return row


@given(st.sets(PLACES), st.integers(1, 7))
@settings(max_examples=50)
def test_the_pages_make_the_list(rows, limit: int) -> None:
    whole = sorted(rows)
    paged: list = []
    cursor = None
    for _ in range(len(whole) + 1):
        shown = page(whole, same, limit, cursor, "list")
        paged += shown.rows
        cursor = shown.next
        if cursor is None:
            break
    assert paged == whole


@given(st.sets(PLACES, min_size=2), st.data())
@settings(max_examples=50)
def test_rows_that_come_and_go_do_no_harm_to_the_others(rows, data) -> None:
    whole = sorted(rows)
    first = page(whole, same, 1, None, "list")
    gone = data.draw(st.sampled_from(whole))
    new = data.draw(PLACES)
    rest = page(sorted({*whole, new} - {gone}), same, len(whole) + 1, first.next, "list").rows
    assert set(whole[1:]) - {gone} <= set(rest)
    assert first.rows[0] not in rest


@given(st.sets(PLACES, min_size=2))
@settings(max_examples=20)
def test_a_cursor_is_good_for_its_own_list_only(rows) -> None:
    whole = sorted(rows)
    cursor = page(whole, same, 1, None, ("videos", 1)).next
    with pytest.raises(NotFound):
        page(whole, same, 1, cursor, ("videos", 2))


@pytest.mark.parametrize("sort", VIDEO_METRICS)
@pytest.mark.parametrize("limit", [1, 3, 500])
def test_videos_stand_in_the_order_of_their_growth(sqlite_api: Api, sort: str, limit: int) -> None:
    client = sqlite_api.client(sqlite_api.token())
    rows = all_pages(client, "/api/videos", "videos", sort=sort, limit=limit)
    assert len(rows) == 10
    assert len({row["video"] for row in rows}) == 10
    growths = [row["growth"][sort] for row in rows]
    known = [growth for growth in growths if growth is not None]
    assert known == sorted(known, reverse=True)
    assert growths[: len(known)] == known


def test_videos_of_all_accounts_stand_in_one_list(api: Api) -> None:
    second = make_account(api.store, "second")
    for day in range(9):
        capture(api.store, second, NOON - (8 - day) * DAY, {"v1": 500 * day, "w": 1_000 * day})
    client = api.client(api.token())
    rows = all_pages(client, "/api/videos", "videos", limit=4)
    assert sorted({row["account"] for row in rows}) == ["creator_01", "second"]
    assert len({(row["account"], row["video"]) for row in rows}) == 12
    assert rows == client.get("/api/videos").json()["videos"]


@pytest.mark.parametrize(
    ("address", "name"), [("/api/captures", "captures"), ("/api/videos/v1/history", "readings")]
)
def test_captures_and_readings_stand_newest_first(api: Api, address: str, name: str) -> None:
    client = api.client(api.token())
    rows = all_pages(client, address, name, limit=7)
    assert len(rows) == NIGHTS
    instants = [row["captured_at"] for row in rows]
    assert instants == sorted(set(instants), reverse=True)


def test_a_cursor_of_another_user_shows_nothing(api: Api) -> None:
    cursor = api.client(api.token()).get("/api/videos?limit=1").json()["next"]
    user = api.user("second@example.org")
    answer = api.client(api.token(user_id=user)).get("/api/videos", params={"cursor": cursor})
    assert answer.status_code == 404


@pytest.mark.parametrize("sort", VIDEO_METRICS)
def test_pages_are_of_one_moment_or_end(api: Api, sort: str) -> None:
    """Growth that is alike, unknown growth, and a video that comes to stand where one was read."""
    readings = {
        f"w{n}": video_reading(f"w{n}", views=100, likes=None if n % 2 else 5, shares=None)
        for n in range(6)
    }
    for day in range(9):
        capture(api.store, api.account, NOON + (day + 1) * DAY, readings, reported_count=6)
    api.clock.now = NOON + 9 * DAY
    client = api.client(api.token())
    first = client.get("/api/videos", params={"sort": sort, "limit": 3}).json()
    whole = all_pages(client, "/api/videos", "videos", sort=sort, limit=3)
    assert len({row["video"] for row in whole}) == len(whole) == first["total"]

    def after() -> Any:
        query = {"sort": sort, "limit": 500, "cursor": first["next"]}
        return client.get("/api/videos", params=query)

    assert first["videos"] + after().json()["videos"] == whole
    risen = {**readings, "w5": video_reading("w5", views=9_000, likes=900, comments=9, shares=9)}
    capture(api.store, api.account, api.clock.now + 60, risen, reported_count=6)
    api.app.state.context.tokens.forget()  # as a second does
    answer = after()
    assert answer.status_code == 410
    assert "Start again" in Problem.model_validate(answer.json()).detail
    again = all_pages(client, "/api/videos", "videos", sort=sort, limit=3)
    assert len({row["video"] for row in again}) == len(again) == len(whole)


def test_a_snapshot_that_changes_nothing_in_the_list_ends_no_pages(api: Api) -> None:
    client = api.client(api.token())
    first = client.get("/api/videos", params={"limit": 3}).json()
    whole = client.get("/api/videos").json()["videos"]
    failed = Fetched(NOON + 60, NOON + 60, "manual", "recent", False, ProfileReading(), [])
    api.store.transact(lambda c: record(c, api.account.key, failed))
    api.app.state.context.tokens.forget()
    rest = client.get("/api/videos", params={"cursor": first["next"]}).json()["videos"]
    assert first["videos"] + rest == whole


def test_captures_go_on_after_a_new_one(api: Api) -> None:
    client = api.client(api.token())
    first = client.get("/api/captures", params={"limit": 3}).json()
    capture(api.store, api.account, NOON + 60, {"v1": 1})
    api.app.state.context.tokens.forget()
    rest = client.get("/api/captures", params={"cursor": first["next"], "limit": 500}).json()
    assert len(first["captures"] + rest["captures"]) == NIGHTS

"""What a program is told and what the pages show agree, with the sample beside real numbers.

An installation begins with the sample account, and keeps it when a real one is added.
"""

import csv
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection
from starlette.testclient import TestClient

from api.prometheus import metrics_text
from snapshot_core.periods import period
from snapshot_core.session import open_session
from snapshot_core.store.accounts import Account
from snapshot_core.store.annotations.notes import add_note
from snapshot_core.store.annotations.video_tags import add_tag
from snapshot_core.store.videos import find_video
from snapshot_core.transfer.export import export_file
from snapshot_core.view.documents.fields import json_object
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.documents.health import Health
from snapshot_core.view.documents.history import History
from snapshot_core.view.documents.notes import Note
from snapshot_core.view.documents.tags import Tag
from snapshot_core.view.video import VideoView
from snapshot_core.view.video_selection import tag_totals
from snapshot_core.windows import DAY, iso, local_date
from tests.api.conftest import Api, all_pages
from tests.support.staged import NOON, captures_of
from tests.support.stock import capture, make_account
from ui.health.view import cached_health
from ui.session import PageSession
from ui.video.view import cached_story
from ui.videos.table import cached_videos
from ui.view_cache import cached_overview

SAMPLE = "Sample account"


@pytest.fixture
def both(sqlite_api: Api) -> Api:
    """The account of forty nights, and the sample with numbers that nobody could overlook.

    The videos of both have tags, and there is a note about each account and one about all.
    """
    sample = make_account(sqlite_api.store, SAMPLE, "sample")
    for day in range(35):
        at = NOON - (34 - day) * DAY
        capture(sqlite_api.store, sample, at, {"made-up": 7_000_000 + 1_000_000 * day})
    sqlite_api.store.transact(lambda connection: annotate(connection, sqlite_api.account, sample))
    return sqlite_api


def annotate(connection: Connection, account: Account, sample: Account) -> None:
    tagged = [(account, "v1", "birds"), (account, "v1", "sky"), (account, "v2", "birds")]
    for owner, name, tag in [*tagged, (sample, "made-up", "birds")]:
        add_tag(connection, owner.key, find_video(connection, owner.key, name), tag)
    for about in (account, sample, None):
        text = f"About {about.name if about else 'all'}"
        add_note(connection, 1, about, local_date(NOON - 3 * DAY, ZoneInfo("UTC")), text, NOON)


def session_of(api: Api) -> PageSession:
    """What a page of the same installation works on."""
    session = open_session(api.settings, api.store, api.clock)
    return PageSession(
        session.settings,
        session.store,
        session.clock,
        session.now,
        session.user,
        session.accounts,
        None,
    )


def growth(client: TestClient, session: PageSession, account: Account | None, query: dict) -> None:
    for name in ("1", "7", "30", "all"):
        shown = cached_overview(session, account, period(name)).view
        answer = client.get(f"/api/growth/{name}", params=query).json()
        assert answer == json_object(Growth.of(shown))
        assert answer["growth"]["views"]["growth"] > 0


def days_of_ones_own(
    client: TestClient, session: PageSession, account: Account | None, query: dict
) -> None:
    days = {"start": iso(NOON - 9 * DAY)[:10], "end": iso(NOON - 5 * DAY)[:10]}
    shown = cached_overview(session, account, period("..".join(days.values()))).view
    assert client.get("/api/growth", params=query | days).json() == json_object(Growth.of(shown))


def daily(client: TestClient, session: PageSession, account: Account | None, query: dict) -> None:
    for name in ("7", "30"):
        cards = cached_overview(session, account, period(name)).view.cards
        answer = client.get("/api/daily", params={**query, "period": name}).json()["days"]
        for counter, card in cards.items():
            gained = [day[counter]["growth"] for day in answer]
            assert gained == [day.growth for day in card.days]


def videos(client: TestClient, session: PageSession, account: Account | None, query: dict) -> None:
    for name in ("1", "7", "30"):
        shown = cached_videos(session, account, period(name)).view.rows
        answer = all_pages(client, "/api/videos", "videos", **query, period=name, limit=3)
        assert [(row["account"], row["video"], row["growth"]) for row in answer] == [
            (
                row.account.name,
                row.about.platform_id,
                {name: growth.growth for name, growth in row.growth.items()},
            )
            for row in shown
        ]


def of_each_video(
    what: str, client: TestClient, session: PageSession, account: Account | None, query: dict
) -> Iterator[tuple[Any, VideoView]]:
    """What is said of a video, and its page: it is asked for by its own name, and nothing is added
    up.
    """
    for owner, name in zip(session.accounts, ("v1", "made-up"), strict=True):
        answer = client.get(f"/api/videos/{name}/{what}", params=query)
        if account not in (None, owner):
            assert answer.status_code == 404
            continue
        with session.store.read() as connection:
            video = find_video(connection, owner.key, name)
        sheet = cached_story(session, str(video), period("7"))
        assert sheet is not None
        yield answer.json(), sheet.view


def history(client: TestClient, session: PageSession, account: Account | None, query: dict) -> None:
    for answer, story in of_each_video("history", client, session, account, query):
        assert answer == json_object(History.of(story, story.readings[::-1], next=None))


def tags(client: TestClient, session: PageSession, account: Account | None, query: dict) -> None:
    for name in ("1", "7", "30"):
        shown = tag_totals(cached_videos(session, account, period(name)).view)
        answer = client.get("/api/tags", params={**query, "period": name}).json()["tags"]
        assert answer == [json_object(Tag.of_tag(each)) for each in shown]
        assert answer


def video_tags(
    client: TestClient, session: PageSession, account: Account | None, query: dict
) -> None:
    for answer, story in of_each_video("tags", client, session, account, query):
        assert story.tags
        assert answer["tags"] == list(story.tags)


def notes(client: TestClient, session: PageSession, account: Account | None, query: dict) -> None:
    """All of them stand on days that the page shows."""
    shown = cached_overview(session, account, period("30")).view.notes
    answer = client.get("/api/notes", params=query).json()["notes"]
    assert answer == [json_object(Note.of(note)) for note in shown]
    assert answer


def captures(
    client: TestClient, session: PageSession, account: Account | None, query: dict
) -> None:
    shown = cached_health(session, account).view.captures
    answer = all_pages(client, "/api/captures", "captures", **query, limit=20)
    assert sorted((row["captured_at"], row["account"]) for row in answer) == sorted(
        (iso(row.captured_at), row.account) for row in shown
    )


def account_row(
    client: TestClient, session: PageSession, account: Account | None, query: dict
) -> None:
    """These tell of every account one by one, and cannot be asked for one of them."""
    shown = cached_health(session, None).view
    health = json_object(Health.of(shown, status="ok"))
    assert client.get("/api/health").json() == health
    assert client.get("/api/accounts").json()["accounts"] == health["accounts"]
    assert client.get("/api/metrics").text == metrics_text(shown)


def export(client: TestClient, session: PageSession, account: Account | None, query: dict) -> None:
    """No page gives all readings; the command line does."""
    file = Path(session.settings.database_url.removeprefix("sqlite:///")).with_name("written.csv")
    export_file(session.store, file, session.user, account.name if account else None)
    answer = client.get("/api/export", params=query).content
    assert answer == file.read_bytes()
    wanted = account.name if account else "creator_01"
    assert {row["account"] for row in csv.DictReader(StringIO(answer.decode()))} == {wanted}


READS: dict[str, Callable[[TestClient, PageSession, Account | None, dict[str, Any]], None]] = {
    "/growth/{period}": growth,
    "/growth": days_of_ones_own,
    "/daily": daily,
    "/videos": videos,
    "/videos/{platform_id}/history": history,
    "/videos/{platform_id}/tags": video_tags,
    "/tags": tags,
    "/notes": notes,
    "/captures": captures,
    "/accounts": account_row,
    "/health": account_row,
    "/metrics": account_row,
    "/export": export,
}


def test_every_address_that_is_read_is_compared(both: Api) -> None:
    paths = both.app.openapi()["paths"]
    assert {path for path in paths if "get" in paths[path]} == set(READS)


@pytest.mark.parametrize("name", [None, "creator_01", SAMPLE])
@pytest.mark.parametrize("path", READS)
def test_a_program_is_told_what_the_page_shows(both: Api, path: str, name: str | None) -> None:
    session = session_of(both)
    account = next((each for each in session.accounts if each.name == name), None)
    query = {} if name is None else {"account": name}
    READS[path](both.client(both.token()), session, account, query)


def test_a_snapshot_is_taken_of_what_the_pages_button_takes(both: Api) -> None:
    _, sample = session_of(both).accounts
    before = captures_of(both.store, sample.key)
    both.clock.now += 60
    answer = both.client(both.token()).post("/api/growth/snapshot").raise_for_status().json()
    assert answer["message"].startswith("creator_01: ")
    assert SAMPLE not in answer["message"]
    assert captures_of(both.store, sample.key) == before
    assert captures_of(both.store, both.account.key)[-1][0] == NOON + 60

"""Every address: what it answers, and that it is what pages and command line say."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
from pydantic import TypeAdapter
from sqlalchemy import event
from starlette.testclient import TestClient

from snapshot_core.cli import main
from snapshot_core.clock import FIRST_INSTANT, NEVER_SET, SET_IT
from snapshot_core.errors import NotFound, SourceError
from snapshot_core.formats.readings import write
from snapshot_core.metrics import COUNTERS
from snapshot_core.sources.contract import AccountRef
from snapshot_core.store.accounts import remove_account
from snapshot_core.store.users import user_named
from snapshot_core.transfer.export import export_file, export_pieces
from snapshot_core.transfer.import_file import import_file
from snapshot_core.view.documents.accounts import Accounts
from snapshot_core.view.documents.captures import Captures
from snapshot_core.view.documents.days import Daily
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.documents.health import Health
from snapshot_core.view.documents.history import History
from snapshot_core.view.documents.tags import Tags, VideoTags
from snapshot_core.view.documents.videos import Videos
from snapshot_core.windows import DAY, iso
from tests.api.conftest import NIGHTS, Api, readings_file
from tests.support.staged import NOON, captures_of
from tests.support.stock import capture, make_account, stocked

READS: dict[str, TypeAdapter] = {
    "/api/growth/7": TypeAdapter(Growth),
    "/api/accounts": TypeAdapter(Accounts),
    "/api/videos": TypeAdapter(Videos),
    "/api/videos/v1/history": TypeAdapter(History),
    "/api/videos/v1/tags": TypeAdapter(VideoTags),
    "/api/tags": TypeAdapter(Tags),
    "/api/daily": TypeAdapter(Daily),
    "/api/captures": TypeAdapter(Captures),
    "/api/health": TypeAdapter(Health),
}


@pytest.mark.parametrize("address", READS)
def test_every_document_is_as_described(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    READS[address].validate_python(answer.json())
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "private, no-cache"


def test_growth_has_the_keys_of_the_original_and_the_ledger(client: TestClient) -> None:
    document = client.get("/api/growth/7").json()
    original = ["period", "account", "timestamp", "window", "growth"]
    assert list(document) == [*original, "left_out", "stale_accounts", "sentence"]
    assert document["period"] == 7
    assert document["account"] == "creator_01"
    assert document["timestamp"] == iso(NOON)
    assert document["window"]["end"] == iso(NOON)
    assert document["window"]["start"] == iso(NOON - 7 * DAY)
    views = document["growth"]["views"]
    assert set(views) >= {"current", "previous", "growth", "percentage", "isIncrease"}
    # Nine videos gain 100, 200, … 900 a night; the tenth is new with all it has.
    like_for_like, published = 7 * 100 * sum(range(1, 10)), 10_000 + 100 * 10 * (NIGHTS - 1)
    assert views["growth"] == like_for_like + published
    assert views["ledger"]["likeForLike"] == like_for_like
    assert views["ledger"]["published"] == published
    assert views["isIncrease"] is True
    assert document["growth"]["followers"]["growth"] == 7


@pytest.mark.parametrize("name", ["1", "7", "30", "24h", "7d", "30d", "90d", "1y", "365"])
def test_periods_have_two_names(client: TestClient, name: str) -> None:
    document = client.get(f"/api/growth/{name}").json()
    days = {"24h": 1, "7d": 7, "30d": 30, "90d": 90, "1y": 365}
    assert document["period"] == days.get(name) or int(name)


@pytest.mark.parametrize("address", ["/api/growth", "/api/daily", "/api/videos"])
def test_days_of_ones_own_are_told_where_they_are_wrong(client: TestClient, address: str) -> None:
    days = {"start": "2026-03-02", "end": "2026-03-01"}
    answer = client.get(address, params=days)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "2026-03-01 is before 2026-03-02: give the earlier day first."
    answer = client.get(address, params={"end": "2026-03-01"})
    assert answer.status_code == 422
    assert "start" in answer.text
    for no_day in ("0", "1767225600", "2026-1-1", "20260101"):
        answer = client.get(address, params={"start": no_day})
        assert answer.status_code == 422
        assert "2026-01-31" in answer.text


def test_days_of_ones_own_are_those_of_every_list(client: TestClient) -> None:
    days = {"start": iso(NOON - 9 * DAY)[:10], "end": iso(NOON - 5 * DAY)[:10]}
    growth = client.get("/api/growth", params=days).json()
    assert growth["period"] is None
    listed = client.get("/api/videos", params=days | {"limit": 500}).json()["videos"]
    gained = sum(video["growth"]["views"] or 0 for video in listed)
    assert gained == growth["growth"]["views"]["growth"] > 0
    daily = client.get("/api/daily", params=days).json()["days"]
    assert [day["date"] for day in daily][-5:] == [
        iso(NOON - back * DAY)[:10] for back in (9, 8, 7, 6, 5)
    ]


def test_the_command_line_says_the_same(
    api: Api, client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    days = {"start": iso(NOON - 9 * DAY)[:10], "end": iso(NOON - 5 * DAY)[:10]}
    asked: list[tuple[str, dict[str, str], list[str]]] = [
        ("/7", {}, ["--period", "7"]),
        ("/all", {"compare": "none"}, ["--period", "all", "--compare", "none"]),
        ("", days, ["--start", days["start"], "--end", days["end"]]),
    ]
    for address, query, options in asked:
        argv = ["growth", "--account", "creator_01", *options, "--json"]
        assert main(argv, lambda: api.settings, api.clock) == 0
        answer = client.get(f"/api/growth{address}", params=query).json()
        assert json.loads(capsys.readouterr().out) == answer
    assert main(["status", "--json"], lambda: api.settings, api.clock) == 0
    status = json.loads(capsys.readouterr().out)
    assert client.get("/api/health").json() == {"status": "ok", **status}
    assert client.get("/api/accounts").json()["accounts"] == status["accounts"]
    argv = ["history", "--account", "creator_01", "--video", "v1", "--json"]
    assert main(argv, lambda: api.settings, api.clock) == 0
    history = json.loads(capsys.readouterr().out)
    assert client.get("/api/videos/v1/history").json() == {**history, "next": None}


def test_unknown_is_null_with_a_reason_and_a_sentence(api: Api, client: TestClient) -> None:
    make_account(api.store, "new")
    document = client.get("/api/growth/7", params={"account": "new"}).json()
    views = document["growth"]["views"]
    assert views["growth"] is views["current"] is views["percentage"] is views["ledger"] is None
    assert views["reason"] == "no_capture"
    assert views["message"] == "No snapshot yet. Take the first one to start measuring."
    TypeAdapter(Growth).validate_python(document)
    shown = client.get("/api/videos", params={"account": "new"}).json()
    assert (shown["videos"], shown["reason"]) == ([], "no_capture")
    assert client.get("/api/daily", params={"account": "new"}).json()["days"] == []


def test_without_an_account_all_are_taken_together(api: Api, client: TestClient) -> None:
    second = make_account(api.store, "second")
    for number in range(10):
        capture(api.store, second, NOON - (9 - number) * DAY, {"w": 1_000 * number})
    first = client.get("/api/growth/7", params={"account": "second"}).json()
    other = client.get("/api/growth/7", params={"account": "creator_01"}).json()
    both = client.get("/api/growth/7").json()
    assert both["account"] is None
    gained = [document["growth"]["views"]["growth"] for document in (first, other, both)]
    assert gained[0] == 7_000
    assert gained[0] + gained[1] == gained[2]


def test_without_any_account_there_are_no_numbers_and_no_faults(api: Api) -> None:
    api.store.transact(lambda c: remove_account(c, api.account.key))
    client = api.client(api.token())
    for address, model in READS.items():
        answer = client.get(address)
        if "/v1/" in address:  # of a video that went with the account
            assert answer.status_code == 404
        else:
            model.validate_python(answer.raise_for_status().json())
    assert client.get("/api/export").text.count("\n") == 1
    assert client.get("/api/metrics").status_code == 200
    assert client.post("/api/growth/snapshot").status_code == 409


def test_days_add_up_to_growth(client: TestClient) -> None:
    days = client.get("/api/daily", params={"period": "30"}).json()["days"]
    assert len(days) == 30
    assert days[-1]["so_far"]
    assert [day["date"] for day in days] == sorted(day["date"] for day in days)
    day = {"growth": 1, "estimated": True, "resolution": 0, "accounts_missing": 0}
    assert days[10]["followers"] == day


def test_history_has_every_reading_as_it_was_given(client: TestClient) -> None:
    document = client.get("/api/videos/v3/history").json()
    assert len(document["readings"]) == NIGHTS
    newest = document["readings"][0]
    assert newest["captured_at"] == iso(NOON)
    assert newest["views"] == 10_000 + 100 * 4 * (NIGHTS - 1)
    assert newest["shares"] is None


def test_a_video_of_two_accounts_needs_the_account_named(api: Api, client: TestClient) -> None:
    twin = make_account(api.store, "twin")
    capture(api.store, twin, NOON, {"v1": 5})
    answer = client.get("/api/videos/v1/history")
    assert answer.status_code == 422
    assert "?account=" in answer.json()["detail"]
    named = client.get("/api/videos/v1/history", params={"account": "twin"}).json()
    assert [reading["views"] for reading in named["readings"]] == [5]


@pytest.mark.parametrize("name", ["a/b", "a/history", "/", "a//b", "ä ?#%"])
def test_an_id_may_have_any_character_in_it(api: Api, client: TestClient, name: str) -> None:
    listing = {**{f"v{n}": 20_000 for n in range(10)}, name: 5}
    capture(api.store, api.account, NOON + 60, listing)
    (listed,) = {row["video"] for row in client.get("/api/videos").json()["videos"]} - {
        f"v{n}" for n in range(10)
    }
    document = client.get(f"/api/videos/{quote(listed, safe='')}/history").json()
    assert document["video"] == name
    assert [reading["views"] for reading in document["readings"]] == [5]


def test_captures_are_those_of_the_health_page(api: Api, client: TestClient) -> None:
    captures = client.get("/api/captures", params={"limit": 500}).json()["captures"]
    taken = captures_of(api.store, api.account.key)
    assert [row["captured_at"] for row in captures] == [iso(row[0]) for row in reversed(taken)]
    assert {row["status"] for row in captures} == {"complete"}
    recent = client.get("/api/captures", params={"days": 3}).json()["captures"]
    assert len(recent) == 4


class TestExport:
    @pytest.mark.parametrize("kind", ["csv", "parquet"])
    def test_is_the_file_that_the_command_line_writes(
        self, api: Api, client: TestClient, tmp_path: Path, kind: str
    ) -> None:
        with api.store.read() as connection:
            user = user_named(connection, "creator@localhost")
        written = tmp_path / f"written.{kind}"
        export_file(api.store, written, user)
        answer = client.get("/api/export", params={"format": kind})
        assert answer.status_code == 200
        assert f"readings.{kind}" in answer.headers["content-disposition"]
        streamed = readings_file(tmp_path / f"streamed.{kind}", answer.content)
        if kind == "csv":
            assert streamed.read_bytes() == written.read_bytes()
        else:
            assert pq.read_table(streamed).equals(pq.read_table(written))

    def test_can_be_imported_again(
        self, client: TestClient, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        file = readings_file(tmp_path / "all.csv", client.get("/api/export").content)
        elsewhere = tmp_path_factory.mktemp("elsewhere") / "other.db"
        with stocked(f"sqlite:///{elsewhere}") as store, store.read() as connection:
            user = user_named(connection, "creator@localhost")
            report = import_file(store, file, user, NOON)
        assert report.captures_added == NIGHTS
        assert not report.refused

    def test_a_database_that_is_away_is_a_problem_and_not_a_short_file(self, api: Api) -> None:
        client = api.client(api.token())
        client.get("/api/accounts").raise_for_status()
        api.store.transact(lambda c: c.exec_driver_sql("DROP TABLE account_snapshots"))
        answer = client.get("/api/export")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"

    def test_an_account_removed_on_the_way_ends_it_with_an_error(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(write, "CSV_BATCH_ROWS", 50)
        pieces = export_pieces(api.store, [api.account], "csv")
        next(pieces)
        api.store.transact(lambda c: remove_account(c, api.account.key))
        with pytest.raises(NotFound):
            list(pieces)


class TestHealth:
    def test_without_a_token_it_says_that_it_answers_and_no_more(self, api: Api) -> None:
        answer = api.client().get("/api/health")
        assert answer.json() == {"status": "ok"}
        assert "ratelimit-limit" not in answer.headers

    def test_without_a_token_it_asks_no_database(self, api: Api) -> None:
        statements: list[str] = []
        for engine in (api.store.reader, api.store.writer):
            event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        api.client().get("/api/health")
        assert statements == []

    def test_metrics_are_in_the_text_format_of_prometheus(self, client: TestClient) -> None:
        answer = client.get("/api/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        lines = answer.text.splitlines()
        last = 'truegrowth_account_last_capture_timestamp_seconds{account="creator_01"}'
        assert f"{last} {NOON}" in lines
        assert "truegrowth_job_alive 0" in lines
        taken = 'truegrowth_account_captures{account="creator_01",status="complete"}'
        assert f"{taken} {NIGHTS}" in lines

    def test_a_label_can_hold_any_name(self, api: Api) -> None:
        make_account(api.store, 'a"b\\c\nd')
        text = api.client(api.token()).get("/api/metrics").text
        assert 'truegrowth_account_stale{account="a\\"b\\\\c\\nd"} 0' in text


class TestSnapshot:
    def test_takes_a_complete_capture_and_the_next_call_shows_it(self, api: Api) -> None:
        api.clock.now = NOON + 600
        client = api.client(api.token())
        before = client.get("/api/growth/7").json()
        taken = client.post("/api/growth/snapshot").json()
        assert list(taken) == ["success", "message", "timestamp", "differences"]
        assert taken["success"] is True
        assert taken["message"].startswith("creator_01: complete snapshot of 3 videos; +")
        assert taken["timestamp"] == iso(NOON + 600)
        (difference,) = taken["differences"]
        assert list(difference) == ["account", "since", *COUNTERS]
        assert (difference["account"], difference["since"]) == ("creator_01", iso(NOON))
        assert f"+{difference['views']:,} views since 22 Nov" in taken["message"]
        assert captures_of(api.store, api.account.key)[-1][0] == NOON + 600
        after = client.get("/api/captures", params={"limit": 1}).json()["captures"]
        assert after[0]["captured_at"] == iso(NOON + 600)
        assert before["window"]["end"] == iso(NOON)

    def test_one_at_a_time(self, api: Api) -> None:
        client, second = api.client(api.token()), api.client(api.token())
        api.clock.now += 60
        answers = []
        api.staged.between = lambda _account, number: (
            answers.append(second.post("/api/growth/snapshot")) if number == 1 else None
        )
        client.post("/api/growth/snapshot").raise_for_status()
        assert [answer.status_code for answer in answers] == [409]
        assert "already" in answers[0].json()["detail"]

    def test_one_at_a_time_for_each_user_and_not_for_all(self, api: Api) -> None:
        """So that nobody's accounts take all the places there are for waiting."""
        make_account(api.store, "second", "staged")
        other = api.user("second@example.org")
        client, theirs = api.client(api.token()), api.client(api.token(user_id=other))
        answers: dict[str, list[Any]] = {"creator_01": [], "second": []}

        def ask(account: AccountRef, number: int) -> None:
            if number == 1:  # also while the other account is free
                answers[account.name] = [
                    one.post("/api/growth/snapshot") for one in (client, theirs)
                ]

        api.staged.between = ask
        api.clock.now += 60
        client.post("/api/growth/snapshot").raise_for_status()
        for mine, of_the_other in answers.values():
            assert mine.status_code == 409
            assert "already" in mine.json()["detail"]
            assert "connect one" in of_the_other.json()["detail"]
        api.staged.between = lambda _account, _number: None
        api.clock.now += 60
        client.post("/api/growth/snapshot").raise_for_status()

    def test_one_account_that_fails_is_told_and_does_not_stop_the_others(self, api: Api) -> None:
        make_account(api.store, "broken", "staged")
        api.staged.errors["broken"] = SourceError("The platform is away. Try again later.")
        api.clock.now += 60
        answer = api.client(api.token()).post("/api/growth/snapshot").raise_for_status().json()
        assert answer["success"] is False
        assert "broken: The platform is away." in answer["message"]

    def test_where_all_fail_it_is_a_problem(self, api: Api) -> None:
        api.staged.errors["creator_01"] = SourceError("The platform is away. Try again later.")
        api.clock.now += 60
        answer = api.client(api.token()).post("/api/growth/snapshot")
        assert answer.status_code == 503
        assert "The platform is away" in answer.json()["detail"]

    def test_where_the_clock_was_never_set_it_says_so(self, api: Api) -> None:
        client = api.client(api.token())
        api.clock.now = FIRST_INSTANT - 1
        answer = client.post("/api/growth/snapshot")
        assert answer.status_code == 503
        assert answer.json()["detail"] == f"creator_01: {NEVER_SET} {SET_IT}"
        assert client.get("/api/health").json()["problems"] == [
            {"what": NEVER_SET, "remedy": SET_IT, "account": None}
        ]

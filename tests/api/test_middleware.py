"""HTTP done right at every address: ETag, HEAD, OPTIONS, sizes, rates, and errors as documents."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from api.cache import Cache
from api.context import ANSWER_OVERHEAD_BYTES, MAX_ANSWER_BYTES, MAX_TABLE_ROWS
from api.errors import Problem
from api.rate_limit import MAX_COUNTERS, RateLimit
from api.responses import encode_text, matches_etag
from snapshot_core.periods import PERIODS
from snapshot_core.view.videos_table import VideoTable
from snapshot_core.windows import DAY
from tests.api.conftest import Api, make_api
from tests.support.staged import NOON
from tests.support.stock import capture

KEPT = ("/api/growth/7", "/api/accounts", "/api/videos", "/api/videos/v1/history", "/api/daily")
TAGGED = (*KEPT, "/api/captures", "/api/health", "/api/metrics", "/api/export")

WRONG = (
    ("/api/nothing", 404, "/api/docs"),
    ("/growth/7", 404, "/api/docs"),
    ("/api", 404, "/api/docs"),
    ("/", 404, "/api/docs"),
    ("/api/growth/2", 422, "path.period"),
    ("/api/growth/7?account=nobody", 404, "'creator_01'"),
    ("/api/videos?limit=0", 422, "query.limit"),
    ("/api/videos?sort=age", 422, "query.sort"),
    ("/api/videos?cursor=x", 422, "query.cursor"),
    ("/api/videos?cursor=" + "A" * 60, 404, "without one"),
    ("/api/videos/nothing/history", 404, "nothing"),
    ("/api/videos/%00/history", 422, "platform_id"),
    ("/api/captures?days=x", 422, "query.days"),
    ("/api/export?format=xlsx", 422, "query.format"),
)


class TestEtag:
    @pytest.mark.parametrize("address", TAGGED)
    def test_a_second_look_at_the_same_is_not_sent_again(
        self, sqlite_api: Api, address: str
    ) -> None:
        client = sqlite_api.client(sqlite_api.token())
        etag = client.get(address).headers["etag"]
        again = client.get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        assert "content-type" not in again.headers
        other = client.get(address, headers={"If-None-Match": 'W/"another"'})
        assert other.status_code == 200

    @pytest.mark.parametrize("address", TAGGED)
    def test_a_new_snapshot_changes_it(self, sqlite_api: Api, address: str) -> None:
        client = sqlite_api.client(sqlite_api.token())
        etag = client.get(address).headers["etag"]
        sqlite_api.clock.now = NOON + 120
        client.post("/api/growth/snapshot").raise_for_status()
        again = client.get(address, headers={"If-None-Match": etag})
        if address == "/api/videos/v1/history":
            assert len(again.json()["readings"]) == 41
        assert again.status_code == 200
        assert again.headers["etag"] != etag

    @pytest.mark.parametrize("address", KEPT)
    def test_time_alone_does_not_change_it(self, sqlite_api: Api, address: str) -> None:
        client = sqlite_api.client(sqlite_api.token())
        etag = client.get(address).headers["etag"]
        sqlite_api.clock.now = NOON + 3_600
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304

    def test_numbers_that_become_stale_do(self, sqlite_api: Api) -> None:
        client = sqlite_api.client(sqlite_api.token())
        etag = client.get("/api/growth/7").headers["etag"]
        sqlite_api.clock.now = NOON + 3 * DAY
        again = client.get("/api/growth/7", headers={"If-None-Match": etag})
        assert again.json()["window"]["stale"] is True

    def test_two_processes_give_the_same(self, sqlite_api: Api) -> None:
        twin = make_api(sqlite_api.store, sqlite_api.settings.database_url, sqlite_api.staged)
        twin.clock.now += 7
        token = sqlite_api.token()
        first, second = (api.client(token).get("/api/growth/7") for api in (sqlite_api, twin))
        assert first.json()["timestamp"] != second.json()["timestamp"]
        assert first.headers["etag"] == second.headers["etag"]

    def test_what_is_kept_asks_the_database_for_nothing(
        self, sqlite_api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Within the second in which a token needs no look-up, however long it takes here.
        monkeypatch.setattr(sqlite_api.app.state.context.tokens, "_monotonic", lambda: 0.0)
        client = sqlite_api.client(sqlite_api.token())
        client.get("/api/growth/7").raise_for_status()
        statements: list[str] = []
        event.listen(
            sqlite_api.store.reader, "before_cursor_execute", lambda *a: statements.append(a[2])
        )
        for _ in range(5):
            client.get("/api/growth/7").raise_for_status()
        assert statements == []

    def test_one_users_answer_is_never_anothers(self, sqlite_api: Api) -> None:
        user = sqlite_api.user("second@example.org")
        mine = sqlite_api.client(sqlite_api.token()).get("/api/growth/7")
        other = sqlite_api.client(sqlite_api.token(user_id=user)).get("/api/growth/7")
        assert mine.headers["vary"] == other.headers["vary"] == "Authorization"
        assert other.json()["account"] is None
        assert other.json()["growth"]["views"]["current"] is None

    @pytest.mark.parametrize(
        ("if_none_match", "matches"),
        [
            (None, False),
            ("", False),
            ("*", True),
            ('W/"x"', True),
            ('"x"', True),
            ('"a", W/"x"', True),
            ('"a","b"', False),
            ("x", False),
        ],
    )
    def test_any_form_of_the_question_is_understood(
        self, if_none_match: str | None, matches: bool
    ) -> None:
        assert matches_etag(if_none_match, 'W/"x"') is matches


class TestMethods:
    @pytest.mark.parametrize("address", [*TAGGED, "/api/openapi.json", "/api/docs"])
    def test_head_is_get_without_its_body(self, sqlite_api: Api, address: str) -> None:
        client = sqlite_api.client(sqlite_api.token())
        got, head = client.get(address), client.head(address)
        assert head.status_code == 200
        assert head.content == b""
        assert head.headers["content-type"] == got.headers["content-type"]
        if address != "/api/export":
            assert head.headers["content-length"] == str(len(got.content))

    @pytest.mark.parametrize(
        ("address", "methods"),
        [
            ("/api/growth/7", "GET, HEAD, OPTIONS"),
            ("/api/growth/snapshot", "OPTIONS, POST"),
            ("/api/videos/x/history", "GET, HEAD, OPTIONS"),
            ("/api/videos/x/tags/birds", "DELETE, OPTIONS, PUT"),
            ("/api/docs", "GET, HEAD, OPTIONS"),
        ],
    )
    def test_options_and_405_say_what_is_possible(
        self, sqlite_api: Api, address: str, methods: str
    ) -> None:
        client = sqlite_api.client(sqlite_api.token())
        options = client.options(address)
        assert (options.status_code, options.content) == (204, b"")
        assert options.headers["allow"] == methods
        answer = client.patch(address)
        assert answer.status_code == 405
        assert answer.headers["allow"] == methods
        Problem.model_validate(answer.json())

    def test_the_snapshot_is_not_taken_for_a_period(self, sqlite_api: Api) -> None:
        answer = sqlite_api.client(sqlite_api.token()).get("/api/growth/snapshot")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "OPTIONS, POST"


class TestProblems:
    def test_say_the_place_and_the_remedy(self, api: Api) -> None:
        client = api.client(api.token())
        for address, status, words in WRONG:
            answer = client.get(address)
            assert answer.status_code == status, address
            assert answer.headers["content-type"] == "application/problem+json"
            problem = Problem.model_validate(answer.json())
            assert problem.status == status
            assert words in problem.detail

    def test_a_database_that_is_away(self, sqlite_api: Api) -> None:
        client = sqlite_api.client(sqlite_api.token())
        sqlite_api.store.transact(lambda c: c.exec_driver_sql("DROP TABLE api_tokens"))
        answer = client.get("/api/growth/7")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "10"
        assert "snapshot_core setup" in answer.json()["detail"]

    def test_a_fault_of_ours_says_nothing_of_its_cause(
        self, sqlite_api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_arguments: object) -> None:
            raise RuntimeError("a secret")

        monkeypatch.setattr("api.routes.growth.overview", broken)
        answer = sqlite_api.client(sqlite_api.token()).get("/api/growth/7")
        assert answer.status_code == 500
        Problem.model_validate(answer.json())
        assert "secret" not in answer.text

    def test_a_name_that_no_database_could_hold(self, api: Api) -> None:
        client = api.client(api.token())
        for name in ("\x00", "\ud7ff", "'; DROP TABLE users; --"):
            assert client.get("/api/growth/7", params={"account": name}).status_code == 404


class TestSizes:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_body_that_is_too_large_is_refused(self, sqlite_api: Api, method: str) -> None:
        client = sqlite_api.client(sqlite_api.token())
        answer = client.request(method, "/api/growth/snapshot", content=b"x" * 16_385)
        assert answer.status_code == 413
        Problem.model_validate(answer.json())

    def test_also_where_it_does_not_say_its_size(self, sqlite_api: Api) -> None:
        client = sqlite_api.client(sqlite_api.token())
        many = (b"x" * 1_000 for _ in range(100))
        assert client.post("/api/growth/snapshot", content=many).status_code == 413
        few = (b"x" for _ in range(3))
        sqlite_api.clock.now += 1
        assert client.post("/api/growth/snapshot", content=few).status_code == 200

    @pytest.mark.parametrize("length", ["9" * 5_000, "²", "-1", "1e3", "16385"])
    def test_a_length_that_is_no_small_number_is_refused(
        self, sqlite_api: Api, length: str
    ) -> None:
        headers = {b"Content-Length": length.encode("latin-1")}
        answer = sqlite_api.client(sqlite_api.token()).get("/api/growth/7", headers=headers)
        assert answer.status_code == 413
        Problem.model_validate(answer.json())

    def test_a_small_body_does_no_harm(self, sqlite_api: Api) -> None:
        client = sqlite_api.client(sqlite_api.token())
        sqlite_api.clock.now += 1
        assert client.post("/api/growth/snapshot", json={"all": True}).status_code == 200


class TestRate:
    def test_answers_tell_what_is_left(self, sqlite_api: Api) -> None:
        sqlite_api.clock.now = NOON + 20
        headers = sqlite_api.client(sqlite_api.token()).get("/api/growth/7").headers
        assert headers["ratelimit-policy"] == "600;w=60"
        assert headers["ratelimit-limit"] == "600"
        assert headers["ratelimit-remaining"] == "599"
        assert headers["ratelimit-reset"] == "40"

    def test_a_token_that_asks_too_often_is_told_when_to_come_back(self, sqlite_api: Api) -> None:
        api = make_api(
            sqlite_api.store, sqlite_api.settings.database_url, sqlite_api.staged, rate=3
        )
        first, second = api.client(api.token()), api.client(api.token())
        assert [first.get("/api/growth/7").status_code for _ in range(4)] == [200, 200, 200, 429]
        answer = first.get("/api/growth/7")
        assert answer.headers["retry-after"] == "60"
        assert answer.headers["ratelimit-remaining"] == "0"
        Problem.model_validate(answer.json())
        assert second.get("/api/growth/7").status_code == 200
        api.clock.now += 60
        assert first.get("/api/growth/7").status_code == 200

    def test_nobody_can_use_up_anothers_calls(self, sqlite_api: Api) -> None:
        token = sqlite_api.token()
        stranger = sqlite_api.client(token[:-43] + "a" * 43)
        for _ in range(5):
            assert stranger.get("/api/growth/7").status_code == 401
        answer = sqlite_api.client(token).get("/api/growth/7")
        assert answer.headers["ratelimit-remaining"] == "599"

    def test_memory_is_bounded(self) -> None:
        limits = RateLimit(10)
        for number in range(MAX_COUNTERS + 100):
            limits.take((1, number), NOON)
        assert len(limits._counts) == MAX_COUNTERS


class TestCache:
    def test_makes_room_for_what_is_new(self) -> None:
        cache: Cache[bytes] = Cache(100, len)
        for number in range(50):
            cache.get_or_compute(number, lambda: b"x" * 10)
        assert cache.get(49) is not None
        assert cache.get(39) is None
        assert cache._values.currsize <= 100

    def test_what_is_larger_than_all_room_is_given_and_not_kept(self) -> None:
        cache: Cache[bytes] = Cache(5, len)
        assert cache.get_or_compute(1, lambda: b"x" * 10) == b"x" * 10
        assert cache.get(1) is None
        assert cache._values.currsize == 0

    def test_what_is_nearly_empty_takes_room_too(self, sqlite_api: Api) -> None:
        context = sqlite_api.app.state.context
        nothing = VideoTable(PERIODS[0], {}, False, [])
        for number in range(60_000):
            context.tables.get_or_compute(number, lambda: nothing)
            context.answers.get_or_compute(number, lambda: encode_text("", "text/plain"))
        assert len(context.tables._values) <= MAX_TABLE_ROWS
        assert len(context.answers._values) <= MAX_ANSWER_BYTES // ANSWER_OVERHEAD_BYTES

    def test_is_computed_once(self) -> None:
        cache: Cache[bytes] = Cache(5, len)
        made: list[int] = []

        def make() -> bytes:
            made.append(1)
            return b"x"

        assert [cache.get_or_compute(1, make) for _ in range(3)] == [b"x"] * 3
        assert made == [1]

    def test_is_computed_once_for_all_who_ask_meanwhile(self) -> None:
        cache: Cache[bytes] = Cache(5, len)
        computing, others = Event(), Event()
        made: list[int] = []

        def make() -> bytes:
            made.append(1)
            computing.set()
            assert others.wait(30)
            return b"x"

        with ThreadPoolExecutor(4) as threads:
            first = threads.submit(cache.get_or_compute, 1, make)
            assert computing.wait(30)
            rest = [threads.submit(cache.get_or_compute, 1, make) for _ in range(3)]
            other = cache.get_or_compute(2, lambda: b"y")  # another key waits for nobody
            others.set()
            assert [future.result() for future in (first, *rest)] == [b"x"] * 4
        assert (made, other) == ([1], b"y")

    def test_what_fails_is_computed_again(self) -> None:
        cache: Cache[bytes] = Cache(5, len)
        with pytest.raises(ZeroDivisionError):
            cache.get_or_compute(1, lambda: bytes(1 // 0))
        assert cache.get_or_compute(1, lambda: b"x") == b"x"


def test_a_capture_by_somebody_else_shows_within_a_second(sqlite_api: Api) -> None:
    client = sqlite_api.client(sqlite_api.token())
    client.get("/api/growth/7").raise_for_status()
    capture(sqlite_api.store, sqlite_api.account, NOON + DAY, {f"v{n}": 20_000 for n in range(10)})
    sqlite_api.clock.now = NOON + DAY
    sqlite_api.app.state.context.tokens.forget()  # as the second does
    assert client.get("/api/growth/7").json()["window"]["end"].startswith("2026-11-23")


def test_all_answers_are_taken_for_what_they_say_they_are(client: TestClient) -> None:
    for address in (*TAGGED, "/api/nothing", "/api/docs"):
        assert client.get(address).headers["x-content-type-options"] == "nosniff"

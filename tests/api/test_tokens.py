"""Tokens: who gets in, who does not, and what it costs to try."""

import asyncio
import re
import time

import pytest
from anyio import CapacityLimiter
from sqlalchemy import event, select

from api.token_cache import FRESH_SECONDS, MAX_HOLD_SECONDS, Known, TokenCache
from snapshot_core.errors import InputError, NotFound, StoreError
from snapshot_core.identity import api_tokens as identity_tokens
from snapshot_core.identity.api_tokens import claim, create, proved, revoke
from snapshot_core.store.tables import api_tokens
from snapshot_core.windows import DAY
from tests.api.conftest import Api
from tests.support.staged import NOON, captures_of
from tests.support.waiting import wait_until

EVERYTHING = (
    ("GET", "/api/growth/7"),
    ("POST", "/api/growth/snapshot"),
    ("GET", "/api/accounts"),
    ("GET", "/api/videos"),
    ("GET", "/api/videos/v1/history"),
    ("GET", "/api/videos/v1/tags"),
    ("PUT", "/api/videos/v1/tags/birds"),
    ("DELETE", "/api/videos/v1/tags/birds"),
    ("GET", "/api/tags"),
    ("GET", "/api/daily"),
    ("GET", "/api/captures"),
    ("GET", "/api/notes"),
    ("POST", "/api/notes"),
    ("DELETE", "/api/notes/1"),
    ("GET", "/api/export"),
    ("GET", "/api/metrics"),
)
WRONG = (
    "",
    "nonsense",
    "tg_1_1_short",
    "tg_0_1_" + "a" * 43,
    "tg_1_99_" + "a" * 43,
    "tg_99_1_" + "a" * 43,
    "tg_9999999999999999999_1_" + "a" * 43,
    "tg_1_1_" + "a" * 43,
)
DATA = ("creator_01", "v1", "Video", "10900", "complete")


def stored(api: Api) -> list[tuple]:
    with api.store.read() as connection:
        rows = connection.execute(select(api_tokens).order_by(api_tokens.c.token_id))
        return [tuple(row) for row in rows]


def refused(answer, status: int) -> None:
    """It is a problem document that gives nothing away."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith('Bearer realm="truegrowth"')
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert not any(word in answer.text for word in DATA)


@pytest.mark.parametrize(("method", "address"), EVERYTHING)
class TestNobodyGetsIn:
    def test_without_a_token(self, sqlite_api: Api, method: str, address: str) -> None:
        refused(sqlite_api.client().request(method, address), 401)

    def test_with_a_wrong_one(self, sqlite_api: Api, method: str, address: str) -> None:
        sqlite_api.token()
        for text in WRONG:
            refused(sqlite_api.client(text).request(method, address), 401)

    def test_with_a_token_that_has_ended(self, sqlite_api: Api, method: str, address: str) -> None:
        text = sqlite_api.token(days=1)
        sqlite_api.clock.now += DAY
        refused(sqlite_api.client(text).request(method, address), 401)

    def test_without_the_scope(self, sqlite_api: Api, method: str, address: str) -> None:
        scope = "snapshot" if method == "GET" else "read"
        answer = sqlite_api.client(sqlite_api.token(scope)).request(method, address)
        refused(answer, 403)
        assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]

    def test_with_another_way_to_say_who_one_is(
        self, sqlite_api: Api, method: str, address: str
    ) -> None:
        headers = {"Authorization": "Basic " + sqlite_api.token()}
        refused(sqlite_api.client().request(method, address, headers=headers), 401)


def test_health_refuses_a_wrong_token_rather_than_overlook_it(sqlite_api: Api) -> None:
    refused(sqlite_api.client("tg_1_1_" + "a" * 43).get("/api/health"), 401)
    answer = sqlite_api.client().get("/api/health", headers={"Authorization": "Basic x"})
    refused(answer, 401)


def test_a_token_shown_until_now_is_refused_once_it_is_revoked(api: Api) -> None:
    text = api.token()
    client = api.client(text)
    client.get("/api/growth/7").raise_for_status()
    api.store.transact(lambda c: revoke(c, 1, 1, NOON))
    begun = time.monotonic()
    wait_until(lambda: client.get("/api/growth/7").status_code == 401)
    assert time.monotonic() - begun < FRESH_SECONDS + 10
    for method, address in EVERYTHING:
        refused(client.request(method, address), 401)


def test_a_token_that_was_never_shown_is_refused_at_once(api: Api) -> None:
    text = api.token()
    api.store.transact(lambda c: revoke(c, 1, 1, NOON))
    refused(api.client(text).get("/api/growth/7"), 401)


def test_it_ends_at_its_instant_though_it_was_shown_just_before(api: Api) -> None:
    client = api.client(api.token(days=1))
    api.clock.now = NOON + DAY - 1
    assert client.get("/api/accounts").status_code == 200
    api.clock.now = NOON + DAY
    refused(client.get("/api/accounts"), 401)


def test_a_secret_of_another_token_does_not_help(api: Api) -> None:
    mine, other = api.token(), api.token()
    crossed = f"tg_1_1_{other.rpartition('_2_')[2]}" if "_2_" in other else ""
    api.client(mine).get("/api/accounts").raise_for_status()
    refused(api.client(crossed).get("/api/accounts"), 401)


def test_scopes_are_separate(sqlite_api: Api) -> None:
    reader, taker = (sqlite_api.client(sqlite_api.token(one)) for one in ("read", "snapshot"))
    assert reader.get("/api/growth/7").status_code == 200
    before = captures_of(sqlite_api.store, sqlite_api.account.key)
    assert reader.post("/api/growth/snapshot").status_code == 403
    assert captures_of(sqlite_api.store, sqlite_api.account.key) == before
    assert taker.get("/api/growth/7").status_code == 403


class TestLastUse:
    def test_is_noted_once_a_minute(self, api: Api) -> None:
        client = api.client(api.token())

        def used() -> int | None:
            return stored(api)[0][-1]

        client.get("/api/accounts").raise_for_status()
        wait_until(lambda: used() == NOON)
        api.clock.now = NOON + 59
        client.get("/api/accounts").raise_for_status()
        api.clock.now = NOON + 120
        client.get("/api/accounts").raise_for_status()
        wait_until(lambda: used() == NOON + 120)

    def test_many_calls_write_once(self, api: Api) -> None:
        written: list[str] = []

        def note(_connection, _cursor, statement: str, *_rest) -> None:
            if statement.startswith("UPDATE"):
                written.append(statement)

        client = api.client(api.token())
        event.listen(api.store.writer, "before_cursor_execute", note)
        for _ in range(20):
            client.get("/api/growth/7").raise_for_status()
        api.app.state.context.tokens.close()
        assert len(written) == 1

    def test_a_write_that_fails_does_not_fail_the_call(
        self, sqlite_api: Api, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away():
            raise StoreError("The database has no room left on its disk.")

        client = sqlite_api.client(sqlite_api.token())
        monkeypatch.setattr(sqlite_api.store, "write", away)
        assert client.get("/api/growth/7").status_code == 200
        wait_until(lambda: "not noted" in caplog.text)


def guess(number: int) -> str:
    """A token of the right form; every other one is of a token that exists."""
    return f"tg_1_{1 + number % 2 * number}_{number:043d}"


def wrong_tokens(api: Api, count: int) -> None:
    """Nothing changes, the good token works on, and nothing is remembered of them."""
    good = api.client(api.token())
    good.get("/api/growth/7").raise_for_status()
    wait_until(lambda: stored(api)[0][-1] == NOON)
    before = stored(api)
    written: list[str] = []
    event.listen(api.store.writer, "before_cursor_execute", lambda *a: written.append(a[2]))
    stranger = api.client()
    for number in range(count):
        headers = {"Authorization": f"Bearer {guess(number)}"}
        assert stranger.get("/api/growth/7", headers=headers).status_code == 401
        if number % 100 == 0:
            answer = good.get("/api/growth/7")
            assert answer.status_code in (200, 429)
    assert stored(api) == before
    assert written == []
    tokens = api.app.state.context.tokens
    assert (len(tokens._known), len(tokens._under_way)) == (1, 0)
    assert len(api.app.state.context.limits._counts) == 1


def test_wrong_tokens_change_nothing(api: Api) -> None:
    wrong_tokens(api, 300)


@pytest.mark.soak
def test_ten_thousand_wrong_tokens_change_nothing(api: Api) -> None:
    wrong_tokens(api, 10_000)


def test_what_cannot_be_a_token_never_reaches_the_database(sqlite_api: Api) -> None:
    statements: list[str] = []
    event.listen(
        sqlite_api.store.reader, "before_cursor_execute", lambda *a: statements.append(a[2])
    )
    for text in ("x", "tg_1_1_" + "a" * 42, "tg_-1_1_" + "a" * 43, "tg_1_1_" + "ä" * 43):
        headers = {b"Authorization": b"Bearer " + text.encode()}
        assert sqlite_api.client().get("/api/accounts", headers=headers).status_code == 401
    assert statements == []


class TestTheTokensThemselves:
    def test_the_text_is_stored_nowhere(self, api: Api) -> None:
        text = api.token()
        secret = text[-43:]
        assert not any(secret in str(column) for row in stored(api) for column in row)
        assert secret not in repr(claim(text))

    def test_it_has_the_form_that_is_looked_up_by(self, api: Api) -> None:
        assert re.fullmatch(r"tg_1_1_[\w-]{43}", api.token())
        user = api.user("second@example.org")
        assert api.token(user_id=user).startswith(f"tg_{user}_1_")

    def test_numbers_are_never_given_twice(self, api: Api) -> None:
        api.token()
        api.store.transact(lambda c: revoke(c, 1, 1, NOON))
        assert api.token().startswith("tg_1_2_")

    def test_it_proves_one_user_only(self, api: Api) -> None:
        user = api.user("second@example.org")
        text = api.token(user_id=user)
        claimed = claim(text)
        assert claimed is not None
        with api.store.read() as connection:
            bearer = proved(connection, claimed, NOON)
            assert bearer is not None
            assert bearer.user.user_id == user
            other = claim(text.replace(f"tg_{user}_", "tg_1_"))
            assert other is not None
            assert proved(connection, other, NOON) is None

    @pytest.mark.parametrize(
        ("name", "scopes", "days"),
        [
            (" ", ["read"], 1),
            ("x" * 101, ["read"], 1),
            ("a\nb", ["read"], 1),
            ("x", [], 1),
            ("x", ["read", "write"], 1),
            ("x", ["read"], 0),
            ("x", ["read"], -1),
            ("x", ["read"], 100_000),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, sqlite_api: Api, name: str, scopes: list[str], days: int
    ) -> None:
        with pytest.raises(InputError), sqlite_api.store.write() as connection:
            create(connection, 1, name, scopes, NOON, days)
        assert stored(sqlite_api) == []

    @pytest.mark.parametrize("number", [7, 2**63])
    def test_there_must_be_one_to_revoke(self, api: Api, number: int) -> None:
        with pytest.raises(NotFound), api.store.write() as connection:
            revoke(connection, 1, number, NOON)

    def test_revoking_twice_keeps_the_first_time(self, api: Api) -> None:
        api.token()
        for now in (NOON, NOON + 60):
            with api.store.write() as connection:
                revoke(connection, 1, 1, now)
        assert stored(api)[0][-2] == NOON

    def test_compared_in_constant_time(self) -> None:
        assert "compare_digest" in identity_tokens.proved.__code__.co_names


def test_a_good_token_shown_for_the_first_time_does_not_wait_behind_a_flood(
    sqlite_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The more are waiting, the later a wrong one hears of it: it cannot come again before."""
    held: list[float] = []

    async def noted(seconds: float) -> None:
        held.append(seconds)

    monkeypatch.setattr("api.token_cache.sleep", noted)
    tokens = TokenCache(sqlite_api.store, sqlite_api.settings, CapacityLimiter(1))
    claims = [claim(text) for text in (sqlite_api.token(), *(guess(n) for n in range(1, 101)))]

    async def flood() -> list[Known | None]:
        return await asyncio.gather(*(tokens.find(one, NOON) for one in claims if one))

    found = asyncio.run(flood())
    tokens.close()
    assert [one is not None for one in found] == [True] + [False] * 100
    assert sum(seconds == MAX_HOLD_SECONDS for seconds in held) > 40
    assert 0 < min(held) < MAX_HOLD_SECONDS, "the fewer are left, the sooner"
    assert len(held) <= 100, "the good one heard at once"


def test_a_wrong_token_alone_hears_of_it_at_once(
    sqlite_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_seconds: float) -> None:
        raise AssertionError("it was held back")

    monkeypatch.setattr("api.token_cache.sleep", never)
    for number in range(5):
        refused(sqlite_api.client(guess(number)).get("/api/growth/7"), 401)


def test_who_is_known_does_not_wait_behind_strangers(sqlite_api: Api) -> None:
    """Strangers are looked up by threads of their own."""
    tokens = sqlite_api.app.state.context.tokens
    good = sqlite_api.client(sqlite_api.token())
    good.get("/api/accounts").raise_for_status()
    for _ in range(int(tokens._strangers.total_tokens)):
        tokens._strangers.acquire_on_behalf_of_nowait(object())
    tokens.forget()
    assert good.get("/api/accounts").status_code == 200

"""A shared installation, asked by a program: who may fill its memory, and what it tells whom."""

import asyncio
import json

import pytest

from tests.support.waiting import wait_until
from tests.web.shared import ANNA, BORIS, EVE, Installation, tab


def put_by(shared: Installation, session_cookie: str, cookie: str) -> int:
    """The status of an upload with ``cookie`` to the session of ``session_cookie``."""

    async def tried() -> int:
        async with tab(shared, session_cookie) as page:
            return await asyncio.to_thread(
                shared.put, page.session_id, "made-up", page.xsrf, cookie
            )

    return asyncio.run(tried())


def test_a_file_is_taken_from_the_owner_of_the_session(shared: Installation) -> None:
    anna = shared.cookie(ANNA)
    assert put_by(shared, anna, anna) == 204
    assert put_by(shared, anna, shared.cookie(ANNA, lasts=900)) == 204, "who logged in again"


def test_and_from_nobody_else(shared: Installation) -> None:
    anna = shared.cookie(ANNA)
    assert put_by(shared, "", "") == 403, "who has seen the login page"
    for cookie in (
        shared.cookie(EVE),  # who is not on the list
        shared.cookie(ANNA, lasts=-1),  # whose login has ended
        anna[:-1] + "!",  # whose cookie is not ours
    ):
        assert put_by(shared, cookie, cookie) == 403
        assert put_by(shared, anna, cookie) == 403
    assert put_by(shared, anna, "") == 403, "who has read the session's id in a log"
    assert put_by(shared, anna, shared.cookie(BORIS)) == 403, "who may be here, as somebody else"
    assert shared.put("no-session", "made-up", "x", anna) == 403


def test_a_file_is_deleted_by_the_owner_of_the_session_only(shared: Installation) -> None:
    async def deleted_by(cookie: str) -> int:
        async with tab(shared, shared.cookie(ANNA)) as page:
            arguments = page.session_id, "made-up", page.xsrf, cookie, "DELETE"
            return await asyncio.to_thread(shared.put, *arguments)

    assert asyncio.run(deleted_by(shared.cookie(ANNA))) == 204
    assert asyncio.run(deleted_by(shared.cookie(BORIS))) == 403


def test_a_session_is_not_taken_over_by_its_id(shared: Installation) -> None:
    async def tried() -> None:
        async with tab(shared, shared.cookie(ANNA)) as annas:
            for cookie in (shared.cookie(BORIS), ""):
                async with tab(shared, cookie, annas.session_id) as other:
                    assert other.session_id != annas.session_id
            await annas.run()  # it goes on

    asyncio.run(tried())


@pytest.mark.parametrize("path", ["/", "/api/accounts", "/api", "/_stcore/metrics"])
def test_a_refusal_has_the_headers_of_every_answer(shared: Installation, path: str) -> None:
    status, headers, _ = shared.ask(path, Host="evil.example")
    assert status == 400
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/api/accounts", "evil.example", 400),
        ("/api/videos/%00/history", "127.0.0.1", 400),
        ("/api", "127.0.0.1", 404),
        ("/api/", "127.0.0.1", 404),
    ],
)
def test_under_api_a_refusal_is_a_problem_document(
    shared: Installation, path: str, host: str, status: int
) -> None:
    answered, headers, body = shared.ask(path, Host=host)
    assert answered == status
    assert headers["content-type"] == "application/problem+json"
    told = json.loads(body)
    assert told["status"] == status
    assert told["detail"]


def test_the_log_names_paths_without_their_codes(shared: Installation) -> None:
    shared.ask("/connect?code=very-secret&state=also-secret")
    shared.ask("/settings")
    wait_until(lambda: "GET /settings" in shared.log.read_text())
    told = shared.log.read_text()
    assert '"GET /connect HTTP' in told
    assert "secret" not in told


def test_a_choice_that_is_put_back_into_the_address_leaves_no_trace_in_the_log(
    shared: Installation,
) -> None:
    async def tried() -> None:
        async with tab(shared, shared.cookie(ANNA)) as page:
            await page.run("", "period=30d")
            await page.run("videos")
            (chosen, *_) = page.drawn("button_group")
            assert (chosen.query_param_key, list(chosen.raw_values)) == ("period", ["30d"])

    asyncio.run(tried())
    log = shared.log.read_text()
    assert "default value" not in log
    assert "Stack (most recent call last)" not in log

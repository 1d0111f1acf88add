"""The API: every route with every id of the other user."""

from itertools import product
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create
from snapshot_core.sources.registry import load_settings
from tests.separation.conftest import LOGINS, Worlds
from tests.separation.worlds import ANNA, BORIS, OF_BORIS, World, anna_accounts
from tests.support.staged import Hands
from tests.support.stock import capture

OPEN = {"/openapi.json", "/docs"}
"""What says nothing of anybody, so that no token is asked for."""


def app_of(one: World, **more: str) -> FastAPI:
    return create(
        load_settings({**LOGINS, "DATABASE_URL": one.url, **more}, None), one.store, Hands()
    )


def client_of(one: World, app: FastAPI, token: str | None = None) -> TestClient:
    given = {"Authorization": f"Bearer {one.token if token is None else token}"}
    return TestClient(app, headers=given, raise_server_exceptions=False)


def values(one: World) -> dict[str, list[Any]]:
    """What is asked for each parameter that a route may have; None leaves it out."""
    theirs = one.of(one.boris)
    names = [row[2] for row in theirs["accounts"]]
    platform_ids = [row[3] for row in theirs["videos"]]
    return {
        "account": [None, names[0], names[-1], "anna-channel-0"],
        "platform_id": [platform_ids[0], str(one.boris_videos[-1]), "anna-channel-0-v0"],
        "period": ["1", "30"],
        "start": [None, "2026-10-25"],
        "end": [None],
        "compare": ["year"],
        "sort": [None, "likes"],
        "note_id": [1, 2],
        "limit": [None],
        "days": [None, 3650],
        "format": [None, "parquet"],
        "tag": ["own tag"],
        "cursor": [None, *cursors(one)],
    }


def cursors(one: World) -> list[str]:
    """Where Boris's own lists go on."""
    app = app_of(one)
    token = create_token(one)
    client = client_of(one, app, token)
    found = [
        client.get(f"/api{path}", params={"limit": 1}).raise_for_status().json()["next"]
        for path in ("/videos", "/captures", "/videos/boris-channel-0-v0/history")
    ]
    app.state.context.tokens.close()
    assert all(found)
    return found


def create_token(one: World) -> str:
    from snapshot_core.identity.api_tokens import create as made

    assert one.boris is not None
    user_id = one.boris.user_id
    return one.store.transact(lambda c: made(c, user_id, "his", ["read"], Hands().now, 1))[1]


def questions(document: dict[str, Any], known: dict[str, list[Any]]) -> list[tuple[str, str, dict]]:
    """Every route with every combination of what is asked; a parameter nobody knows fails."""
    found = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            asked = [one for one in operation.get("parameters", ()) if one["in"] != "header"]
            names = [one["name"] for one in asked]
            for given in product(*(known[name] for name in names)):
                query = dict(zip(names, given, strict=True))
                where = path
                for one in asked:
                    if one["in"] == "path":
                        where = where.replace(f"{{{one['name']}}}", str(query.pop(one["name"])))
                found.append((method, where, {k: v for k, v in query.items() if v is not None}))
    return found


def routes(app: FastAPI) -> set[str]:
    """Every address that the application answers, be it in its document or not."""

    def below(routes: Any) -> set[str]:
        found = set()
        for route in routes:
            if path := getattr(route, "path_format", None):
                found.add(path)
            else:  # a router that was included
                found |= below(route.original_router.routes)
        return found

    return below(app.routes)


def test_every_route_is_asked(worlds: Worlds) -> None:
    app = app_of(worlds[0])
    assert routes(app) - OPEN == set(app.openapi()["paths"])
    for path in OPEN:
        bare = TestClient(app).get(f"/api{path}")
        assert bare.status_code == 200
        assert OF_BORIS not in bare.text


def test_the_answers_are_the_same_whether_or_not_the_other_is_there(worlds: Worlds) -> None:
    with_boris, without = worlds
    before = with_boris.of(with_boris.boris)
    asked = questions(app_of(with_boris).openapi(), values(with_boris))
    assert len(asked) > 80
    apps = (
        app_of(with_boris, TRUEGROWTH_API_RATE="100000"),
        app_of(without, TRUEGROWTH_API_RATE="100000"),
    )
    clients = client_of(with_boris, apps[0]), client_of(without, apps[1])
    found = 0
    for method, path, query in asked:
        first, second = (one.request(method, f"/api{path}", params=query) for one in clients)
        assert first.status_code == second.status_code, (path, query)
        assert first.content == second.content, (path, query)
        assert first.status_code < 500, (path, query)
        found += first.status_code == 200
        if OF_BORIS not in f"{path}{query}":
            assert OF_BORIS.encode() not in first.content, (path, query)
    assert found > 20, "so many of the answers had something in them"
    after = with_boris.of(with_boris.boris)
    after["api_tokens"] = after["api_tokens"][: len(before["api_tokens"])]
    assert {name for name in before if before[name] != after[name]} <= {"api_tokens"}


def test_numbers_of_the_other_would_be_noticed(worlds: Worlds) -> None:
    """The comparison is not blind: Anna's own numbers do change the answers."""
    (first, _) = anna_accounts(worlds[0])
    capture(worlds[0].store, first, Hands().now - 1, {"more": 1})
    answers = [client_of(one, app_of(one)).get("/api/captures").text for one in worlds]
    assert answers[0] != answers[1]


@pytest.mark.parametrize("path", ["accounts", "growth/7", "export", "metrics", "health"])
def test_ones_own_secret_opens_nobody_elses_door(worlds: Worlds, path: str) -> None:
    one = worlds[0]
    assert one.boris is not None
    secret = one.token.split("_", 3)[3]
    for user in (one.boris.user_id, 1):
        for number in (1, 2):
            client = client_of(one, app_of(one), f"tg_{user}_{number}_{secret}")
            answer = client.get(f"/api/{path}")
            assert answer.status_code == 401
            assert OF_BORIS not in answer.text


def test_programs_stop_with_their_user(worlds: Worlds) -> None:
    """Who is taken off the list of those who may log in, may not ask by token either."""
    one = worlds[0]
    theirs = create_token(one)
    for allowed, statuses in {
        f"{ANNA.email} @two.example": (200, 200),
        f"{BORIS.email}": (401, 200),
        "@one.example": (200, 401),
    }.items():
        app = app_of(one, TRUEGROWTH_ALLOWED_USERS=allowed)
        for token, status in zip((one.token, theirs), statuses, strict=True):
            assert client_of(one, app, token).get("/api/accounts").status_code == status

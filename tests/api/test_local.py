"""Alone, too, the API is guarded: on this machine only, unless people log in."""

import pytest
from starlette.testclient import TestClient

from api.app import create
from api.errors import Problem
from snapshot_core.sources.registry import load_settings
from tests.api.conftest import HERE, Api
from tests.separation.conftest import LOGINS


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8502", "[::1]:8502", "LOCALHOST"])
def test_this_machine_may_ask_by_its_own_names(sqlite_api: Api, host: str) -> None:
    answer = sqlite_api.client().get("/api/health", headers={"Host": host})
    assert answer.json() == {"status": "ok"}


@pytest.mark.parametrize("server", ["192.168.1.5", "10.0.0.1", "[fe80::1]", "growth.lan"])
@pytest.mark.parametrize("path", ["health", "docs", "growth/7"])
def test_what_comes_in_from_elsewhere_is_turned_away_with_the_remedy(
    sqlite_api: Api, server: str, path: str
) -> None:
    headers = {"Host": "localhost", "Authorization": f"Bearer {sqlite_api.token()}"}
    for asked_by in (headers, {**headers, "Host": server}):
        client = TestClient(sqlite_api.app, f"http://{server}", headers=asked_by)
        answer = client.get(f"/api/{path}")
        assert answer.status_code == 403
        assert "docs/shared-installation.md" in Problem.model_validate(answer.json()).detail


def test_what_a_proxy_on_this_machine_passes_on_is_from_elsewhere(sqlite_api: Api) -> None:
    headers = {"X-Forwarded-For": "203.0.113.7"}
    assert (
        sqlite_api.client(sqlite_api.token()).get("/api/docs", headers=headers).status_code == 403
    )


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[", "", "x@y"])
def test_a_foreign_name_that_points_here_opens_nothing(sqlite_api: Api, host: str) -> None:
    answer = sqlite_api.client(sqlite_api.token()).get("/api/growth/7", headers={"Host": host})
    assert answer.status_code == 400
    Problem.model_validate(answer.json())


def test_where_people_log_in_it_may_be_reached_from_anywhere(sqlite_api: Api) -> None:
    settings = load_settings({**LOGINS, "DATABASE_URL": sqlite_api.settings.database_url}, None)
    app = create(settings, sqlite_api.store, sqlite_api.clock)
    client = TestClient(app, "http://growth.example.org")
    assert client.get("/api/health").json() == {"status": "ok"}
    assert client.get("/api/growth/7").status_code == 401
    app.state.context.tokens.close()


def test_every_answer_says_what_a_browser_may_do_with_it(
    sqlite_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("api.routes.growth.overview", broken)
    client = sqlite_api.client(sqlite_api.token())
    elsewhere = TestClient(sqlite_api.app, "http://10.0.0.1")
    asked = {
        200: client.get("/api/docs"),
        400: client.get("/api/docs", headers={"Host": "evil.example"}),
        401: TestClient(sqlite_api.app, HERE).get("/api/growth/7"),
        403: elsewhere.get("/api/docs"),
        404: client.get("/elsewhere"),
        500: client.get("/api/growth/7"),
    }
    for status, answer in asked.items():
        assert answer.status_code == status
        for name, value in {"x-content-type-options": "nosniff", "x-frame-options": "DENY"}.items():
            assert answer.headers.get_list(name) == [value], status
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]

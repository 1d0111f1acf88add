"""The OpenAPI document is true: whatever is asked by it is answered as it says."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from pydantic import TypeAdapter
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.engine.recorder import CheckFailureInfo
from starlette.types import Receive, Scope, Send

from api.docs.page import example_of, reference
from api.errors import Problem
from snapshot_core.view.documents.captures import Captures
from snapshot_core.view.documents.days import Daily
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.documents.history import History
from snapshot_core.view.documents.videos import Videos
from tests.api.conftest import Api, make_api
from tests.support.staged import Hands

MIN_REQUESTS = 1_000
"""Of the long run."""


class Counted:
    """ASGI middleware that counts what was answered, by status."""

    def __init__(self, app: FastAPI, clock: Hands) -> None:
        self.app, self.clock = app, clock
        self.statuses: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.statuses.append(message["status"])
            await send(message)

        self.clock.now += 1  # of one second there is one snapshot only
        await self.app(_from_here(scope), receive, noted)


def _from_here(scope: Scope) -> Scope:
    """Asked as on this machine; schemathesis asks for a name of its own."""
    rest = [(name, value) for name, value in scope.get("headers", ()) if name != b"host"]
    return {**scope, "server": ("127.0.0.1", 80), "headers": [(b"host", b"127.0.0.1"), *rest]}


@pytest.fixture
def counted(sqlite_api: Api) -> Iterator[Counted]:
    """Answers a million calls a minute; no answer may be a fault of ours."""
    url = sqlite_api.settings.database_url
    made = make_api(sqlite_api.store, url, sqlite_api.staged, rate=1_000_000)
    app = Counted(made.app, made.clock)
    yield app
    assert [status for status in app.statuses if status >= 500] == []


def ask_everything(app: Counted, token: str, examples: int) -> list[str]:
    """Run all phases and all checks of schemathesis; what is wrong, each with how to see it."""
    config = SchemathesisConfig.from_dict(
        {
            "headers": {"Authorization": f"Bearer {token}"},
            "continue-on-failure": True,
            "workers": 1,
            "generation": {
                "max-examples": examples,
                "database": "none",
                "deterministic": os.environ.get("CI") == "true",
            },
            "cache": {"enabled": False},
        }
    )
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, config=config)
    wrong: list[str] = []
    for happened in from_schema(schema).execute():
        if isinstance(happened, ScenarioFinished):
            checks = [check for each in happened.recorder.checks.values() for check in each]
            failures = [check.failure_info for check in checks if check.failure_info]
            wrong += [
                f"{failure.failure}\n{failure.code_sample}"
                for failure in failures
                if not is_of_dates(failure)
            ]
        elif isinstance(happened, NonFatalError):
            wrong.append(f"{happened.label}: {happened.value!r}")
        elif isinstance(happened, FatalError):
            raise happened.exception
    return wrong


def is_of_dates(failure: CheckFailureInfo) -> bool:
    """Whether days were refused: too far away, the last before the first, a last day alone.

    OpenAPI has no words for any of these.
    """
    refused = failure.failure.title == "Schema-valid request rejected"
    return refused and any(day in failure.code_sample for day in ("start=", "end="))


def test_whatever_is_asked_is_answered_as_described(
    counted: Counted, sqlite_api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = ask_everything(counted, sqlite_api.token(), 5)
    assert wrong == []


@pytest.mark.soak
def test_a_thousand_requests_are_answered_as_described(
    counted: Counted, sqlite_api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = ask_everything(counted, sqlite_api.token(), 100)
    assert wrong == []
    assert len(counted.statuses) >= MIN_REQUESTS


def test_every_error_is_documented_as_a_problem(sqlite_api: Api) -> None:
    document = sqlite_api.app.openapi()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            statuses = {status for status in operation["responses"] if status[0] in "45"}
            assert statuses >= {"401", "403", "413", "422", "429", "503"}, path
            for status in statuses:
                content = operation["responses"][status]["content"]
                assert list(content) == ["application/problem+json"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
    paths = document["paths"]
    assert "409" in paths["/growth/snapshot"]["post"]["responses"]
    assert "404" in paths["/growth/{period}"]["get"]["responses"]


def test_the_document_tells_where_it_is_served(sqlite_api: Api) -> None:
    document = sqlite_api.client().get("/api/openapi.json").json()
    assert document["servers"] == [{"url": "/api"}]


@pytest.mark.parametrize("document", [Growth, Videos, Daily, History, Captures, Problem])
def test_examples_are_what_they_are_examples_of(sqlite_api: Api, document: type) -> None:
    schemas = sqlite_api.app.openapi()["components"]["schemas"]
    example = example_of(schemas, schemas[document.__name__])
    TypeAdapter(document).validate_python(example)


def test_the_reference_is_one_page_that_asks_for_nothing_else(sqlite_api: Api) -> None:
    page = sqlite_api.client().get("/api/docs").text
    assert page == reference(sqlite_api.app.openapi(), "/api")
    for path in sqlite_api.app.openapi()["paths"]:
        assert f"/api{path}" in page
    assert "<script" not in page
    assert "src=" not in page
    assert page.count("http") == page.count("http://127.0.0.1:8501/api")

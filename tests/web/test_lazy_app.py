"""An application that is made when it is first asked for something."""

from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from web.lazy_app import LazyApp


async def hello(_request: object) -> PlainTextResponse:
    return PlainTextResponse("hello")


def test_it_is_made_by_the_first_request_and_by_no_other() -> None:
    made: list[int] = []

    def make() -> ASGIApp:
        made.append(1)
        return Starlette(routes=[Route("/x", hello)])

    client = TestClient(Starlette(routes=[Mount("/api", LazyApp(make))]))
    assert made == []
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: client.get("/api/x").text, range(8)))
    assert answers == ["hello"] * 8
    assert made == [1]


def test_what_could_not_be_made_is_tried_again() -> None:
    tries: list[int] = []

    def make() -> ASGIApp:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("a setting is wrong")
        return Starlette(routes=[Route("/x", hello)])

    client = TestClient(
        Starlette(routes=[Mount("/api", LazyApp(make))]), raise_server_exceptions=False
    )
    assert client.get("/api/x").status_code == 500
    assert client.get("/api/x").text == "hello"

"""How many uploads are kept for a session, and what becomes of one whose session has ended."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from web.uploads import MAX_FILES_PER_SESSION, UPLOAD_PATH, UploadGuard


class Sessions:
    """A runtime, as far as uploads ask it: which sessions are open, and the files of each."""

    def __init__(self) -> None:
        self.open = {"one"}
        self.uploaded_file_mgr = MemoryUploadedFileManager(UPLOAD_PATH)
        self.ends_meanwhile = False

    def is_active_session(self, session_id: str) -> bool:
        return session_id in self.open

    def held(self, session_id: str = "one") -> list[str]:
        return list(self.uploaded_file_mgr.file_storage.get(session_id, ()))


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Sessions:
    made = Sessions()
    monkeypatch.setattr(Runtime, "instance", lambda: made)
    return made


@pytest.fixture
def client(runtime: Sessions) -> TestClient:
    async def take(request: Request) -> Response:
        session_id, file_id = request.path_params["session"], request.path_params["file"]
        if runtime.ends_meanwhile:
            runtime.open.discard(session_id)
            runtime.uploaded_file_mgr.remove_session_files(session_id)
        file = UploadedFileRec(file_id, "a.csv", "text/csv", b"video")
        runtime.uploaded_file_mgr.add_file(session_id, file)
        return Response(status_code=204)

    async def page(_request: Request) -> Response:
        return PlainTextResponse("a page")

    path = UPLOAD_PATH + "{session}/{file}"
    guarded = [Middleware(UploadGuard, owns=lambda _scope, session_id: session_id in runtime.open)]
    routes = [Route(path, take, methods=["PUT"]), Route("/", page)]
    return TestClient(Starlette(routes=routes, middleware=guarded))


def test_however_many_are_sent_the_newest_are_held(client: TestClient, runtime: Sessions) -> None:
    for number in range(10):
        assert client.put(f"{UPLOAD_PATH}one/file-{number}").status_code == 204
        assert len(runtime.held()) <= MAX_FILES_PER_SESSION
    assert runtime.held() == [f"file-{number}" for number in range(10)][-MAX_FILES_PER_SESSION:]


def test_who_may_not_be_here_gets_nothing_held(client: TestClient, runtime: Sessions) -> None:
    for session_id in ("anothers", "never-opened"):
        answer = client.put(f"{UPLOAD_PATH}{session_id}/file")
        assert answer.status_code == 403
        assert "Reload it" in answer.text
        assert runtime.held(session_id) == []


def test_what_comes_in_for_a_session_that_ended_meanwhile_is_let_go(
    client: TestClient, runtime: Sessions
) -> None:
    runtime.ends_meanwhile = True
    assert client.put(f"{UPLOAD_PATH}one/file").status_code == 204
    assert runtime.held() == []


def test_all_else_is_passed_on(client: TestClient) -> None:
    assert client.get("/").text == "a page"

"""A shared installation, asked by a program: who may fill its memory, and what it tells whom."""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

import pytest
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from snapshot_core.identity.cookie_secret import cookie_secret
from snapshot_core.sources.registry import load_settings
from tests.support.ports import free_port, wait_for
from tests.support.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).resolve().parents[2]
COOKIE = "_streamlit_user"
ANNA, EVE = "anna@agency.example", "eve@elsewhere.example"


@dataclass
class Installation:
    address: str
    environ: dict[str, str]
    log: Path

    def cookie(self, email: str, lasts: int = 600) -> str:
        """The login cookie of somebody, as the dashboard makes it."""
        claims = {
            "origin": self.address,
            "is_logged_in": True,
            "iss": "https://login.example",
            "sub": email,
            "email": email,
            "email_verified": True,
            "exp": int(time.time()) + lasts,
        }
        secret = cookie_secret(load_settings(self.environ, None))
        return f"{COOKIE}={create_signed_value(secret, COOKIE, json.dumps(claims)).decode()}"

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.address + path, body, named, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, lower(answer.headers), answer.read()
        except HTTPError as refused:
            return refused.code, lower(refused.headers), refused.read()

    def put(self, session: str, name: str, xsrf: str) -> int:
        """The status of bringing a small file in."""
        part = b'Content-Disposition: form-data; name="file"; filename="a.csv"'
        body = b"--X\r\n" + part + b"\r\nContent-Type: text/csv\r\n\r\nvideo\r\n--X--\r\n"
        path = f"/_stcore/upload_file/{session}/{name}"
        kind = "multipart/form-data; boundary=X"
        cookie = f"_streamlit_xsrf={xsrf}"
        return self.ask(path, "PUT", body, Content_Type=kind, X_Xsrftoken=xsrf, Cookie=cookie)[0]


def lower(headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """`uvicorn app:app` with logins, whose provider nobody asks here."""
    folder, port = tmp_path_factory.mktemp("shared"), free_port()
    address = f"http://127.0.0.1:{port}"
    environ = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'one.db'}",
        "TRUEGROWTH_TIME_ZONE": "UTC",
        "TRUEGROWTH_SECRET_KEY": "k" * 40,
        "TRUEGROWTH_OIDC_METADATA_URL": "https://login.example/.well-known/openid-configuration",
        "TRUEGROWTH_OIDC_CLIENT_ID": "one",
        "TRUEGROWTH_OIDC_CLIENT_SECRET": "two",
        "TRUEGROWTH_OIDC_REDIRECT_URI": f"{address}/oauth2callback",
        "TRUEGROWTH_ALLOWED_USERS": ANNA,
    }
    command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port)]
    log = folder / "log"
    with (
        log.open("wb") as stream,
        subprocess.Popen(command, cwd=ROOT, env=environ, stdout=stream, stderr=stream) as running,
    ):
        try:
            wait_for(f"{address}/_stcore/health", running)
            yield Installation(address, environ, log)
        finally:
            running.terminate()


@asynccontextmanager
async def session(shared: Installation, cookie: str = "") -> AsyncIterator[tuple[str, str]]:
    """A page that is open: the id of its session, and what guards it from other pages."""
    status, headers, _ = await asyncio.to_thread(shared.ask, "/_stcore/health")
    assert status == 200
    xsrf = headers["set-cookie"].split(";")[0].removeprefix("_streamlit_xsrf=")
    cookies = "; ".join(one for one in (f"_streamlit_xsrf={xsrf}", cookie) if one)
    async with websockets.connect(
        shared.address.replace("http:", "ws:") + "/_stcore/stream",
        subprotocols=["streamlit", xsrf],  # type: ignore[list-item]
        additional_headers={"Origin": shared.address, "Cookie": cookies},
        max_size=None,
    ) as socket:
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        await socket.send(asked.SerializeToString())
        while True:
            heard = ForwardMsg()
            heard.ParseFromString(await asyncio.wait_for(socket.recv(), PATIENCE_SECONDS))
            if heard.WhichOneof("type") == "new_session":
                yield heard.new_session.initialize.session_id, xsrf
                return


def put_by(shared: Installation, cookie: str) -> int:
    async def tried() -> int:
        async with session(shared, cookie) as (session_id, xsrf):
            return await asyncio.to_thread(shared.put, session_id, "made-up", xsrf)

    return asyncio.run(tried())


def test_a_file_is_taken_from_who_may_be_here(shared: Installation) -> None:
    assert put_by(shared, shared.cookie(ANNA)) == 204


def test_and_from_nobody_else(shared: Installation) -> None:
    assert put_by(shared, "") == 403, "who has seen the login page"
    assert put_by(shared, shared.cookie(EVE)) == 403, "who is not on the list"
    assert put_by(shared, shared.cookie(ANNA, lasts=-1)) == 403, "whose login has ended"
    assert put_by(shared, shared.cookie(ANNA)[:-1] + "!") == 403, "whose cookie is not ours"
    assert shared.put("no-session", "made-up", "x") == 403


def test_what_streamlit_keeps_is_nobodys_business(shared: Installation) -> None:
    for path in ("/_stcore/metrics", "/_stcore/metrics?families=active_sessions"):
        status, _, body = shared.ask(path)
        assert status == 404
        assert b"TYPE" not in body


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

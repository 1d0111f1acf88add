"""A shared installation as it is served, and a browser tab that speaks Streamlit's protocol."""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from snapshot_core.identity.cookie_secret import cookie_secret
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import Account, add_account
from snapshot_core.store.database import Connection
from snapshot_core.store.users import Person, ensure_user_of
from tests.support.ports import free_port, wait_for
from tests.support.programs import ROOT
from tests.support.staged import installed
from tests.support.stock import capture
from tests.support.waiting import PATIENCE_SECONDS

COOKIE = "_streamlit_user"
ISSUER = "https://login.example"
ANNA, BORIS, EVE = "anna@agency.example", "boris@agency.example", "eve@elsewhere.example"


@dataclass
class Installation:
    """Anna and Boris may log in, and each has an account with one video."""

    address: str
    environ: dict[str, str]
    log: Path

    def cookie(self, email: str, lasts: int = 600) -> str:
        """The login cookie of somebody, as the dashboard makes it."""
        claims = {
            "origin": self.address,
            "is_logged_in": True,
            "iss": ISSUER,
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
        """Status, headers and body. A redirect is followed."""
        named = {name.replace("_", "-"): value for name, value in headers.items() if value}
        request = urllib.request.Request(self.address + path, body, named, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, _lower(answer.headers), answer.read()
        except HTTPError as refused:
            return refused.code, _lower(refused.headers), refused.read()

    def put(self, session: str, name: str, xsrf: str, cookie: str = "", method: str = "PUT") -> int:
        """The status of an upload of a small file."""
        part = b'Content-Disposition: form-data; name="file"; filename="a.csv"'
        body = b"--X\r\n" + part + b"\r\nContent-Type: text/csv\r\n\r\nvideo\r\n--X--\r\n"
        path = f"/_stcore/upload_file/{session}/{name}"
        kind = "multipart/form-data; boundary=X"
        cookies = "; ".join(each for each in (f"_streamlit_xsrf={xsrf}", cookie) if each)
        return self.ask(path, method, body, Content_Type=kind, X_Xsrftoken=xsrf, Cookie=cookies)[0]


@dataclass
class Tab:
    """An open page."""

    socket: Any
    xsrf: str
    session_id: str = ""
    messages: list[ForwardMsg] = field(default_factory=list)
    """What the last run drew."""

    async def send(self, **kind: Any) -> None:
        """Send a message of a kind, as in ``clear_cache=True``."""
        await self.socket.send(BackMsg(**kind).SerializeToString())

    async def heard(self, kind: str) -> ForwardMsg:
        """The next message of this kind."""
        while True:
            message = ForwardMsg()
            message.ParseFromString(await asyncio.wait_for(self.socket.recv(), PATIENCE_SECONDS))
            self.messages.append(message)
            if message.WhichOneof("type") == kind:
                return message

    async def run(self, page: str = "", query: str = "") -> None:
        """Run the script of a page to its end."""
        self.messages.clear()
        back = BackMsg()
        back.rerun_script.query_string = query
        back.rerun_script.page_name = page
        await self.socket.send(back.SerializeToString())
        new = await self.heard("new_session")
        self.session_id = new.new_session.initialize.session_id
        while (await self.heard("script_finished")).script_finished != (
            ForwardMsg.FINISHED_SUCCESSFULLY
        ):
            pass

    def drawn(self, kind: str) -> list[Any]:
        """The elements of this kind that the last run drew."""
        elements = [each.delta.new_element for each in self.messages if each.HasField("delta")]
        return [getattr(each, kind) for each in elements if each.WhichOneof("type") == kind]


@asynccontextmanager
async def tab(
    shared: Installation, cookie: str = "", existing_session: str = ""
) -> AsyncIterator[Tab]:
    """Open a page in a browser with this login cookie; its first run is over."""
    status, headers, _ = await asyncio.to_thread(shared.ask, "/_stcore/health")
    assert status == 200
    xsrf = headers["set-cookie"].split(";")[0].removeprefix("_streamlit_xsrf=")
    cookies = "; ".join(each for each in (f"_streamlit_xsrf={xsrf}", cookie) if each)
    protocols = ["streamlit", xsrf, *([existing_session] if existing_session else [])]
    async with websockets.connect(
        shared.address.replace("http:", "ws:") + "/_stcore/stream",
        subprotocols=protocols,  # type: ignore[arg-type]
        additional_headers={"Origin": shared.address, "Cookie": cookies},
        max_size=None,
    ) as socket:
        opened = Tab(socket, xsrf)
        await opened.run()
        yield opened


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@contextmanager
def shared_installation(folder: Path) -> Iterator[Installation]:
    """`uvicorn app:app` with logins, whose provider nobody asks here."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    url = f"sqlite:///{folder / 'one.db'}"
    _fill(url)
    environ = {
        **os.environ,
        "DATABASE_URL": url,
        "TRUEGROWTH_TIME_ZONE": "UTC",
        "TRUEGROWTH_SECRET_KEY": "k" * 40,
        "TRUEGROWTH_OIDC_METADATA_URL": f"{ISSUER}/.well-known/openid-configuration",
        "TRUEGROWTH_OIDC_CLIENT_ID": "one",
        "TRUEGROWTH_OIDC_CLIENT_SECRET": "two",
        "TRUEGROWTH_OIDC_REDIRECT_URI": f"{address}/oauth2callback",
        "TRUEGROWTH_ALLOWED_USERS": f"{ANNA}, {BORIS}",
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


def _fill(url: str) -> None:
    store = installed(url)
    now = int(time.time())
    for email in (ANNA, BORIS):

        def account(connection: Connection, email: str = email) -> Account:
            user = ensure_user_of(connection, Person(ISSUER, email, email), now)
            return add_account(connection, user.user_id, email, "csv", now)

        capture(store, store.transact(account), now - 3_600, {f"of-{email}": 100})
    store.close()

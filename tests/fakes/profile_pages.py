"""The pages of public profiles that yt-dlp reads, on the platform's own host name.

A CONNECT proxy on loopback answers for every host with a certificate made for the occasion, so
that an unchanged yt-dlp reads the fake where its addresses say it reads the platform:

    with profile_pages(Profile("creator", videos)) as pages, pages.reached(monkeypatch): …
"""

import json
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.fakes.hostile import Harm, speak

HOST = "www.tiktok.com"
PER_PAGE = 15


@dataclass
class Video:
    """One video; its counters are told already rounded, as the platform does."""

    id: str
    published_at: int
    stats: dict[str, Any]
    title: str = "A video"


@dataclass
class Profile:
    """One public profile; its videos newest first."""

    handle: str
    videos: list[Video] = field(default_factory=list)
    sec_uid: str = "MS4wLjABAAAA" + "p" * 64
    private: bool = False
    says_more: bool = False
    """Whether the list claims to go on after its last video."""


@dataclass
class Pages:
    """What is served. ``scripted``: answers for the next requests whose path begins so."""

    profiles: list[Profile]
    authority: Path
    port: int = 0
    paths: list[str] = field(default_factory=list)
    scripted: deque[tuple[str, int, bytes]] = field(default_factory=deque)
    cut: set[str] = field(default_factory=set)
    """Paths whose connections end without an answer."""
    torn: dict[str, int] = field(default_factory=dict)
    """How many answers of a path end in the middle."""
    harms: dict[str, Harm] = field(default_factory=dict)
    """Paths that are answered as a hostile platform does."""
    ended: threading.Event = field(default_factory=threading.Event)
    before_list: Callable[[int], None] = lambda _page: None

    @contextmanager
    def reached(self, monkeypatch: pytest.MonkeyPatch) -> Iterator["Pages"]:
        """Lead this process's way to https through the fake, as an administrator would."""
        with monkeypatch.context() as patch:
            for name in ("HTTP_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
                patch.delenv(name, raising=False)
            for name in ("NO_PROXY", "no_proxy"):
                patch.setenv(name, "127.0.0.1,localhost")
            patch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{self.port}")
            # The second is what browser-like requests heed once their library is loaded.
            for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
                patch.setenv(name, str(self.authority))
            yield self

    def say(self, path: str, status: int, body: bytes | str | dict[str, Any] = b"") -> None:
        """Answer the next request whose path begins with ``path`` so."""
        if isinstance(body, dict):
            body = json.dumps(body)
        self.scripted.append((path, status, body.encode() if isinstance(body, str) else body))

    def asked(self, path: str) -> int:
        """How many requests had a path that begins so."""
        return sum(each.startswith(path) for each in self.paths)

    def answer(self, address: str) -> tuple[int, bytes] | None:
        """Status and body; None where the connection ends."""
        parts = urlsplit(address)
        self.paths.append(parts.path)
        if self.scripted and parts.path.startswith(self.scripted[0][0]):
            _, status, body = self.scripted.popleft()
            return status, body
        if any(parts.path.startswith(path) for path in self.cut):
            return None
        if parts.path == "/api/creator/item_list/":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            return 200, json.dumps(self._items(query)).encode()
        if parts.path.startswith("/@"):
            return self._profile(parts.path[2:])
        return 404, b"<html>not found</html>"

    def _profile(self, handle: str) -> tuple[int, bytes]:
        for profile in self.profiles:
            if profile.handle == handle:
                break
        else:
            return 404, b"<html>not found</html>"
        if profile.private:
            return 200, rehydration({"statusCode": 10222, "userInfo": {}})
        user = {"secUid": profile.sec_uid, "uniqueId": handle}
        stats = {"videoCount": len(profile.videos)}
        told = {"userInfo": {"user": user, "stats": stats, "itemList": []}, "statusCode": 0}
        return 200, rehydration(told)

    def _items(self, query: dict[str, str]) -> dict[str, Any]:
        self.before_list(self.asked("/api/creator/item_list/"))
        for profile in self.profiles:
            if profile.sec_uid == query["secUid"]:
                break
        else:
            return {"statusCode": 0, "hasMorePrevious": False}
        if profile.private:
            return {"statusCode": 0, "hasMorePrevious": True}
        older = [v for v in profile.videos if v.published_at * 1_000 < int(query["cursor"])]
        shown = older[:PER_PAGE]
        return {
            "statusCode": 0,
            "itemList": [item(video, profile) for video in shown],
            "hasMorePrevious": profile.says_more or len(older) > len(shown),
        }


def item(video: Video, profile: Profile) -> dict[str, Any]:
    """A video as the list tells it."""
    return {
        "id": video.id,
        "desc": video.title,
        "createTime": video.published_at,
        "author": {"id": "1", "uniqueId": profile.handle, "secUid": profile.sec_uid},
        "stats": video.stats,
        "video": {"duration": 31, "cover": f"https://p16.example.com/{video.id}.jpg"},
    }


def rehydration(detail: dict[str, Any]) -> bytes:
    """A profile's page, as far as anybody reads it."""
    data = json.dumps({"__DEFAULT_SCOPE__": {"webapp.user-detail": detail}})
    kind = '<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json">'
    return f"<html><body>{kind}{data}</script></body></html>".encode()


@contextmanager
def profile_pages(*profiles: Profile) -> Iterator[Pages]:
    """Serve ``profiles`` behind a proxy on a free port of loopback."""
    with TemporaryDirectory() as folder:
        authority, chain = _certificates(Path(folder))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        context.set_alpn_protocols(["http/1.1"])
        pages = Pages(list(profiles), authority)
        handler = type("Handler", (_Handler,), {"pages": pages, "context": context})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        pages.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield pages
        finally:
            pages.ended.set()
            server.shutdown()
            thread.join()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    pages: Pages
    context: ssl.SSLContext
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_CONNECT(self) -> None:
        self.send_response(200, "Connection established")
        self.end_headers()
        self.wfile.flush()
        try:
            self.connection = self.context.wrap_socket(self.connection, server_side=True)
        except OSError:  # the other side did not like the certificate
            self.close_connection = True
            return
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = self.connection.makefile("wb")
        self.close_connection = False

    def do_GET(self) -> None:
        if harm := self.pages.harms.get(urlsplit(self.path).path):
            self.close_connection = True
            with suppress(OSError):
                speak(self.connection.sendall, harm, self.pages.ended)
            return
        told = self.pages.answer(self.path)
        if told is None:
            self.close_connection = True
            return
        status, body = told
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        path = urlsplit(self.path).path
        if torn := self.pages.torn.get(path, 0):
            self.pages.torn[path], self.close_connection = torn - 1, True
            body = body[: len(body) // 2]
        self.wfile.write(body)

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self.connection.close()

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@lru_cache(maxsize=1)
def _pems() -> tuple[bytes, bytes]:
    """An authority's certificate, and a host's with its key and chain."""
    authority_key, host_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test's authority")])
    host_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    signer = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    signed_by = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    authority = (
        _certificate(authority_name, authority_name, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(signer, critical=True)
        .add_extension(signed_by, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    host = (
        _certificate(host_name, authority_name, host_key.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(signed_by),
            critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    key = host_key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return authority.public_bytes(pem), key + host.public_bytes(pem)


def _certificate(subject: x509.Name, issuer: x509.Name, key: Any) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
    )


def _certificates(folder: Path) -> tuple[Path, Path]:
    """The authority to trust, and the certificate chain to serve, as files."""
    authority, chain = _pems()
    (folder / "authority.pem").write_bytes(authority)
    (folder / "chain.pem").write_bytes(chain)
    return folder / "authority.pem", folder / "chain.pem"

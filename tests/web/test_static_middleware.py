"""Static files compressed and cached, the basic Plotly build, headers, and allowed hosts."""

import gzip
import hashlib
import logging
import re
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
import streamlit
from plotly.offline import get_plotlyjs_version
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from web import plotly_basic
from web.assets import Assets
from web.guard import SecurityHeaders, trusted_hosts
from web.preload import COMPONENTS, first_page_scripts
from web.static_cache import StaticCache, best_encoding
from web.static_middleware import StaticMiddleware, precompress_first_page, static_cache

ROOT = Path(__file__).resolve().parents[2]
STATIC = Path(streamlit.__file__).parent / "static"
ASSETS = Assets(ROOT / "web" / "assets")
HOSTS = ["127.0.0.1", "localhost", "::1"]


async def behind(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"behind: {request.url.path}")


@pytest.fixture(scope="module")
def cache() -> StaticCache:
    return static_cache(STATIC, ASSETS, ["/", "/videos"])


@pytest.fixture
def client(cache: StaticCache) -> TestClient:
    app = Starlette(
        routes=[Route("/{path:path}", behind)],
        middleware=[
            Middleware(lambda app: trusted_hosts(app, HOSTS)),
            Middleware(SecurityHeaders),
            Middleware(StaticMiddleware, cache=cache),
        ],
    )
    return TestClient(app, base_url="http://127.0.0.1:8501")


def plotly_chunk() -> Path:
    (path,) = (STATIC / "static" / "js").glob(f"{plotly_basic.CHUNK_PREFIX}*.js")
    return path


def a_script() -> Path:
    return next((STATIC / "static" / "js").glob("index.*.js"))


class TestStreamlitsFiles:
    @pytest.mark.parametrize(
        ("accepted", "encoding", "unpack"),
        [
            ("gzip, deflate, br", "br", brotli.decompress),
            ("gzip", "gzip", gzip.decompress),
            ("identity", None, bytes),
        ],
    )
    def test_are_sent_as_the_client_can_read_them(
        self, client: TestClient, accepted: str, encoding: str | None, unpack
    ) -> None:
        url = f"/static/js/{a_script().name}"
        with client.stream("GET", url, headers={"accept-encoding": accepted}) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding") == encoding
        assert int(answer.headers["content-length"]) == len(raw)
        assert unpack(raw) == a_script().read_bytes()

    def test_are_kept_for_good_by_the_browser(self, client: TestClient) -> None:
        answer = client.get(f"/static/js/{a_script().name}")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "accept-encoding"

    def test_a_head_request_has_no_body(self, client: TestClient) -> None:
        answer = client.head(f"/static/js/{a_script().name}")
        assert answer.content == b""
        assert int(answer.headers["content-length"]) > 0

    @pytest.mark.parametrize(
        "path",
        [
            "/static/../../__init__.py",
            "/static/%2e%2e/%2e%2e/__init__.py",
            "/static/..%2f..%2f__init__.py",
            "/static/js/..%5c..%5cindex.html",
            "/static//etc/passwd",
            "/assets/../app.py",
            "/assets/%2e%2e/%2e%2e/app.py",
            "/assets/app.css",
            "/static/",
            "/static/js",
        ],
    )
    def test_nothing_else_is_cached(self, client: TestClient, path: str) -> None:
        assert client.get(path).text.startswith("behind: ")

    def test_other_methods_are_not_ours(self, client: TestClient) -> None:
        assert client.post("/").status_code == 405

    def test_the_first_visit_finds_everything_compressed(self, cache: StaticCache) -> None:
        precompress_first_page(cache, STATIC)
        assert cache["/"].ready("br")
        assert all(cache[f"/static/{name}"].ready("br") for name in first_page_scripts(STATIC))


class TestThePage:
    @pytest.mark.parametrize("path", ["/", "/videos"])
    def test_is_streamlits_with_our_head(self, client: TestClient, path: str) -> None:
        page = client.get(path)
        assert page.headers["cache-control"] == "no-cache"
        assert "<title>Truegrowth</title>" in page.text
        assert '<div id="root">' in page.text
        assert "SourceSans" not in page.text

    def test_everything_it_names_is_there(self, client: TestClient) -> None:
        names = re.findall(r'(?:href|src)="([^"]+)"', client.get("/").text)
        ours = [name for name in names if name.startswith("/assets/")]
        assert len(ours) >= 4
        for name in [*ours, *(n for n in names if "/static/" in n)]:
            assert client.get(name.removeprefix(".")).status_code == 200
            assert not client.get(name.removeprefix(".")).text.startswith("behind"), name

    def test_loads_no_file_of_another_host(self, client: TestClient) -> None:
        named = re.findall(r'(?:href|src)="(https?:)?//', client.get("/").text)
        assert named == []

    @pytest.mark.parametrize("component", COMPONENTS)
    def test_every_component_of_the_first_page_is_found(self, component: str) -> None:
        # `Button` may be part of the bundle; what has a chunk of its own must be named.
        chunks = [path.name for path in (STATIC / "static" / "js").glob(f"{component}.*.js")]
        named = {name.removeprefix("js/") for name in first_page_scripts(STATIC)}
        index = (STATIC / "index.html").read_text("utf-8")
        assert all(chunk in named or chunk in index for chunk in chunks)


class TestAssets:
    def test_names_change_with_the_content(self, tmp_path: Path) -> None:
        (tmp_path / "fonts").mkdir()
        (tmp_path / "fonts" / "a.woff2").write_bytes(b"one")
        (tmp_path / "app.css").write_text("src: url(fonts/a.woff2)")
        before = Assets(tmp_path)
        assert (
            before.url("fonts/a.woff2")
            in before.files[before.url("app.css")].body("identity")[0].decode()
        )
        (tmp_path / "fonts" / "a.woff2").write_bytes(b"two")
        after = Assets(tmp_path)
        assert before.url("fonts/a.woff2") != after.url("fonts/a.woff2")
        assert before.url("app.css") != after.url("app.css"), "it names the font"

    def test_style_sheets_are_one_file(self, tmp_path: Path) -> None:
        for name in ("b.css", "a.css"):
            (tmp_path / name).write_text(f"/* {name} */")
        assets = Assets(tmp_path)
        assert list(assets.files) == [assets.url("app.css")]
        assert (
            assets.files[assets.url("app.css")].body("identity")[0] == b"/* a.css */\n/* b.css */"
        )

    def test_are_kept_for_good(self, client: TestClient) -> None:
        answer = client.get(ASSETS.url("app.css"))
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert "url(fonts/" not in answer.text

    @pytest.mark.parametrize("licence", ["assets/fonts/LICENSE", "vendor/LICENSE-plotly"])
    def test_licences_lie_beside_what_they_are_for(self, licence: str) -> None:
        assert (ROOT / "web" / licence).read_text("utf-8").strip()


class TestThePlotlyChunk:
    def test_the_pinned_streamlits_chunk_is_the_one_that_is_exchanged(self) -> None:
        chunk = plotly_chunk().read_bytes()
        assert hashlib.sha256(chunk).hexdigest() == plotly_basic.TESTED_SHA256
        light = plotly_basic.with_basic_build(plotly_chunk())
        assert len(light) < 0.4 * len(chunk)
        assert plotly_basic.BASIC_BUILD.read_bytes() in light

    def test_the_versions_are_those_it_was_tried_with(self) -> None:
        """A minor version apart: when either changes, look whether they can be made the same."""
        vendored = re.search(
            rb"\(basic - minified\) v([\d.]+)", plotly_basic.BASIC_BUILD.read_bytes()
        )
        replaced = re.search(
            rb"version\.js\"\(e\)\{e\.version=`([\d.]+)`", plotly_chunk().read_bytes()
        )
        assert vendored
        assert replaced
        assert (vendored[1], replaced[1]) == (b"4.1.1", b"4.2.0")
        assert vendored[1].decode() == get_plotlyjs_version(), "what plotly.py writes for"

    def test_another_chunk_is_served_as_it_came(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.WARNING):
            assert plotly_basic.replace_plotly(b"of a later Streamlit") == b"of a later Streamlit"
        assert "not the one tested" in caplog.text

    @pytest.mark.parametrize("missing", [plotly_basic.HEAD, plotly_basic.TAIL])
    def test_a_chunk_without_plotlys_ends_is_served_as_it_came(
        self, caplog: pytest.LogCaptureFixture, missing: bytes
    ) -> None:
        chunk = plotly_chunk().read_bytes().replace(missing, b"")
        digest = hashlib.sha256(chunk).hexdigest()
        with caplog.at_level(logging.WARNING):
            assert plotly_basic.replace_plotly(chunk, tested_sha256=digest) == chunk
        assert "was not found" in caplog.text

    def test_other_files_are_left_alone(self) -> None:
        assert plotly_basic.with_basic_build(a_script()) == a_script().read_bytes()


class TestWhoMayAsk:
    @pytest.mark.parametrize(
        "host", ["127.0.0.1:8501", "localhost:8501", "localhost", "[::1]:8501"]
    )
    def test_this_machine(self, client: TestClient, host: str) -> None:
        assert client.get("/", headers={"host": host}).status_code == 200

    @pytest.mark.parametrize(
        "host",
        ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "testserver", ""],
    )
    def test_nobody_else(self, client: TestClient, host: str) -> None:
        assert client.get("/", headers={"host": host}).status_code == 400

    @pytest.mark.parametrize("path", ["/", "/anything"])
    def test_what_a_browser_may_do_with_the_answer(self, client: TestClient, path: str) -> None:
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("br, gzip", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("BR", "br"),
        ("", "identity"),
        ("*", "identity"),
        ("gzip;q=nonsense", "identity"),
        ("deflate, zstd", "identity"),
    ],
)
def test_the_encoding_is_one_that_the_client_asks_for(accepted: str, expected: str) -> None:
    assert best_encoding(accepted) == expected

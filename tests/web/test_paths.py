"""Which addresses of the served dashboard there are, and from where a login may be ended."""

from typing import Any

import pytest

from tests.web.shared import ANNA, Installation


@pytest.mark.parametrize(
    "path",
    [
        *("/static/js/none.js", "/static/", "/static", "/static/../.env", "/assets/none.css"),
        *("/.env", "/.git/config", "/.streamlit/config.toml", "/videos/.env"),
        *("/wp-login.php", "/none", "/videos/none", "/index.html", "/Videos"),
        *("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/none", "/_stcore/stream"),
        *("/_stcore/agent/openapi.json", "/_stcore/agent/interact", "/_stcore/bidi-components/x"),
        *("/component/x/y", "/media/none.csv", "/app/static/x", "/auth/none", "/videos/_stcore/x"),
    ],
)
def test_there_is_nothing(shared: Installation, path: str) -> None:
    for method in ("GET", "HEAD", "POST", "OPTIONS"):
        status, headers, body = shared.ask(path, method)
        assert status == 404, method
        assert b"<html" not in body
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["//evil.example", "/static/..%2f..%2f.env", "/%2e%2e/.env"])
def test_a_path_that_leads_out_is_refused(shared: Installation, path: str) -> None:
    assert shared.ask(path)[0] in (400, 404)


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/videos", "/videos/", "/overview", "/connect", "/favicon.png", "/favicon.ico"),
        *("/_stcore/health", "/_stcore/host-config", "/api/health"),
    ],
)
def test_there_is_what_we_use(shared: Installation, path: str) -> None:
    assert shared.ask(path)[0] == 200


FOREIGN = [
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Referer": "https://evil.example/page"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", ["/auth/logout", "/auth/login"])
def test_no_page_elsewhere_logs_a_visitor_out_or_in(
    shared: Installation, path: str, headers: Any
) -> None:
    status, answered, _ = shared.ask(path, Cookie=shared.cookie(ANNA), **headers)
    assert status == 403
    assert "set-cookie" not in answered


@pytest.mark.parametrize("site", ["same-origin", "none", ""])
def test_our_own_pages_do(shared: Installation, site: str) -> None:
    status, _, _ = shared.ask("/auth/logout", Sec_Fetch_Site=site)
    assert status == 200, "redirected to the first page"

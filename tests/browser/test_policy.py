"""The Content-Security-Policy: every page runs under it, and nothing else would."""

import re
import urllib.request

from playwright.sync_api import expect

from tests.browser.conftest import Dashboard, Visit
from tests.support.programs import ROOT
from tests.support.waiting import wait_until

ELSEWHERE = {"overview", "installation"}
"""The first page, which is the root; and one for administrators, looked at in test_login."""
NAMES = sorted({path.stem for path in ROOT.glob("pages/[!_]*.py")} - ELSEWHERE)
PAGES = ["/", *(f"/{name}" for name in NAMES), "/api/docs"]
FOREIGN = "https://elsewhere.example"
"""Asked by nobody: what is refused never leaves the browser."""

LISTEN = """
window.violations = [];
document.addEventListener('securitypolicyviolation', event =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
TRIES = {
    "a script of another host": "document.head.append(Object.assign("
    f"document.createElement('script'), {{src: '{FOREIGN}/x.js'}}))",
    "a script in the page": "document.head.append(Object.assign("
    "document.createElement('script'), {textContent: 'window.ran = true'}))",
    "a handler in the page": "(() => { const one = document.createElement('img');"
    "one.setAttribute('onerror', 'window.ran = true'); one.src = '/nothing'; "
    "document.body.append(one); })()",
    "a frame": "document.body.append(Object.assign("
    f"document.createElement('iframe'), {{src: '{FOREIGN}/'}}))",
    "a request to another host": f"fetch('{FOREIGN}/', {{method: 'POST'}}).catch(() => 0)",
    "a base": "document.head.append(Object.assign("
    f"document.createElement('base'), {{href: '{FOREIGN}/'}}))",
    "a plugin": "document.body.append(Object.assign("
    f"document.createElement('object'), {{data: '{FOREIGN}/'}}))",
}


def test_every_page_runs_under_it(visit: Visit, dashboard: Dashboard) -> None:
    """`visit` fails if the browser has anything to complain about; each breach is an error."""
    page = visit()
    for path in PAGES:
        page.goto(dashboard.address + path)
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def test_so_do_the_dialogs_and_a_chart_a_table_and_an_upload(visit: Visit) -> None:
    page = visit("/accounts")
    page.get_by_role("button", name="Add an account").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Import a file").click()
    file = {"name": "x.csv", "mimeType": "text/csv", "buffer": b"not,a,readings,file\n1,2,3,4\n"}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_role("dialog")).to_contain_text("x.csv")
    page = visit("/videos?period=30d")
    expect(page.locator(".tg-videos tbody tr").first).to_be_visible()
    with page.expect_download() as download:
        page.goto(page.url + "&video=1048577")
        expect(page.get_by_test_id("stDataFrame")).to_be_visible()
        # The only one: the tables' own would not keep formulas from a spreadsheet.
        page.get_by_role("button", name=re.compile("Download")).click()
    assert download.value.suggested_filename.endswith(".csv")


def test_what_a_page_must_not_do_is_refused(dashboard: Dashboard, browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(LISTEN)
    page.goto(dashboard.address)
    page.locator(".tg-card").first.wait_for()
    for what, attempt in TRIES.items():
        page.evaluate("window.violations = []")
        page.evaluate(attempt + ", 0")
        wait_until(lambda: page.evaluate("window.violations.length > 0"))
        assert page.evaluate("window.ran") is None, what
    context.close()


def test_it_is_on_every_answer_with_nothing_looser_in_it(dashboard: Dashboard) -> None:
    for path in (*PAGES, "/_stcore/health", "/api/health", "/oauth2callback"):
        with urllib.request.urlopen(dashboard.address + path) as answer:
            policy = answer.headers["content-security-policy"]
            assert answer.headers["x-frame-options"] == "DENY"
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
        assert rules["frame-ancestors"] == "'none'"
        assert "unsafe" not in rules["script-src"]
        assert "*" not in policy
        assert not re.search(r"\bhttps?:(?!/| |;|$)", policy)

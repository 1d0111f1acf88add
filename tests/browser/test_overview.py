"""The Overview as people meet it: on a laptop and on a phone, light and dark."""

import re
import time
from contextlib import suppress
from itertools import cycle

import pytest
from playwright.sync_api import FilePayload, Page, expect

from snapshot_core.sources.sample import Sample
from tests.browser.conftest import SCREENSHOTS, Visit, keep
from tests.support.waiting import wait_until
from ui.imports.texts import example

DRAWN = """() => document.fonts.status === 'loaded'
  && document.querySelectorAll('.scatterlayer .js-line').length >= 2
  && document.querySelectorAll('.barlayer .point path').length > 6
  && document.querySelectorAll('.xtick text').length > 4
  && [...document.querySelectorAll('.js-plotly-plot')]
       .every(plot => getComputedStyle(plot).visibility === 'visible')"""
INSIDE = """() => {
  const width = document.documentElement.clientWidth;
  const main = document.querySelector('[data-testid=stMain]');
  const outside = [...main.querySelectorAll('*')].filter(element => {
    const box = element.getBoundingClientRect();
    return box.width && box.right > width + 1 && getComputedStyle(element).clipPath === 'none'
      && !element.closest('[role=tooltip], svg, .tg-sr');
  });
  return main.scrollWidth <= width && outside.length === 0;
}"""


def drawn(page: Page) -> Page:
    expect(page.locator(".tg-card")).to_have_count(len(Sample.metrics))
    expect(page.locator(".tg-top-videos tbody tr")).to_have_count(10)
    wait_until(lambda: page.evaluate(DRAWN))
    return page


def views(page: Page) -> str:
    return page.locator("[data-counter=views]").inner_text()


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
class TestTheFirstScreen:
    def test_is_all_there_and_fits(self, visit: Visit, size: str, scheme: str) -> None:
        page = drawn(visit(size=size, scheme=scheme))
        assert page.evaluate(INSIDE)
        keep(page, f"overview-{size}-{scheme}")


@pytest.mark.parametrize("size", ["desktop", "phone"])
class TestOnBothSizes:
    def test_a_period_changes_the_cards_and_the_address(self, visit: Visit, size: str) -> None:
        page = drawn(visit(size=size))
        week = views(page)
        page.get_by_role("radio", name="30d").click()
        expect(page.locator("[data-counter=views]")).to_contain_text("30 days before")
        expect(page).to_have_url(re.compile(r"\?period=30d$"))
        assert views(page) != week
        page.reload()
        expect(page.locator("[data-counter=views]")).to_contain_text("30 days before")

    def test_a_snapshot_moves_the_card_and_tells_what_it_found(
        self, visit: Visit, size: str
    ) -> None:
        page = drawn(visit("/?period=24h", size=size))
        before = page.locator("[data-counter=views] .tg-hint").first.text_content()
        page.get_by_role("button", name="Take snapshot now").click()
        expect(page.get_by_test_id("stToast")).to_contain_text(re.compile(r"\+[\d,]+ views"))
        expect(page.locator(".tg-meta")).to_contain_text("just now")
        after = page.locator("[data-counter=views] .tg-hint").last.text_content()
        assert before != after
        keep(page, f"snapshot-{size}")

    def test_the_exact_number_is_there_for_keyboard_and_touch(
        self, visit: Visit, size: str
    ) -> None:
        page = drawn(visit(size=size))
        figure = page.locator("[data-counter=likes] .tg-gain .tg-tip")
        hint = figure.get_by_role("tooltip")
        expect(hint).to_have_css("clip-path", "inset(50%)")
        # The card is a tab: a finger chooses it, and is shown its number.
        page.get_by_role("radio", name="Likes").tap() if size == "phone" else figure.focus()
        expect(hint).to_have_css("clip-path", "none")
        expect(hint).to_contain_text(re.compile(r"\+[\d,]+ in 7 days"))


def test_the_guide_to_a_platforms_app_fits_a_phone(visit: Visit) -> None:
    page = visit("/guide", size="phone")
    expect(page.get_by_role("heading", name="When it does not work")).to_be_visible()
    expect(page.locator(".st-key-tg-guide table")).to_have_count(3)
    assert page.evaluate(INSIDE)
    wide = visit("/guide")
    expect(wide.get_by_role("heading", name="When it does not work")).to_be_visible()
    box = wide.locator(".st-key-tg-guide").bounding_box()
    assert box is not None
    assert box["width"] <= 46 * 16, "lines of a length that can be read"


class TestTheCharts:
    def test_tell_a_days_figure_on_hover(self, visit: Visit) -> None:
        page = drawn(visit())
        page.locator(".st-key-daily .nsewdrag").hover()
        expect(page.locator(".st-key-daily .hoverlayer")).to_contain_text(re.compile(r"\+[\d,]+"))
        hover = page.locator(".st-key-gained .hoverlayer")
        chart = page.locator(".st-key-gained .nsewdrag")
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        assert box is not None
        places = cycle(box["x"] + box["width"] * tenth / 10 for tenth in (3, 7, 2, 8, 4, 6))

        def shown() -> bool:
            # Not everywhere are two points to tell of: a night was missed. Plotly answers the
            # mouse some time after it stopped, so each place is given that time.
            page.mouse.move(next(places), box["y"] + box["height"] / 2)
            with suppress(AssertionError):
                both = re.compile("7 days before.*Last 7 days")
                expect(hover).to_contain_text(both, timeout=1_000)
                return True
            return False

        wait_until(shown)

    def test_hatch_what_is_estimated(self, visit: Visit) -> None:
        page = drawn(visit())
        assert page.locator(".st-key-daily defs pattern").count() >= 2, "the missed night"

    def test_follow_the_counter_and_the_window(self, visit: Visit) -> None:
        page = drawn(visit())
        line = page.locator(".st-key-gained .js-line").last
        of_views = line.get_attribute("d")
        page.get_by_role("radio", name="Followers").click()
        expect(page.get_by_role("heading", name="Followers gained")).to_be_visible()
        expect(line).not_to_have_attribute("d", of_views or "")
        page.set_viewport_size({"width": 700, "height": 900})
        expect(page.locator(".st-key-gained .main-svg").first).not_to_have_attribute(
            "width", re.compile(r"1\d{3}")
        )
        drawn(page)

    def test_tell_the_nearest_points_wherever_one_hovers(self, visit: Visit) -> None:
        page = drawn(visit())
        chart = page.locator(".st-key-gained .nsewdrag")
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        assert box is not None
        for part in (0.13, 0.31, 0.57, 0.83):
            page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
            hover = page.locator(".st-key-gained .hoverlayer")
            expect(hover).to_contain_text(re.compile(r"Last 7 days: \+[\d,]+"))


class TestAddresses:
    def test_a_choice_stays_on_the_way_through_the_pages(self, visit: Visit) -> None:
        page = drawn(visit("/?period=30d&counter=Likes"))
        links = page.locator(".st-key-tg-nav")
        before = page.evaluate("history.length")
        for name, heading in (("Videos", "Videos"), ("Settings", "Settings")):
            links.get_by_role("link", name=name).click()
            expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
            expect(page).to_have_url(re.compile(rf"/{name.lower()}\?.*period=30d"))
        assert page.evaluate("history.length") - before <= 4, "a step or two per page"
        links.get_by_role("link", name="Overview").click()
        expect(page.get_by_role("radio", name="30d")).to_be_checked()
        expect(page.get_by_role("radio", name="Likes")).to_be_checked()
        expect(page).to_have_url(re.compile(r"period=30d"))

    def test_back_returns_to_the_period(self, visit: Visit) -> None:
        page = drawn(visit("/?period=30d"))
        page.locator(".st-key-tg-nav").get_by_role("link", name="Accounts").click()
        expect(page.get_by_role("heading", name="Accounts", level=1)).to_be_visible()
        page.go_back()
        expect(page.locator("[data-counter=views]")).to_contain_text("30 days before")

    def test_the_keyboard_is_seen_in_the_navigation(self, visit: Visit) -> None:
        page = drawn(visit())
        link = page.locator(".st-key-tg-nav").get_by_role("link", name="Videos")
        for _ in range(6):
            page.keyboard.press("Tab")
            if link.evaluate("link => link === document.activeElement"):
                break
        expect(link).to_be_focused()
        expect(link).to_have_css("outline-style", "solid")

    def test_a_deep_link_leads_to_the_videos_page(self, visit: Visit) -> None:
        page = visit("/videos")
        expect(page.get_by_role("heading", level=1)).to_be_visible()

    def test_a_mover_leads_to_its_video(self, visit: Visit) -> None:
        page = drawn(visit("/?period=30d"))
        page.locator(".tg-top-videos a").first.click()
        expect(page).to_have_url(re.compile(r"/videos\?.*video=\d+"))

    def test_a_period_nobody_knows_is_taken_for_a_week(self, visit: Visit) -> None:
        page = drawn(visit("/?period=99d"))
        expect(page.locator("[data-counter=views]")).to_contain_text("7 days before")

    def test_a_mover_keeps_account_and_period(self, visit: Visit, sample_alone: None) -> None:
        page = bring(visit("/?period=24h"), example(int(time.time())), "mine.csv")
        page.get_by_role("button", name="Show my growth").click()
        expect(page.locator(".tg-top-videos tbody tr")).to_have_count(2)
        page.locator(".tg-top-videos a").first.click()
        expect(page.get_by_role("heading", name="Readings")).to_be_visible()
        for kept in (r"/videos\?.*video=\d+", "account=my_channel", "period=24h"):
            expect(page).to_have_url(re.compile(kept))


def bring(page: Page, content: str, name: str) -> Page:
    """Put a file into the dialog."""
    page.get_by_role("button", name="Import a file").click()
    file = FilePayload(name=name, mimeType="text/csv", buffer=content.encode())
    page.locator("input[type=file]").set_input_files(file)
    return page


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
@pytest.mark.usefixtures("sample_alone")
class TestBringingReadingsIn:
    def test_a_file_becomes_an_account(self, visit: Visit, size: str, scheme: str) -> None:
        page = drawn(visit("/?period=24h", size=size, scheme=scheme))
        page.get_by_role("button", name="Import a file").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("What a readings file looks like").click()
        with page.expect_download() as download:
            dialog.get_by_role("button", name="Download an example file").click()
        content = download.value.path().read_text()
        assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
        page.screenshot(path=SCREENSHOTS / f"bring-{size}-{scheme}.png")
        file = FilePayload(name="mine.csv", mimeType="text/csv", buffer=content.encode())
        page.locator("input[type=file]").set_input_files(file)
        expect(dialog.get_by_role("status")).to_contain_text("my_channel was added")
        page.screenshot(path=SCREENSHOTS / f"brought-{size}-{scheme}.png")
        page.get_by_role("button", name="Show my growth").click()
        expect(dialog).to_have_count(0)
        expect(page.locator("[data-counter=views] .tg-gain")).to_contain_text("+1.2K")
        expect(page).to_have_url(re.compile(r"\?period=24h&account=my_channel$"))
        page.reload()
        expect(page.locator("[data-counter=views] .tg-gain")).to_contain_text("+1.2K")

    def test_a_broken_file_is_told_by_line(self, visit: Visit, size: str, scheme: str) -> None:
        page = drawn(visit(size=size, scheme=scheme))
        bring(page, example(int(time.time())).replace("Z,5", "Z,x"), "bad.csv")
        problem = page.get_by_role("alert")
        expect(problem).to_contain_text("Line 2")
        expect(problem).to_contain_text("write a whole number in plain digits")
        page.screenshot(path=SCREENSHOTS / f"broken-{size}-{scheme}.png")
        # Closed with its cross, the page shows what did come in.
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
        expect(page.get_by_role("combobox", name="Account")).to_be_visible()

    def test_what_is_no_readings_file_says_so(self, visit: Visit, size: str, scheme: str) -> None:
        page = bring(drawn(visit(size=size, scheme=scheme)), "name\n", "list <b>.csv")
        expect(page.get_by_role("alert")).to_contain_text("list <b>.csv is no table")
        page.screenshot(path=SCREENSHOTS / f"useless-{size}-{scheme}.png")
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
        page.get_by_role("button", name="Import a file").click()
        expect(page.get_by_text("What a readings file looks like")).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)

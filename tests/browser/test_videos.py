"""The Videos and Health pages as people meet them: on a laptop and on a phone, light and dark."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from snapshot_core.formats.readings.parse import parse
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.sources.sample import Sample
from tests.browser.conftest import Visit, keep
from tests.support.waiting import wait_until

FAR_AHEAD = 2**40
FITS = """() => {
  const width = document.documentElement.clientWidth;
  const main = document.querySelector('[data-testid=stMain]');
  const outside = [...main.querySelectorAll('*')].filter(element => {
    const box = element.getBoundingClientRect();
    return box.width && box.right > width + 1 && getComputedStyle(element).clipPath === 'none'
      && !element.closest('[role=tooltip], svg, .tg-sr, .stDataFrame');
  });
  return main.scrollWidth <= width && outside.length === 0;
}"""
"""Nothing makes the page scroll sideways; a wide table scrolls inside itself."""


def table(page: Page) -> Page:
    """The page once its table is drawn."""
    expect(page.get_by_role("heading", name="Videos", level=1)).to_be_visible()
    expect(page.locator(".tg-videos tbody tr").first).to_be_visible()
    wait_until(lambda: page.evaluate("document.fonts.status === 'loaded'"))
    return page


def open_row(page: Page, row: int) -> None:
    """Click in a row, anywhere but on its title."""
    # The link of the title lies over the whole row, so nothing else can be clicked by its name.
    cell = page.locator(".tg-videos tbody tr").nth(row).locator(".tg-trend")
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".tg-video h1")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
class TestEveryPage:
    def test_the_table_is_all_there_and_fits(self, visit: Visit, size: str, scheme: str) -> None:
        page = table(visit("/videos?period=30d", size=size, scheme=scheme))
        videos = int(page.get_by_role("radio", name=re.compile("^All")).inner_text().split()[-1])
        assert videos in (28, 29), "the sample publishes one in the course of a day"
        expect(page.locator(".tg-videos tfoot")).to_contain_text(f"{videos} videos")
        assert page.evaluate(FITS)
        keep(page, f"videos-{size}-{scheme}")

    def test_a_video_is_all_there_and_fits(self, visit: Visit, size: str, scheme: str) -> None:
        page = table(visit("/videos?period=30d", size=size, scheme=scheme))
        open_row(page, 0)
        expect(page.locator(".tg-card")).to_have_count(
            len(Sample.metrics.keys() & VIDEO_METRICS) + 1
        )
        bars = "document.querySelectorAll('.barlayer .point').length > 1"
        wait_until(lambda: page.evaluate(bars))
        assert page.evaluate(FITS)
        keep(page, f"video-{size}-{scheme}")

    def test_health_is_all_there_and_fits(self, visit: Visit, size: str, scheme: str) -> None:
        page = visit("/health", size=size, scheme=scheme)
        expect(page.locator(".tg-day-complete").first).to_be_visible()
        expect(page.get_by_test_id("stDataFrameResizable")).to_be_visible()
        assert page.evaluate(FITS)
        keep(page, f"health-{size}-{scheme}")


class TestTheWayThere:
    def test_back_returns_to_the_table_as_it_was(self, visit: Visit) -> None:
        page = table(visit("/videos?period=30d&q=fern"))
        open_row(page, 1)
        expect(page).to_have_url(re.compile(r"period=30d.*q=fern.*video=\d+"))
        page.get_by_role("radio", name="Likes").click()
        expect(page.get_by_text(re.compile("Likes (in total|since publication)"))).to_be_visible()
        page.go_back()
        table(page)
        expect(page).to_have_url(re.compile(r"\?period=30d&q=fern$"))
        # While the page is drawn anew, what it held stands beside what comes.
        expect(page.get_by_placeholder("Title, tag or link")).to_have_count(1)
        expect(page.get_by_placeholder("Title, tag or link")).to_have_value("fern")

    def test_the_button_returns_too(self, visit: Visit) -> None:
        page = table(visit("/videos?q=fern"))
        open_row(page, 0)
        page.get_by_role("button", name="All videos").click()
        table(page)
        expect(page).to_have_url(re.compile(r"\?q=fern$"))

    def test_a_link_opens_the_video(self, visit: Visit) -> None:
        page = visit()
        name = page.locator(".tg-top-videos tbody a").first
        title = name.inner_text()
        name.click()
        expect(page.locator(".tg-video h1")).to_have_text(title)

    def test_the_keyboard_sorts_tags_compares_and_opens(self, visit: Visit) -> None:
        page = table(visit("/videos?period=30d"))
        page.get_by_role("link", name="Likes", exact=True).press("Enter")
        expect(page.locator("[aria-sort=descending]")).to_contain_text("Likes")
        first = page.locator(".tg-videos .tg-row-link").first
        title = first.inner_text()
        first.press("Enter")
        expect(page.locator(".tg-video h1")).to_have_text(title)
        expect(page).to_have_url(re.compile(r"sort=likes"))
        tags = page.get_by_role("combobox", name="Tags")
        tags.click()
        page.keyboard.type("Fern Series")
        page.keyboard.press("Enter")
        expect(page.get_by_text("fern series", exact=True)).to_be_visible()
        page.get_by_role("button", name="All videos").press("Enter")
        tag = table(page).get_by_role("link", name="Tag fern series")
        tag.first.press("Enter")
        expect(page.locator(".tg-videos tfoot")).to_contain_text("1 video")
        expect(page).to_have_url(re.compile(r"tag=fern\+series"))


def test_searching_narrows_while_one_types(visit: Visit) -> None:
    page = table(visit("/videos"))
    box = page.get_by_placeholder("Title, tag or link")
    box.press_sequentially("no such video")
    expect(page.get_by_text("No video has “no such video”")).to_be_visible()
    page.get_by_role("button", name="Show all videos").click()
    table(page)
    expect(box).to_have_value("")


def test_the_download_can_be_imported(visit: Visit, tmp_path: Path) -> None:
    page = table(visit("/videos"))
    open_row(page, 0)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download readings").click()
    file = tmp_path / "readings.csv"
    download.value.save_as(file)
    read = parse(file, FAR_AHEAD)
    assert read.refused == []
    assert len(read.captures) > 5

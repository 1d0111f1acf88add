"""Exports and tables in a real browser: asked, shown, imported, and then on the page."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Visit, keep
from tests.support.studio import CONTENT, FOLLOWERS, OVERVIEW, export, link, zipped

SIZES = pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])


pytestmark = pytest.mark.usefixtures("sample_alone")


def bring(page: Page, name: str, data: bytes) -> None:
    page.get_by_role("button", name="Import a file").click()
    file = FilePayload(name=name, mimeType="application/octet-stream", buffer=data)
    page.locator("input[type=file]").set_input_files(file)


def exported() -> bytes:
    """An export of yesterday."""
    today = datetime.now(UTC).replace(hour=12) - timedelta(days=1)
    days = [today - timedelta(days=back) for back in range(30, 0, -1)]
    written = [f"{day:%B} {day.day}" for day in days]
    uploaded = int(today.timestamp()) - 10 * 86_400
    posted = written[20]
    top = (f"{today:%B} {today.day}", 'A "real" soup', link(uploaded), posted, 1135, 48, 21, 57_600)
    return zipped(
        {
            "Content.csv": export(CONTENT, top),
            "FollowerHistory.csv": export(
                FOLLOWERS, *((day, 1_000 + 7 * n, 7) for n, day in enumerate(written))
            ),
            "Overview.csv": export(
                OVERVIEW,
                *((day, 900 + 31 * n % 400, 30, 20, 3, 2) for n, day in enumerate(written)),
            ),
        }
    )


@SIZES
def test_an_export_of_studio(visit: Visit, size: str, scheme: str) -> None:
    page = visit(size=size, scheme=scheme)
    bring(page, "export.zip", exported())
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("30 days")
    expect(dialog.get_by_role("button", name="Import")).to_be_disabled()
    name = dialog.get_by_role("textbox", name="Account name")
    name.fill("My channel")
    name.press("Enter")
    expect(dialog.get_by_role("button", name="Import")).to_be_enabled()
    assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    keep(page, f"export-{size}-{scheme}")
    dialog.get_by_role("button", name="Import").click()
    expect(dialog.get_by_role("status")).to_contain_text("My channel was added")
    expect(name).to_have_count(0)
    page.get_by_role("button", name="Show my growth").click()
    expect(page.locator("[data-reported=views]")).to_be_visible()
    keep(page, f"reported-{size}-{scheme}")


@SIZES
def test_a_table_of_ones_own(visit: Visit, size: str, scheme: str) -> None:
    page = visit(size=size, scheme=scheme)
    rows = [f"v{n};Clip {n};{day}.10.2026;{1_000 * n + 40 * day:,}".replace(",", ".")
            for day in range(13, 20) for n in range(1, 9)]  # fmt: skip
    bring(page, "mine.csv", "\n".join(["Id;Name;Date;Plays", *rows, "v9;x;soon;5"]).encode())
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("56 readings of 8 videos in 7 snapshots")
    expect(dialog.get_by_role("note")).to_contain_text("Line 58")
    expect(dialog.get_by_role("alert")).to_have_count(0)
    assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    name = dialog.get_by_role("textbox", name="Account name")
    name.fill("Mine")
    name.press("Enter")
    keep(page, f"table-{size}-{scheme}")
    dialog.get_by_role("button", name="Import").click()
    expect(dialog.get_by_role("status")).to_contain_text("Mine was added")

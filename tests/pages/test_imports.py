"""Bringing exports and tables in: asked what the file does not say, shown what will come in."""

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from snapshot_core.errors import Busy
from snapshot_core.formats.captures import Refusals
from snapshot_core.store.accounts import account_named
from snapshot_core.store.database import Store
from snapshot_core.store.keys import of
from snapshot_core.store.tables import (
    account_snapshots,
    captures,
    metadata,
    reported_days,
    video_snapshots,
)
from snapshot_core.transfer.import_report import ImportReport, Unfinished
from tests.pages.conftest import Open, html_of
from tests.support.hostile_files import hostile_file
from tests.support.staged import NOON, Hands, Staged, added
from tests.support.stock import local_accounts
from tests.support.studio import CONTENT, FOLLOWERS, OVERVIEW, export, link, zipped
from ui.imports.mapped import NO_COLUMN

UPLOADED = 1_793_534_400
"""2026-11-01T12:00:00Z."""

EXPORT = zipped(
    {
        "Content.csv": export(
            CONTENT, ("November 22", "Soup <b>", link(UPLOADED), "November 1", 1, 2, 3, 57_600)
        ),
        "FollowerHistory.csv": export(FOLLOWERS, ("November 20", 9, 1), ("November 21", 10, 1)),
        "Overview.csv": export(
            OVERVIEW, ("November 21", 900, 30, 20, 3, 2), ("November 22", 1, 1, 1, 1, 1)
        ),
        "FollowerGender.csv": export(("Gender", "Distribution"), ("Male", "50%")),
    }
)
TABLE = "Clip;Read;Plays\nv1;20.11.2026;1.200\nv2;20.11.2026;many\nv1;21.11.2026;1.300\n"


def healthy(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    return at


class Dialog:
    """The dialog with a file in it. Each answer reruns the page, which opens it again."""

    def __init__(self, at: AppTest, data: bytes | str, name: str) -> None:
        self.at = healthy(at.button(key="connect").click().run())
        body = data.encode() if isinstance(data, str) else data
        self.at.file_uploader(key="tg-file-0").set_value((name, body, "text/csv"))
        self.again()

    def again(self) -> None:
        self.at = healthy(self.at.button(key="connect").click().run())

    def choose(self, label: str, value: object) -> None:
        self._of("selectbox", label).set_value(value)
        self.again()

    def type(self, label: str, text: str) -> None:
        self._of("text_input", label).set_value(text)
        self.again()

    def day(self, label: str, day: date) -> None:
        self._of("date_input", label).set_value(day)
        self.again()

    def press_import(self) -> None:
        self.at.button(key="tg-import").click()
        self.again()

    def _of(self, kind: str, label: str):
        widgets = getattr(self.at, kind)
        (found,) = (one for one in widgets if one.label == label)
        return found

    def value(self, kind: str, label: str) -> object:
        return self._of(kind, label).value

    @property
    def page(self) -> str:
        return html_of(self.at)

    @property
    def can_import(self) -> bool:
        return not self.at.button(key="tg-import").disabled

    @property
    def labels(self) -> list[str]:
        return [one.label for one in (*self.at.selectbox, *self.at.text_input)]


@pytest.fixture(autouse=True)
def nothing_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def rows(store: Store) -> dict[str, int]:
    """How many rows there are beside the sample account's."""
    with store.read() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


def of_account(store: Store, name: str, table, *columns: str) -> list:
    with store.read() as connection:
        key = account_named(connection, 1, name).key
        wanted = [table.c[one] for one in columns]
        return [tuple(row) for row in connection.execute(select(*wanted).where(of(table, key)))]


class TestAnExportOfStudio:
    @pytest.mark.apart
    def test_it_is_shown_before_anything_is_written(self, sample: Store, open_page: Open) -> None:
        before = rows(sample)
        dialog = Dialog(open_page(), EXPORT, "export.zip")
        assert "an export of <b>TikTok Studio</b>" in dialog.page
        assert "1 video" in dialog.page
        assert "totals at 22 Nov, 12:00" in dialog.page
        assert "of followers, 20 Nov 2026 to 21 Nov 2026" in dialog.page
        assert "of daily amounts, 21 Nov 2026;" in dialog.page
        assert "1 row</th>" in dialog.page
        assert "Not used: FollowerGender.csv." in dialog.page
        assert not dialog.can_import, "nobody has said whose it is"
        assert rows(sample) == before

    def test_a_new_account_gets_its_name(self, sample: Store, open_page: Open) -> None:
        dialog = Dialog(open_page(), EXPORT, "export.zip")
        dialog.type("Account name", "  My channel ")
        assert dialog.can_import
        dialog.press_import()
        assert "My channel was added" in dialog.page
        assert "5 rows read: 4 added, 1 without a number yet." in dialog.page
        instants = [(1_795_219_200,), (1_795_305_600,)]
        assert of_account(sample, "My channel", account_snapshots, "captured_at") == instants
        assert len(of_account(sample, "My channel", reported_days, "day")) == 5
        at = healthy(dialog.at.button(key="tg-show").click().run())
        assert at.selectbox(key="account").value == "My channel"

    def test_it_goes_into_an_account_that_is_there(
        self, sample: Store, staged: Staged, open_page: Open
    ) -> None:
        added(sample, zone="Europe/Berlin")
        dialog = Dialog(open_page(account="Sample account"), EXPORT, "export.zip")
        assert not dialog.can_import
        assert "Account name" not in dialog.labels
        dialog.choose("Import into", "creator_01")
        dialog.press_import()
        assert "The new readings were imported" in dialog.page
        assert of_account(sample, "creator_01", captures, "captured_at", "status") == [
            (1_795_215_600, "partial"),  # midnight in Berlin
            (1_795_302_000, "partial"),
            (1_795_345_200, "partial"),  # noon in Berlin
        ]
        assert len(local_accounts(sample)) == 2

    def test_importing_again_says_that_nothing_is_new(
        self, sample: Store, staged: Staged, open_page: Open, clock: Hands
    ) -> None:
        added(sample)
        for said in ("The new readings were imported", "Nothing new in this file"):
            dialog = Dialog(open_page(account="Sample account"), EXPORT, "export.zip")
            dialog.choose("Import into", "creator_01")
            dialog.press_import()
            assert said in dialog.page
            clock.now += 60

    def test_the_day_of_the_export_can_be_put_right(self, sample: Store, open_page: Open) -> None:
        dialog = Dialog(open_page(), export(OVERVIEW, ("May 1", 9, 9, 9, 9, 9)), "Overview.csv")
        assert "1 May 2026" in dialog.page
        assert dialog.value("date_input", "Day of the export") == date(2026, 5, 1)
        dialog.day("Day of the export", date(2024, 5, 2))
        assert "1 May 2024" in dialog.page
        assert "connect the account too" in dialog.page
        dialog.type("Account name", "mine")
        dialog.press_import()
        assert set(of_account(sample, "mine", reported_days, "day")) == {(date(2024, 5, 1),)}
        dialog = Dialog(
            open_page(account="Sample account"), export(OVERVIEW, ("May 2", *[9] * 5)), "O.csv"
        )
        dialog.choose("Import into", "mine")
        dialog.press_import()
        assert "The daily amounts were imported" in dialog.page

    def test_a_list_of_videos_without_a_day_is_asked_for_it(
        self, sample: Store, open_page: Open
    ) -> None:
        row = ("Soup", link(UPLOADED), "2026-11-01 12:00", 1, 2, 3, 57_600, "12.5")
        data = export((*CONTENT[1:], "Average watch time"), row)
        dialog = Dialog(open_page(), data, "Content.csv")
        assert dialog.value("date_input", "Day of the export") is None
        assert "tg-import" not in {button.key for button in dialog.at.button}
        dialog.type("Account name", "mine")
        dialog.day("Day of the export", date(2026, 11, 20))
        assert "totals at 20 Nov, 12:00" in dialog.page
        dialog.press_import()
        assert of_account(sample, "mine", captures, "captured_at", "status") == [
            (1_795_176_000, "partial")
        ]

    def test_a_name_that_does_not_go_with_the_rows_is_told(
        self, sample: Store, open_page: Open
    ) -> None:
        data = export(OVERVIEW, *((f"September {day}", *[9] * 5) for day in range(1, 31)))
        dialog = Dialog(open_page(), data, "Overview_2026-08-20.csv")
        assert "of daily amounts, 1 Sep 2026 to 30 Sep 2026" in dialog.page
        assert "Its name speaks of 2026-08-20, but its days are taken for" in dialog.page

    def test_wrong_rows_are_shown_before_and_after(self, sample: Store, open_page: Open) -> None:
        data = export(FOLLOWERS, ("November 20", "<i>", 1), ("November 21", 10, 1))
        dialog = Dialog(open_page(), data, "FollowerHistory.csv")
        for _ in range(2):
            assert "1 row was left out" in dialog.page
            assert "Followers &#x27;&lt;i&gt;&#x27;: write a whole number" in dialog.page
            if "Account name" in dialog.labels:
                dialog.type("Account name", "mine")
                dialog.press_import()
        assert "2 rows read: 1 added, 1 left out." in dialog.page

    @pytest.mark.parametrize(
        ("data", "name", "said"),
        [
            (EXPORT[:-25], "my <b>.zip", "my &lt;b&gt;.zip is damaged or cut off"),
            (zipped({"a.txt": b"a"}), "a.zip", "a.zip holds no table"),
            (zipped({f"{n}.csv": b"" for n in range(300)}), "a.zip", "a.zip holds more than 200"),
            (export(FOLLOWERS, ("May 2", 1, 1), ("May 1", 1, 1)), "F.csv", "not in order"),
        ],
    )
    def test_a_file_of_no_use_is_told_by_its_own_name(
        self, sample: Store, open_page: Open, data: bytes, name: str, said: str
    ) -> None:
        before = rows(sample)
        dialog = Dialog(open_page(), data, name)
        assert said in dialog.page
        assert "This file could not be imported" in dialog.page
        assert "tg-import" not in {one.key for one in dialog.at.button}
        assert rows(sample) == before

    def test_what_stops_the_import_is_a_sentence(
        self, sample: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(*_: object) -> None:
            raise Busy("A snapshot of mine is being taken.")

        monkeypatch.setattr("ui.imports.studio.import_file", busy)
        dialog = Dialog(open_page(), EXPORT, "export.zip")
        dialog.type("Account name", "mine")
        dialog.press_import()
        assert "A snapshot of mine is being taken." in dialog.page

    def test_what_is_left_is_named(
        self, sample: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def half(*arguments: Any) -> ImportReport:
            progress = arguments[-1]
            progress(2, 5)
            report = ImportReport(5, 0, Refusals(), [], added=2)
            report.unfinished.append(Unfinished("mi<ne", 3, "The database cannot be reached."))
            return report

        monkeypatch.setattr("ui.imports.studio.import_file", half)
        dialog = Dialog(open_page(), EXPORT, "export.zip")
        dialog.type("Account name", "mine")
        dialog.press_import()
        assert "5 rows read: 2 added, 3 still to be imported." in dialog.page
        assert "The import is not complete" in dialog.page
        assert "mi&lt;ne</th><td>3 rows. The database cannot be reached.</td>" in dialog.page


class TestATableOfOnesOwn:
    def test_columns_are_asked_for_and_guessed(self, sample: Store, open_page: Open) -> None:
        data = "Video URL;Date;Plays;Colour\nv1;20.11.2026;1.200;red\n"
        dialog = Dialog(open_page(), data, "mine.csv")
        names = {
            label: dialog.at.selectbox[at].value
            for at, label in enumerate(one.label for one in dialog.at.selectbox)
        }
        assert names["Video ID or link"] == 0
        assert names["Date of the counts"] == 1
        assert names["Views"] == 2
        assert names["Likes"] == NO_COLUMN
        assert names["Date format"] == "day first"
        assert names["Thousands separator"] == "."

    @pytest.mark.apart
    def test_a_preview_and_then_the_readings(self, sample: Store, open_page: Open) -> None:
        before = rows(sample)
        dialog = Dialog(open_page(), TABLE, "mine.csv")
        assert "Choose the column" in dialog.page
        dialog.choose("Video ID or link", 0)
        dialog.choose("Date of the counts", 1)
        dialog.choose("Views", 2)
        assert "2 readings of 1 video in 2 snapshots, 20 Nov 2026 to 21 Nov 2026" in dialog.page
        assert "<td>1,200</td>" in dialog.page
        assert "Plays &#x27;many&#x27;: write a whole number" in dialog.page
        assert not dialog.can_import
        assert rows(sample) == before
        dialog.type("Account name", "mine")
        dialog.press_import()
        assert "mine was added" in dialog.page
        assert "3 rows read: 2 added, 1 left out." in dialog.page
        instants = [(NOON - 2 * 86_400, "partial"), (NOON - 86_400, "complete")]
        assert of_account(sample, "mine", captures, "captured_at", "status") == instants
        with sample.read() as connection:
            counts = connection.scalars(
                select(video_snapshots.c.view_count).where(video_snapshots.c.view_count > 0)
            ).all()
        assert {1200, 1300} <= set(counts)

    def test_rows_of_totals_are_said_to_be_left_out(self, sample: Store, open_page: Open) -> None:
        rows = "Total,2026-11-20,30\nabcDEF12345,2026-11-20,10\nabcDEF12346,2026-11-20,20\n"
        dialog = Dialog(open_page(), f"Content,Day,Views\n{rows}", "mine.csv")
        assert dialog.value("selectbox", "Video ID or link") == 0
        assert "Rows of totals left out: line 2" in dialog.page
        assert "2 readings of 2 videos" in dialog.page

    def test_a_column_can_name_the_accounts(self, sample: Store, open_page: Open) -> None:
        data = "Video ID,Date,Views,Who\nv1,2026-11-20,5,one\nv1,2026-11-20,7,two\n"
        dialog = Dialog(open_page(), data, "mine.csv")
        assert "Account name" in dialog.labels
        dialog.choose("Account, if there are several", 3)
        assert "Account name" not in dialog.labels
        dialog.press_import()
        assert "one and two were added" in dialog.page

    def test_dates_that_can_be_read_in_two_ways_are_asked_for(
        self, sample: Store, open_page: Open
    ) -> None:
        dialog = Dialog(open_page(), "id,date,views\nv1,01/02/2026,5\n", "mine.csv")
        assert dialog.value("selectbox", "Date format") is None
        assert "What will be imported" not in dialog.page
        dialog.choose("Date format", "month first")
        assert "2 Jan" in dialog.page
        dialog.choose("Date format", "day first")
        assert "1 Feb" in dialog.page

    def test_one_day_can_be_given_for_all_rows(self, sample: Store, open_page: Open) -> None:
        dialog = Dialog(open_page(), "id,views\nv1,5\n", "mine.csv")
        assert "or give the day" in dialog.page
        dialog.day("Day of all counts", date(2026, 11, 20))
        dialog.type("Account name", "mine")
        dialog.press_import()
        assert of_account(sample, "mine", captures, "captured_at") == [(NOON - 2 * 86_400,)]

    def test_the_sample_account_takes_no_real_readings(
        self, sample: Store, open_page: Open
    ) -> None:
        dialog = Dialog(open_page(), "id,date,views\nv1,2026-11-20,5\n", "mine.csv")
        dialog.type("Account name", "Sample account")
        dialog.press_import()
        assert "Sample account is made up" in dialog.page


@pytest.mark.apart
class TestAHostileFile:
    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("number format of brackets.xlsx", "is no plain table: save it as CSV UTF-8"),
            ("titles written out, footer lies.parquet", "takes far more memory to read"),
            ("date of blanks.csv", "is longer than any date or number"),
        ],
    )
    def test_it_is_told_what_to_do(
        self, sample: Store, open_page: Open, name: str, message: str
    ) -> None:
        before = rows(sample)
        assert message in Dialog(open_page(), hostile_file(name), name).page
        assert rows(sample) == before


class TestWhatTikTokReported:
    def test_daily_amounts_are_shown_as_such_and_not_counted_as_growth(
        self, sample: Store, open_page: Open
    ) -> None:
        rows_ = [(f"November {day}", 100 * day, 30, 20, 3, "undefined") for day in range(8, 22)]
        dialog = Dialog(open_page(), export(OVERVIEW, *rows_), "Overview.csv")
        dialog.type("Account name", "mine")
        dialog.press_import()
        page = html_of(healthy(dialog.at.button(key="tg-show").click().run()))
        assert "As TikTok reported per day" in page
        assert "until 21 Nov 2026" in page
        shown = page.partition('data-reported="views"')[2].partition("</tr>")[0]
        assert "12,600" in shown  # 15 to 21 November
        assert "7,700" in shown  # 8 to 14 November
        assert 'data-reported="shares"' not in page
        assert 'data-reported="profile_views"' in page

    def test_an_account_without_them_shows_nothing_of_the_kind(
        self, sample: Store, open_page: Open
    ) -> None:
        assert "As TikTok reported" not in html_of(healthy(open_page()))

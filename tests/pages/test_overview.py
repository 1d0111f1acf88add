"""The Overview: what it says in every state it can be in."""

import json
import re
import tempfile
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from snapshot_core.capture.first_start import set_up
from snapshot_core.clock import FIRST_INSTANT, NEVER_SET
from snapshot_core.errors import Busy, SourceError, StoreError
from snapshot_core.formats.readings.columns import ReadingRow
from snapshot_core.formats.readings.write import write
from snapshot_core.readings import video_counts
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import set_paused
from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.transfer.import_file import import_file
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.windows import DAY, HOUR
from tests.pages.conftest import Open, html_of
from tests.support.staged import NOON, Hands, Staged, added
from tests.support.stock import capture, local_accounts, make_account
from ui import login
from ui.imports.texts import example

RANGE = r"between \+[\d,]+ and \+[\d,]+, 9 times in 10\."


def healthy(at: AppTest) -> AppTest:
    """No exception may ever be shown."""
    assert not at.exception, at.exception
    return at


def card(at: AppTest, counter: str) -> str:
    """One card as text, hints included."""
    found = re.search(rf'data-counter="{counter}".*?</section>', html_of(at), re.S)
    assert found, counter
    return unescape(re.sub(r"<[^>]+>", " ", found[0]))


def card_words(at: AppTest, counter: str) -> str:
    """The same with single spaces, none of them unbreakable."""
    return " ".join(card(at, counter).split())


def exact_gains(at: AppTest) -> tuple[int, int]:
    """The views gained in the 7 days, and in those before, as the card's hint tells them."""
    hint = re.search(
        r"\+([\d,]+) in 7 days, .*?The 7 days before: \+([\d,]+)\.", card_words(at, "views")
    )
    assert hint
    now, before = (int(figure.replace(",", "")) for figure in hint.groups())
    return now, before


def gain(at: AppTest, counter: str = "views") -> str:
    found = re.search(rf'data-counter="{counter}".*?tg-gain"><span[^>]*>([^<]*)', html_of(at), re.S)
    assert found, counter
    return unescape(found[1])


def figure(at: AppTest, number: int) -> dict[str, Any]:
    return json.loads(at.get("plotly_chart")[number].proto.spec)


def choose(at: AppTest, key: str, value: str) -> AppTest:
    return healthy(at.segmented_control(key=key).set_value(value).run())


def press(at: AppTest, key: str) -> AppTest:
    return healthy(at.button(key=key).click().run())


class TestThePeriod:
    def test_is_seven_days_unless_the_address_says_otherwise(
        self, sample: Store, open_page: Open
    ) -> None:
        at = healthy(open_page())
        assert at.segmented_control(key="period").value == "7d"
        now, before = exact_gains(at)
        assert f"↑ {now / before:.1f}× 7 days before" in card_words(at, "views")

    @pytest.mark.parametrize(("label", "words"), [("24h", "24 hours"), ("30d", "30 days")])
    def test_comes_from_the_address(
        self, sample: Store, open_page: Open, label: str, words: str
    ) -> None:
        at = healthy(open_page(period=label))
        assert at.segmented_control(key="period").value == label
        assert f"in {words}" in card(at, "views")

    @pytest.mark.parametrize("bad", ["", "99d", "7", "<script>", "../../etc/passwd", "7d;24h"])
    def test_falls_back_to_seven_days(self, sample: Store, open_page: Open, bad: str) -> None:
        assert "in 7 days" in card(healthy(open_page(period=bad, counter=bad)), "views")

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            ("90d", "Compare with **90 days before**"),
            ("2026-11-10..2026-11-12", "Compare with **3 days before**"),
        ],
    )
    def test_of_the_menu_comes_from_the_address_too(
        self, sample: Store, open_page: Open, asked: str, words: str
    ) -> None:
        at = healthy(open_page(period=asked))
        assert at.segmented_control(key="period").value == asked
        assert at.menu_button(key="tg-other-comparison").label == words
        assert gain(at) != gain(healthy(open_page()))

    def test_of_the_menu_is_one_choice_away(self, sample: Store, open_page: Open) -> None:
        at = healthy(open_page())
        at = healthy(at.menu_button(key="tg-more-periods").set_value("all").run())
        assert at.segmented_control(key="period").value == "all"
        assert "since tracking began" in card(at, "views")

    def test_is_days_of_ones_own(self, sample: Store, open_page: Open) -> None:
        at = healthy(open_page(period="2026-11-10..2026-11-12"))
        at = healthy(at.menu_button(key="tg-more-periods").set_value("Custom dates").run())
        at.date_input(key="tg-since").set_value(date(2026, 11, 12))
        at.date_input(key="tg-until").set_value(date(2026, 11, 14))
        (show,) = [button for button in at.button if button.label == "Show"]
        at = healthy(show.click().run())
        assert at.segmented_control(key="period").value == "2026-11-12..2026-11-14"
        assert "12 Nov to 14 Nov 2026" in html_of(at)
        assert "from 2026-11-12 to 2026-11-14" in card(at, "views")

    def test_is_compared_with_what_the_address_says(self, sample: Store, open_page: Open) -> None:
        at = healthy(open_page(compare="year"))
        assert at.menu_button(key="tg-other-comparison").label == "Compare with **a year ago**"
        at = healthy(at.menu_button(key="tg-other-comparison").set_value("before").run())
        assert "7 days before" in card(at, "views")

    def test_changes_the_cards_and_back(self, sample: Store, open_page: Open) -> None:
        at = healthy(open_page())
        week = gain(at)
        assert gain(choose(at, "period", "30d")) != week
        assert gain(choose(at, "period", "7d")) == week


class TestTheFigures:
    def test_every_counter_has_a_card_with_gain_percentage_total_and_line(
        self, sample: Store, open_page: Open
    ) -> None:
        at = healthy(open_page())
        for counter in ("views", "likes", "comments", "shares", "followers"):
            assert re.match(r"[+−]\d", gain(at, counter))
            assert "%" in card(at, counter)
            assert " now " in card(at, counter)
        assert html_of(at).count("tg-spark") >= 5

    def test_the_counter_decides_what_the_charts_and_the_ledger_show(
        self, sample: Store, open_page: Open
    ) -> None:
        at = choose(healthy(open_page()), "counter", "Followers")
        assert "Followers gained" in html_of(at)
        assert "Followers per day" in html_of(at)
        assert "Followers, before and now" in html_of(at)

    def test_the_last_point_of_the_line_is_the_card(self, sample: Store, open_page: Open) -> None:
        at = healthy(open_page())
        before, now, *_ = figure(at, 0)["data"]
        exact = f"+{now['y'][-1]:,} in 7 days"
        assert exact in card(at, "views")
        assert f"before: +{before['y'][-1]:,}" in card(at, "views")

    def test_a_missed_night_is_hatched_and_todays_bar_is_dotted(
        self, sample: Store, open_page: Open, clock: Hands
    ) -> None:
        at = press(healthy(open_page()), "tg-take")
        shapes = figure(at, 1)["data"][1]["marker"]["pattern"]["shape"]
        assert shapes.count("/") == 2
        assert shapes[-1] == "."
        assert "so far" in figure(at, 1)["data"][1]["customdata"][-1]

    def test_the_ledger_adds_up_on_the_page(self, sample: Store, open_page: Open) -> None:
        page = html_of(healthy(open_page(period="30d")))
        table = re.search(r'<table class="tg-ledger">.*?</table>', page, re.S)
        assert table
        shown = re.findall(r'class="tg-num">([^<]*)<', table[0])
        first, *changes, last = [int(n.replace(",", "").replace("−", "-")) for n in shown]
        assert first + sum(changes) == last
        assert changes[-1] < 0, "the sample account lost a video"

    def test_movers_lead_to_their_videos(self, sample: Store, open_page: Open) -> None:
        page = html_of(healthy(open_page(period="24h")))
        rows = re.findall(r'href="/videos\?video=(\d+)&amp;period=24h"', page)
        assert len(rows) == 10

    def test_movers_keep_the_account_that_was_chosen(self, sample: Store, open_page: Open) -> None:
        make_account(sample, "mine")
        page = html_of(healthy(open_page(period="24h", account="Sample account")))
        assert page.count("&amp;period=24h&amp;account=Sample+account") == 10

    def test_titles_cannot_carry_markup(self, store: Store, open_page: Open, clock: Hands) -> None:
        from tests.support.readings import video_reading

        account = added(store, "<img src=x onerror=alert(1)>")
        for night, views in enumerate((10, 500)):
            bad = video_reading("a", views=views, title="<script>alert(1)</script>")
            capture(store, account, NOON - DAY + night * DAY, {"a": bad})
        page = html_of(healthy(open_page(period="24h")))
        assert "<script" not in page
        assert "<img src=x" not in page


class TestStates:
    def test_no_tables_yet(self, page_url: str, open_page: Open) -> None:
        at = healthy(open_page())
        assert "python -m snapshot_core setup" in html_of(at)
        assert at.button(key="again")

    def test_it_leaves_the_error_once_the_database_is_there(
        self, page_url: str, open_page: Open, clock: Hands
    ) -> None:
        at = healthy(open_page())
        made = Store(page_url)
        set_up(made, load_settings(), clock)
        made.close()
        assert "+" in gain(press(at, "again"))

    def test_no_accounts(self, store: Store, open_page: Open) -> None:
        store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON))
        at = healthy(open_page())
        assert "Whose growth do you want to see?" in html_of(at)
        assert at.button(key="tg-take").disabled
        assert press(at, "connect").file_uploader(key="tg-file-0")
        # Most have no file: a handle is enough.
        assert healthy(open_page()).text_input[0].placeholder == "@handle or a link"

    def test_the_baseline_alone_says_when_growth_will_be_ready(
        self, store: Store, open_page: Open
    ) -> None:
        capture(store, added(store), NOON, {"a": 1_234_567}, followers=900)
        at = healthy(open_page())
        assert gain(at) == "1.2M"
        assert "ready 29 Nov, 12:00" in card(at, "views")
        movers = html_of(at).split("Videos behind the views")[1]
        assert "7-day growth will be ready on 29 Nov, 12:00" in movers
        assert "7-day growth will be ready on 29 Nov, 12:00" in card(at, "views")
        assert "0\xa0%" not in html_of(at)

    def test_growth_that_waits_for_a_newer_snapshot_says_so(
        self, store: Store, open_page: Open
    ) -> None:
        capture(store, added(store), NOON - 300 * DAY, {"a": 5})
        words = card(healthy(open_page()), "views")
        assert "needs a newer snapshot" in words
        assert "7-day growth needs a snapshot from 2 Feb, 12:00 on" in words

    def test_no_growth_at_all_is_told_in_words(self, store: Store, open_page: Open) -> None:
        account = added(store)
        for night in range(3):
            capture(store, account, NOON - night * DAY, {"a": 5})
        at = healthy(open_page(period="24h"))
        assert "0 in 24 hours before" in card_words(at, "views")
        assert "No video gained views in the last 24 hours." in html_of(at)

    def test_next_to_nothing_is_not_nothing(self, store: Store, open_page: Open) -> None:
        account = added(store)
        for night, views in enumerate((1_000_400, 1_000_000)):
            capture(store, account, NOON - night * DAY, {"a": views})
        at = healthy(open_page(period="24h"))
        assert "< 0.1\xa0%" in card(at, "views")

    def test_figures_too_long_for_the_ledger_are_short_and_exact_on_hover(
        self, store: Store, open_page: Open
    ) -> None:
        account = added(store)
        for night, views in enumerate((3 * 10**12 + 7, 2 * 10**12)):
            capture(store, account, NOON - night * DAY, {"a": views})
        page = html_of(healthy(open_page(period="24h")))
        table = re.search(r'<table class="tg-ledger">.*?</table>', page, re.S)
        assert table
        for short, exact in (("3T", "3,000,000,000,007"), ("+1T", "+1,000,000,000,007")):
            assert re.search(rf">{re.escape(short)}<[^>]*>{re.escape(exact)}<", table[0])

    def test_many_accounts_behind_are_counted(self, store: Store, open_page: Open) -> None:
        capture(store, added(store, "fresh"), NOON, {"x": 1})
        for number in range(5):
            old = added(store, f"old_{number}")
            capture(store, old, NOON - 9 * DAY, {f"a{number}": 1})
        page = html_of(healthy(open_page()))
        assert "None of 6 accounts is ready yet: fresh, old_0, old_1 and 3 more" in page
        assert "not up to date: old_0, old_1, old_2 and 2 more" in page
        assert page.count("<li><b>") == 6

    def test_an_account_without_any_capture(self, store: Store, open_page: Open) -> None:
        added(store)
        at = healthy(open_page())
        assert "no complete snapshot yet" in html_of(at)
        assert gain(at) == "–"

    def test_stale_numbers_say_how_old_they_are(
        self, sample: Store, open_page: Open, clock: Hands
    ) -> None:
        clock.now += 5 * DAY
        at = healthy(open_page())
        assert "stale: 5 days ago" in html_of(at)
        assert "stale" in card(at, "views")
        assert "The last complete snapshot is 5 days old." in card(at, "views")

    def test_estimates_give_their_reason_and_a_range(self, store: Store, open_page: Open) -> None:
        account = added(store)
        for hours, views in ((36, 1_000), (12, 2_000), (0, 2_100)):
            capture(store, account, NOON - hours * HOUR, {"a": views})
        words = card(healthy(open_page(period="24h")), "views")
        assert "Estimated: no snapshot" in words
        assert re.search(RANGE, words)

    def test_a_number_that_is_sure_enough_has_its_range_on_hover(
        self, sample: Store, open_page: Open
    ) -> None:
        words = card(press(healthy(open_page()), "tg-take"), "views")
        assert "Estimated" not in words
        assert len(re.findall(RANGE, words)) == 1

    def test_growth_below_the_resolution_is_not_nought_per_cent(
        self, store: Store, open_page: Open
    ) -> None:
        from snapshot_core.store.accounts import add_account

        store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON))
        account = store.transact(
            lambda c: add_account(c, 1, "rounded", "staged", NOON, rounded=True)
        )
        for night in (0, 1):
            capture(store, account, NOON - DAY + night * DAY, {"a": 2_500_000})
        at = healthy(open_page(period="24h"))
        assert gain(at) == "< 100K"
        assert "%" not in card(at, "views").replace("100%", "")

    def test_the_last_good_numbers_stay_when_the_database_goes_away(
        self, sample: Store, open_page: Open, clock: Hands, sqlite_url: str
    ) -> None:
        at = healthy(open_page())
        shown = gain(at)
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        away = file.with_suffix(".away")
        sample.close()
        login.store_at(sqlite_url).close()
        file.rename(away)
        file.mkdir()
        clock.now += 600
        at = healthy(at.run())
        assert gain(at) == shown
        assert "These are the numbers of 22 Nov, 12:00." in html_of(at)
        for key in ("tg-take", "tg-own", "connect", "remove-sample"):
            assert at.button(key=key).disabled
        file.rmdir()
        away.rename(file)
        assert "These are the numbers" not in html_of(healthy(at.run()))

    def test_a_dead_job_is_mentioned(self, sample: Store, open_page: Open) -> None:
        assert "nightly job is not running" in html_of(healthy(open_page()))

    def test_a_clock_that_was_never_set_is_mentioned(
        self, sample: Store, open_page: Open, clock: Hands
    ) -> None:
        clock.now = FIRST_INSTANT - 1
        at = healthy(open_page())
        assert NEVER_SET in html_of(at)
        assert "nightly job is not running" not in html_of(at)
        at = press(at, "tg-take")
        assert "clock reads a time before 2020" in at.warning[0].value
        assert "clock reads a time before 2020" in html_of(healthy(open_page("health.py")))

    def test_a_job_that_cron_starts_is_not_missed(
        self, store: Store, staged: Staged, open_page: Open, clock: Hands
    ) -> None:
        store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
        account = make_account(store, "one", "staged")
        for night in (1, 0):
            capture(store, account, NOON - 12 * HOUR - night * DAY, {"a": 1_000 - night})
        assert "nightly job is not running" not in html_of(healthy(open_page()))
        clock.now += 14 * HOUR
        assert "nightly job is not running" in html_of(healthy(open_page()))

    def test_freshness_is_told_by_the_clock_of_now(
        self, sample: Store, open_page: Open, clock: Hands
    ) -> None:
        at = healthy(open_page())
        assert "12 h ago" in html_of(at)
        clock.now += 2 * HOUR
        assert "14 h ago" in html_of(healthy(at.run()))


class TestTheSampleAccount:
    def test_is_labelled_and_leads_to_ones_own(self, sample: Store, open_page: Open) -> None:
        at = healthy(open_page())
        assert "Sample data</b>: this account is invented" in html_of(at)
        assert press(at, "connect").file_uploader(key="tg-file-0")

    def test_ones_own_needs_no_file(self, sample: Store, open_page: Open) -> None:
        at = press(healthy(open_page()), "tg-own")
        (box,) = [each for each in at.text_input if "handle" in each.placeholder]
        assert box.placeholder == "@handle or a link"

    def test_goes_with_one_click(self, sample: Store, open_page: Open) -> None:
        at = press(healthy(open_page()), "remove-sample")
        assert "The sample account was removed." in html_of(at)
        assert local_accounts(sample) == []
        assert "Whose growth do you want to see?" in html_of(at)


class TestTakeSnapshotNow:
    def test_shows_what_it_found_and_moves_the_card(
        self, sample: Store, open_page: Open, clock: Hands
    ) -> None:
        at = healthy(open_page())
        before = gain(at)
        clock.now += 3 * HOUR
        at = press(at, "tg-take")
        assert re.search(r"\+[\d,]+ views, .*since 22 Nov, 00:00", at.toast[0].value)
        assert gain(at) != before
        assert "just now" in html_of(at)

    def test_the_first_one_of_an_account(
        self, store: Store, staged: Staged, open_page: Open
    ) -> None:
        added(store)
        at = press(healthy(open_page()), "tg-take")
        assert "first snapshot taken, 3 videos" in at.toast[0].value

    def test_takes_no_paused_account_along_with_all(
        self, store: Store, staged: Staged, open_page: Open
    ) -> None:
        asleep, _ = added(store, "asleep"), added(store, "awake")
        store.transact(lambda c: set_paused(c, asleep.key, True))
        at = press(healthy(open_page()), "tg-take")
        assert [toast.value for toast in at.toast] == ["**awake**: first snapshot taken, 3 videos."]

    def test_is_off_where_all_are_paused_and_says_so(
        self, store: Store, staged: Staged, open_page: Open
    ) -> None:
        one, two = added(store, "one"), added(store, "two")
        store.transact(lambda c: set_paused(c, one.key, True))
        store.transact(lambda c: set_paused(c, two.key, True))
        button = healthy(open_page()).button(key="tg-take")
        assert button.disabled
        assert "All accounts are paused" in button.help
        # Whoever chooses one means it.
        at = press(healthy(open_page(account="two")), "tg-take")
        assert "**two**: first snapshot taken" in at.toast[0].value

    def test_a_source_that_fails_says_why(
        self, store: Store, staged: Staged, open_page: Open
    ) -> None:
        added(store)
        staged.errors["creator_01"] = SourceError("TikTok asks you to log in again.")
        at = press(healthy(open_page()), "tg-take")
        said = at.warning[0].value.replace("\\", "")
        assert said == "creator_01: TikTok asks you to log in again."

    def test_one_failing_account_does_not_stop_the_others(
        self, store: Store, staged: Staged, open_page: Open
    ) -> None:
        added(store)
        added(store, "creator_02")
        staged.errors["creator_01"] = SourceError("TikTok is down.")
        at = press(healthy(open_page()), "tg-take")
        assert "creator\\_01" in at.warning[0].value
        assert "creator\\_02" in at.toast[0].value

    def test_an_imported_account_cannot_be_captured(self, store: Store, open_page: Open) -> None:
        capture(store, added(store, source="csv"), NOON, {"a": 1})
        at = healthy(open_page())
        assert at.button(key="tg-take").disabled
        assert "import a newer one" in at.button(key="tg-take").help
        assert "creator_01 comes from a file" in html_of(at)
        assert press(at, "connect").file_uploader(key="tg-file-0")

    def test_leaves_the_sample_account_alone_beside_ones_own(
        self, sample: Store, open_page: Open
    ) -> None:
        capture(sample, make_account(sample, "mine"), NOON, {"a": 1})
        make_account(sample, "mine too")
        at = healthy(open_page())
        assert at.button(key="tg-take").disabled
        assert "These accounts come from files" in html_of(at)

    def test_a_name_is_no_markdown(self, store: Store, open_page: Open) -> None:
        added(store, "![x](https://example.com/x.png)", source="csv")
        assert r"\!\[x\]\(https\:" in healthy(open_page()).button(key="tg-take").help


HEADER = "account,video_id,captured_at,views"


def upload(at: AppTest, content: str | bytes, name: str = "mine.csv") -> AppTest:
    """Open the dialog and put a file into it."""
    at = press(at, "connect")
    body = content.encode() if isinstance(content, str) else content
    at.file_uploader(key="tg-file-0").set_value((name, body, "text/csv"))
    return press(at, "connect")


def keys(at: AppTest) -> set[str | None]:
    return {button.key for button in at.button}


class TestBringingReadingsIn:
    @pytest.fixture(autouse=True)
    def nothing_stays_behind(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[None]:
        folder = tmp_path / "temporary"
        folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        yield
        assert list(folder.iterdir()) == []

    def test_the_dialog_tells_the_columns_and_gives_an_example(
        self, sample: Store, open_page: Open
    ) -> None:
        at = press(healthy(open_page()), "connect")
        for column in ("account", "video_id", "captured_at", "views", "followers"):
            assert f"<code>{column}</code>" in html_of(at)
        assert len(at.get("download_button")) == 1
        assert at.file_uploader(key="tg-file-0").allowed_type == [
            ".csv",
            ".parquet",
            ".zip",
            ".xlsx",
        ]
        assert "tg-show" not in keys(at)

    def test_the_example_is_a_file_that_comes_in_whole_and_grows(
        self, sample: Store, open_page: Open
    ) -> None:
        at = upload(healthy(open_page()), example(NOON))
        assert "my_channel was added" in html_of(at)
        assert "24 rows read: 24 added." in html_of(at)
        at = press(at, "tg-show")
        assert at.selectbox(key="account").value == "my_channel"
        assert at.query_params["account"] == "my_channel"
        for counter in ("views", "followers"):
            assert re.match(r"\+\d", gain(at, counter))
        assert not at.file_uploader

    def test_the_first_account_of_all(self, store: Store, open_page: Open) -> None:
        store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON))
        at = press(upload(healthy(open_page()), example(NOON)), "tg-show")
        assert re.match(r"\+\d", gain(at))

    def test_a_file_is_imported_once(
        self, sample: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files: list[Path] = []

        def counted(store: Store, path: Path, *rest: Any) -> ImportReport:
            files.append(path)
            return import_file(store, path, *rest)

        monkeypatch.setattr("ui.imports.dialog.import_file", counted)
        at = upload(healthy(open_page()), example(NOON))
        at = press(at, "connect")
        assert "my_channel was added" in html_of(at)
        assert [path.suffix for path in files] == [".csv"]

    def test_importing_again_says_so_and_still_shows_the_way(
        self, sample: Store, open_page: Open
    ) -> None:
        upload(healthy(open_page()), example(NOON))
        at = upload(healthy(open_page(account="Sample account")), example(NOON))
        assert "Nothing new in this file" in html_of(at)
        assert "24 rows read: 24 already there." in html_of(at)
        assert press(at, "tg-show").selectbox(key="account").value == "my_channel"

    def test_wrong_rows_are_named_by_line_and_the_others_come_in(
        self, sample: Store, open_page: Open
    ) -> None:
        rows = [f"mine,v{n},2026-11-20T00:00:00Z,{'many' if n else 5}" for n in range(14)]
        page = html_of(upload(healthy(open_page()), "\n".join([HEADER + ",colour", *rows])))
        assert "14 rows read: 14 left out." in page, "each row lacks a field"
        page = html_of(upload(healthy(open_page()), "\n".join([HEADER, *rows])))
        assert "mine was added" in page
        assert "14 rows read: 1 added, 13 left out." in page
        assert "13 rows were left out" in page
        assert [int(n) for n in re.findall(r">Line (\d+)<", page)] == list(range(3, 13))
        assert "views &#x27;many&#x27;: write a whole number" in page
        assert "and 3 more" in page

    @pytest.mark.apart
    def test_a_parquet_file_has_rows(self, sample: Store, open_page: Open, tmp_path: Path) -> None:
        path = tmp_path / "mine.parquet"
        made = [
            ReadingRow("mine", f"v{n}", None, None, NOON + 9 * DAY * n, video_counts(views=7))
            for n in (0, 1)
        ]
        write(path, made)
        page = html_of(upload(healthy(open_page()), path.read_bytes(), "Mine.PARQUET"))
        assert "2 rows read: 1 added, 1 left out." in page
        assert ">Row 2<" in page

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "my &lt;b&gt;.csv is empty"),
            (b"\xff\xfea\0", "my &lt;b&gt;.csv is in UTF-16: save it as CSV UTF-8"),
            (b"PK\x03\x04", "my &lt;b&gt;.csv is damaged or cut off"),
            (b"a\n1\n", "my &lt;b&gt;.csv is no table"),
            (b"account,video_id,captured_at\n", "is not a readings file: it lacks a counter"),
            (f"{HEADER}\n".encode(), "This file has no rows"),
        ],
    )
    def test_a_file_of_no_use_is_told_by_its_own_name(
        self, sample: Store, open_page: Open, content: bytes, said: str
    ) -> None:
        at = upload(healthy(open_page()), content, "my <b>.csv")
        assert said in html_of(at)
        assert "What a readings file needs" in html_of(at)
        assert "tg-show" not in keys(at)
        assert len(local_accounts(sample)) == 1

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (Busy("A snapshot of mine is being taken."), "A snapshot of mine is being taken."),
            (StoreError("The disk is full."), "The disk is full."),
            (OSError(28, "No space left on device"), "no room to unpack the file: No space left"),
        ],
    )
    def test_what_stops_an_import_is_a_sentence(
        self,
        sample: Store,
        open_page: Open,
        monkeypatch: pytest.MonkeyPatch,
        error: Exception,
        said: str,
    ) -> None:
        def fail(*_: Any) -> None:
            raise error

        monkeypatch.setattr("ui.imports.dialog.import_file", fail)
        at = upload(healthy(open_page()), example(NOON))
        assert said in html_of(at)
        assert "tg-show" not in keys(at)

    def test_names_and_cells_are_text(self, sample: Store, open_page: Open) -> None:
        bad = "<img src=x onerror=alert(1)>"
        rows = [f"{bad},a,2026-11-20T00:00:00Z,5", f"{bad},b,2026-11-20T00:00:00Z,<i>"]
        at = upload(healthy(open_page()), "\n".join([f"{HEADER},<u>", *(f"{r},1" for r in rows)]))
        shown = html_of(at) + html_of(press(at, "tg-show"))
        assert "&lt;img src=x" in shown
        assert "&lt;u&gt;" in shown
        assert not re.search(r"<(img src=x|i>|u>)", shown)


class TestSeveralAccounts:
    def test_are_shown_together_or_one_by_one(
        self, store: Store, staged: Staged, open_page: Open
    ) -> None:
        for name, views in (("creator_01", 100), ("creator_02", 1_000)):
            account = added(store, name)
            for night in (0, 1):
                videos = {f"{name}-a": views * (night + 1)}
                capture(store, account, NOON - DAY + night * DAY, videos)
        at = healthy(open_page(period="24h"))
        assert gain(at) == "+1.1K"
        assert "creator_02" in html_of(at), "the movers name their account"
        assert gain(healthy(at.selectbox(key="account").set_value("creator_01").run())) == "+100"
        assert gain(healthy(open_page(period="24h", account="creator_02"))) == "+1K"
        assert gain(healthy(open_page(period="24h", account="nobody"))) == "+1.1K"

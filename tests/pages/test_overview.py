"""The Overview: what it says in every state it can be in."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from snapshot_core.errors import SourceError
from snapshot_core.settings import load
from snapshot_core.setup import set_up
from snapshot_core.store.accounts import LOCAL_EMAIL, ensure_user
from snapshot_core.store.database import Store
from snapshot_core.windows import DAY, HOUR
from tests.core.staged import NOON, Hands, Staged, added
from tests.pages.conftest import Open, html_of
from tests.support.stock import capture, local_accounts
from ui import desk


def healthy(at: AppTest) -> AppTest:
    """No exception may ever be shown."""
    assert not at.exception, at.exception
    return at


def card(at: AppTest, counter: str) -> str:
    """One card as text, hints included."""
    found = re.search(rf'data-counter="{counter}".*?</section>', html_of(at), re.S)
    assert found, counter
    return unescape(re.sub(r"<[^>]+>", " ", found[0]))


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
        assert "vs" in card(at, "views")
        assert "7 days before" in card(at, "views")

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
            assert " of " in card(at, counter)
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
        before, now = figure(at, 0)["data"]
        exact = f"+{now['y'][-1]:,} in 7 days"
        assert exact in card(at, "views")
        assert f"before: +{before['y'][-1]:,}" in card(at, "views")

    def test_a_missed_night_is_hatched_and_todays_bar_is_dotted(
        self, sample: Store, open_page: Open, clock: Hands
    ) -> None:
        at = press(healthy(open_page()), "tg-take")
        shapes = figure(at, 1)["data"][0]["marker"]["pattern"]["shape"]
        assert shapes.count("/") == 2
        assert shapes[-1] == "."
        assert "so far" in figure(at, 1)["data"][0]["customdata"][-1]

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

    def test_titles_cannot_carry_markup(self, store: Store, open_page: Open, clock: Hands) -> None:
        from snapshot_core.sources.contract import VideoReading

        account = added(store, "<img src=x onerror=alert(1)>")
        for night, views in enumerate((10, 500)):
            bad = VideoReading("a", views=views, title="<script>alert(1)</script>")
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
        set_up(made, load(), clock)
        made.close()
        assert "+" in gain(press(at, "again"))

    def test_no_accounts(self, store: Store, open_page: Open) -> None:
        store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON))
        at = healthy(open_page())
        assert "No account yet" in html_of(at)
        assert at.button(key="tg-take").disabled
        assert "import" in press(at, "connect").code[0].value

    def test_the_baseline_alone_says_when_growth_will_be_ready(
        self, store: Store, open_page: Open
    ) -> None:
        capture(store, added(store), NOON, {"a": 1_234_567}, followers=900)
        at = healthy(open_page())
        assert gain(at) == "1.2M"
        assert "ready 29 Nov, 12:00" in card(at, "views")
        assert "7-day growth will be ready on 29 Nov, 12:00" in card(at, "views")
        assert "0%" not in html_of(at)

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

    def test_estimates_give_their_reason(self, sample: Store, open_page: Open) -> None:
        at = press(healthy(open_page()), "tg-take")
        assert "Estimated: no snapshot" in card(at, "views")
        assert "It lies between" in card(at, "views")

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
        desk.store_at(sqlite_url).close()
        file.rename(away)
        file.mkdir()
        clock.now += 600
        at = healthy(at.run())
        assert gain(at) == shown
        assert "These are the numbers of 22 Nov, 12:00." in html_of(at)
        assert at.button(key="tg-take").disabled
        file.rmdir()
        away.rename(file)
        assert "These are the numbers" not in html_of(healthy(at.run()))

    def test_a_dead_job_is_mentioned(self, sample: Store, open_page: Open) -> None:
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
        assert "made up to show how it works" in html_of(at)
        assert "import" in press(at, "connect").code[0].value

    def test_goes_with_one_click(self, sample: Store, open_page: Open) -> None:
        at = press(healthy(open_page()), "remove-sample")
        assert local_accounts(sample) == []
        assert "No account yet" in html_of(at)


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

    def test_a_source_that_fails_says_why(
        self, store: Store, staged: Staged, open_page: Open
    ) -> None:
        added(store)
        staged.errors["creator_01"] = SourceError("TikTok asks you to log in again.")
        at = press(healthy(open_page()), "tg-take")
        assert at.warning[0].value == "creator_01: TikTok asks you to log in again."

    def test_one_failing_account_does_not_stop_the_others(
        self, store: Store, staged: Staged, open_page: Open
    ) -> None:
        added(store)
        added(store, "creator_02")
        staged.errors["creator_01"] = SourceError("TikTok is down.")
        at = press(healthy(open_page()), "tg-take")
        assert "creator_01" in at.warning[0].value
        assert "creator_02" in at.toast[0].value

    def test_an_imported_account_cannot_be_captured(self, store: Store, open_page: Open) -> None:
        capture(store, added(store, source="csv"), NOON, {"a": 1})
        at = healthy(open_page())
        assert at.button(key="tg-take").disabled
        assert "import a newer one" in at.button(key="tg-take").help


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

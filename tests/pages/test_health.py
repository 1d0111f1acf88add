"""The Health page: what is wrong and what to do, in every state it can be in."""

import re
from collections.abc import Callable
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from snapshot_core.errors import SourceError
from snapshot_core.readings import ProfileReading
from snapshot_core.store.accounts import Account, note_attempt
from snapshot_core.store.ahead import captures_ahead, keep, mark_ahead
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import Heartbeat, beat
from snapshot_core.store.record_capture import Fetched, record, record_failure
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.windows import DAY, HOUR
from tests.pages.conftest import ROUTER, Open, html_of
from tests.support.readings import video_reading
from tests.support.staged import NOON, Hands, Staged, added
from tests.support.stock import capture, make_account
from tests.support.waiting import PATIENCE_SECONDS
from ui import login
from ui.login import CLOCK

Breaks = Callable[[], None]

MIDNIGHT = NOON - 12 * HOUR
"""The last one in Lisbon."""


@pytest.fixture
def open_health(page_url: str, clock: Hands) -> Open:
    """Open the page by its address: ``open_health(account="one")``."""

    def open_it(**query: str) -> AppTest:
        at = AppTest.from_file(ROUTER, default_timeout=PATIENCE_SECONDS).switch_page("health.py")
        at.session_state[CLOCK] = clock
        for name, value in query.items():
            at.query_params[name] = value
        return healthy(at.run())

    return open_it


def healthy(at: AppTest) -> AppTest:
    """No exception may ever be shown."""
    assert not at.exception, at.exception
    return at


def text_of(at: AppTest) -> str:
    """Our own markup as text, without style sheets."""
    html = re.sub(r"<style>.*?</style>", "", html_of(at), flags=re.S)
    return unescape(re.sub(r"<[^>]+>", " ", html))


def table_of(at: AppTest, number: int) -> pd.DataFrame:
    return at.dataframe[number].value


def job_beats(store: Store, at: int = NOON, doing: str | None = None) -> None:
    job = Heartbeat("job", at - DAY, at, MIDNIGHT + DAY, doing)
    store.transact(lambda connection: beat(connection, job))


def account_named(store: Store, name: str, source: str = "staged") -> Account:
    store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
    return make_account(store, name, source)


def nights(store: Store, account: Account, *back: int) -> None:
    for number in back:
        views = {"a": 1_000 - number, "b": 5_000}
        capture(store, account, MIDNIGHT - number * DAY, views)


def fails(store: Store, account: Account, at: int, message: str) -> None:
    profile = ProfileReading()
    fetched = Fetched(at, at + 5, "nightly", "complete", False, profile, [], message)
    store.transact(lambda connection: record_failure(connection, account.key, fetched))
    store.transact(lambda connection: note_attempt(connection, account.key, at, message))


@pytest.fixture
def fine(store: Store, staged: Staged) -> Account:
    account = account_named(store, "one")
    nights(store, account, *range(95, -1, -1))
    job_beats(store)
    return account


class TestAllIsWell:
    def test_is_one_calm_sentence(self, fine: Account, open_health: Open) -> None:
        text = text_of(open_health())
        assert "All is well." in text
        assert "The next snapshot is due at 23 Nov, 00:00." in text
        assert "The nightly job is running · next snapshot 23 Nov, 00:00 (in 12 h)" in text
        assert not open_health().button

    def test_does_not_claim_what_the_gaps_below_belie(
        self, store: Store, staged: Staged, open_health: Open
    ) -> None:
        nights(store, account_named(store, "one"), 9, 8, 5, 4, 3, 2, 1, 0)
        job_beats(store)
        text = text_of(open_health())
        assert "Every snapshot was taken on time" not in text
        assert re.search(r"All is well\. +Nothing needs your attention\. The next snapshot", text)
        assert "Without a complete snapshot" in text

    def test_is_said_where_cron_takes_the_snapshots(
        self, store: Store, staged: Staged, open_health: Open
    ) -> None:
        nights(store, account_named(store, "one"), *range(95, -1, -1))
        text = text_of(open_health())
        well = "All is well. Every snapshot was taken on time, and nothing needs your attention."
        assert well in re.sub(" +", " ", text)
        assert "nightly job" not in text

    def test_tells_of_the_account(self, fine: Account, open_health: Open) -> None:
        text = text_of(open_health())
        assert re.search(r"Last complete +22 Nov, 00:00 \(12 h ago\)", text)
        assert re.search(r"Next +23 Nov, 00:00 \(in 12 h\)", text)
        assert "90 of the last 90 days have a complete snapshot" in html_of(open_health())

    def test_the_log_is_local_and_in_words(self, fine: Account, open_health: Open) -> None:
        log = table_of(open_health(), 0)
        assert len(log) == 90
        assert list(log.iloc[0][["status", "trigger", "scope", "videos"]]) == [
            "complete", "nightly", "all videos", 2,
        ]  # fmt: skip
        assert "message" not in log

    def test_the_job_says_what_it_is_at(
        self, fine: Account, store: Store, open_health: Open
    ) -> None:
        job_beats(store, doing="Taking a snapshot of one")
        assert "Taking a snapshot of one · next snapshot" in text_of(open_health())


class TestWhatIsWrong:
    def test_comes_first_with_the_remedy(
        self, store: Store, staged: Staged, open_health: Open
    ) -> None:
        account = account_named(store, "one")
        nights(store, account, 9, 8)
        fails(store, account, NOON - 2 * HOUR, "The platform is away.")
        text = text_of(open_health())
        assert "The nightly job is not running." in text
        assert re.search(r"one: The platform is away\. +It is tried again by itself\.", text)
        assert "one: the last complete snapshot is of 14 Nov, 00:00." in text
        assert "All is well" not in text

    def test_a_snapshot_mends_it(self, store: Store, staged: Staged, open_health: Open) -> None:
        account = added(store)
        job_beats(store)
        fails(store, account, NOON - HOUR, "The platform is away.")
        at = open_health()
        assert [button.key for button in at.button] == ["tg-take"]
        at = healthy(at.button(key="tg-take").click().run())
        assert "All is well." in text_of(healthy(at.run()))

    def test_a_snapshot_that_fails_says_so(
        self, store: Store, staged: Staged, open_health: Open
    ) -> None:
        account = added(store)
        job_beats(store)
        staged.errors[account.name] = SourceError("The platform is still away.")
        at = healthy(open_health().button(key="tg-take").click().run())
        assert "The platform is still away." in text_of(at)

    def test_an_import_mends_it(self, store: Store, open_health: Open) -> None:
        nights(store, account_named(store, "from a file", "csv"), 9, 8)
        job_beats(store)
        at = open_health()
        assert "Import newer readings" in text_of(at)
        assert [button.key for button in at.button] == ["connect"]
        healthy(at.button(key="connect").click().run())

    def test_one_remedy_for_many_is_said_once(self, store: Store, open_health: Open) -> None:
        for number in range(20):
            nights(store, account_named(store, f"file {number}", "csv"), 9, 8)
        job_beats(store)
        text = text_of(open_health())
        assert text.count("imported file") == 20
        assert text.count("Readings up to 14 Nov, 00:00") == 20
        assert "20 come from files." in text

    def test_names_are_text_and_nothing_else(self, store: Store, open_health: Open) -> None:
        account = account_named(store, "<script>x</script>", "csv")
        nights(store, account, 9, 8)
        fails(store, account, NOON - HOUR, "<img src=x onerror=alert(1)>")
        html = html_of(open_health())
        assert "<script>" not in html
        assert "<img" not in html


class TestTheDays:
    def test_have_a_shape_and_words_for_each_state(
        self, store: Store, staged: Staged, open_health: Open
    ) -> None:
        account = account_named(store, "one")
        nights(store, account, 10, 9, 6, 5)
        capture(store, account, MIDNIGHT - 4 * DAY, {"a": 1_000}, walked_to_end=False)
        fails(store, account, MIDNIGHT - 3 * DAY, "The platform is away.")
        at = open_health()
        html = html_of(at)
        for words, shape in (
            ("Mon 16 Nov: complete", "complete"),
            ("Wed 18 Nov: partial", "partial"),
            ("Thu 19 Nov: failed", "failed"),
            ("Fri 20 Nov: no snapshot", "none"),
            ("Sun 1 Nov: before tracking", "before"),
        ):
            assert f'<i class="tg-day tg-day-{shape}" title="{words}"></i>' in html
        assert "13 Nov, 00:00 to 16 Nov, 00:00 (3 days)" in text_of(at)

    def test_an_old_import_has_none_to_draw(self, store: Store, open_health: Open) -> None:
        nights(store, account_named(store, "from a file", "csv"), 200, 199)
        at = open_health()
        assert "No snapshot in the last 90 days." in text_of(at)
        assert not at.dataframe


class TestDoubts:
    def test_are_told_in_plain_words(self, store: Store, staged: Staged, open_health: Open) -> None:
        account = account_named(store, "one")
        for back, views in ((3, 1_000), (2, 0), (1, -7), (0, 10)):
            at = MIDNIGHT - back * DAY
            followers = 10 if back == 0 else 5_000
            capture(store, account, at, {"a": views, "b": 5_000}, followers=followers)
        page = open_health()
        doubts = table_of(page, 0)
        told = dict(zip(doubts["verdict"], doubts["count"], strict=True))
        assert told == {
            "Fell steeply; held back until the next snapshot confirms it": 10,
            "Negative, which no counter can be; refused": -7,
            "Fell steeply and came back; rejected": 0,
        }
        assert set(doubts["video"]) == {"a", "the account itself"}
        assert "1 count refused." in set(table_of(page, 1)["message"])


class TestWithoutAnything:
    def test_no_account_has_one_question_and_the_ways_to_one(
        self, store: Store, open_health: Open
    ) -> None:
        store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
        at = open_health()
        assert "Whose growth do you want to see?" in text_of(at)
        keys = [button.key for button in at.button]
        assert keys == ["tg-start", "tg-by-tiktok", "connect", "tg-by-sample"]

    def test_no_snapshot_yet(self, store: Store, staged: Staged, open_health: Open) -> None:
        account_named(store, "one")
        at = open_health()
        assert "one has no complete snapshot yet." in text_of(at)
        assert "none yet" in text_of(at)


class TestSeveralAccounts:
    def test_each_has_its_panel_until_one_is_chosen(
        self, fine: Account, store: Store, open_health: Open
    ) -> None:
        nights(store, account_named(store, "two", "csv"), 9, 8)
        at = open_health()
        text = text_of(at)
        assert "1 account is up to date. 1 comes from a file." in re.sub(" +", " ", text)
        assert re.search(r"one +✓ up to date +22 Nov, 00:00 +23 Nov, 00:00 +90 of 90", text)
        assert re.search(r"two +imported file +Readings up to 14 Nov, 00:00", text)
        assert 'href="/health?account=one"' in html_of(at)
        assert not at.dataframe
        at = open_health(account="one")
        assert html_of(at).count("<section") == 1
        assert "account" not in table_of(at, 0)
        assert "All is well." in text_of(at)

    def test_of_very_many_the_worst_are_shown(
        self, store: Store, staged: Staged, open_health: Open
    ) -> None:
        for number in range(31):
            back = range(9) if number else (9, 8)
            nights(store, account_named(store, f"account {number}"), *back)
        at = open_health()
        text = re.sub(" +", " ", text_of(at))
        assert re.search(r"What to do A account 0 ! \d days late", text)
        assert "30 of 31 accounts are up to date. 1 is late." in text
        assert text.count("up to date") == 1 + 29  # the sentence, and a page of thirty
        assert "account 9 " not in text


class TestWhileTheDatabaseIsAway:
    @pytest.fixture
    def broken(self, page_url: str) -> Breaks:
        file = Path(page_url.removeprefix("sqlite:///"))

        def breaks() -> None:
            login.store_at(page_url).close()
            for beside in file.parent.glob(f"{file.name}-*"):
                beside.unlink()
            file.write_bytes(b"no database at all" * 500)

        return breaks

    def test_its_last_state_stays_and_says_of_when_it_is(
        self, fine: Account, store: Store, open_health: Open, clock: Hands, broken: Breaks
    ) -> None:
        at = open_health()
        store.close()
        broken()
        clock.now += 20 * 60
        text = text_of(healthy(at.run()))
        assert "These are the numbers of 22 Nov, 12:00." in text
        assert "All is well." in text

    def test_videos_say_so_too(
        self, fine: Account, store: Store, open_page: Open, clock: Hands, broken: Breaks
    ) -> None:
        at = open_page("videos.py")
        shown = re.findall(r"<table.*?</table>", html_of(at), re.S)
        store.close()
        broken()
        clock.now += 600
        assert "These are the numbers of 22 Nov, 12:00." in text_of(healthy(at.run()))
        assert shown
        assert re.findall(r"<table.*?</table>", html_of(at), re.S) == shown


def deciding() -> None:
    """The dialog on snapshots dated ahead, without the dialog: it closes at a whole rerun."""
    from snapshot_core.store.ahead import captures_ahead
    from ui.health.ahead import controls
    from ui.session import open_session

    session = open_session()
    with session.store.read() as connection:
        ahead = captures_ahead(connection, session.user.user_id, session.accounts, session.now)
    controls(session, ahead)


class TestSnapshotsDatedAhead:
    @pytest.fixture
    def ahead(self, fine: Account, store: Store) -> tuple[int, int]:
        """Two, of which one has come to be of the past."""
        dates = NOON - 6 * HOUR, NOON + 400 * DAY
        for at in dates:
            capture(store, fine, at, {"a": 5_000, "b": 9_000})
        store.transact(partial(mark_ahead, key=fine.key, now=NOON - DAY))
        # Only midnights came after the clock was right; they were not seen by that.
        with store.read() as connection:
            marked = captures_ahead(connection, fine.user_id, [fine], NOON)
        others = [each for each in marked if each.captured_at not in dates]
        store.transact(partial(keep, chosen=others, now=NOON))
        return dates

    @pytest.fixture
    def dialog(self, page_url: str, clock: Hands) -> AppTest:
        at = AppTest.from_function(deciding, default_timeout=PATIENCE_SECONDS)
        at.session_state[CLOCK] = clock
        return at

    def left(self, store: Store, account: Account) -> list[int]:
        with store.read() as connection:
            return [
                each.captured_at
                for each in captures_ahead(connection, account.user_id, [account], NOON)
            ]

    def test_are_named_and_one_button_asks(
        self, ahead: tuple[int, int], open_health: Open, store: Store, fine: Account
    ) -> None:
        at = open_health()
        text = text_of(at)
        assert "2 snapshots, from 22 Nov, 06:00 to 27 Dec 2027, 12:00, were dated ahead" in text
        assert "Last complete 22 Nov, 00:00" in re.sub(" +", " ", text)
        assert [button.label for button in at.button] == ["Keep or drop"]
        assert len(table_of(at, 0)) == 90  # none of them is in the log
        healthy(at.button[0].click().run())
        assert self.left(store, fine) == list(ahead)  # nothing is done before it is confirmed

    def test_are_kept_all_at_once(
        self, ahead: tuple[int, int], dialog: AppTest, store: Store, fine: Account
    ) -> None:
        at = healthy(dialog.run())
        assert at.multiselect[0].value == [0, 1]
        healthy(button_of(at, "Keep 2 snapshots").click().run())
        assert self.left(store, fine) == []
        with store.read() as connection:
            assert history_of(connection, fine.key, NOON).last_complete == ahead[0]

    def test_are_dropped_by_those_who_say_that_they_mean_it(
        self, ahead: tuple[int, int], dialog: AppTest, store: Store, fine: Account
    ) -> None:
        at = healthy(dialog.run())
        at = healthy(at.multiselect[0].set_value([1]).run())
        assert button_of(at, "Drop 1 snapshot").disabled
        at = healthy(at.checkbox[0].check().run())
        healthy(button_of(at, "Drop 1 snapshot").click().run())
        assert self.left(store, fine) == [ahead[0]]


def confirming() -> None:
    """The dialog on missing videos, without the dialog."""
    from snapshot_core.store.fold.missing_videos import missing_videos
    from ui.health.missing import controls
    from ui.session import open_session

    session = open_session()
    with session.store.read() as connection:
        each = [missing_videos(connection, one, session.now) for one in session.accounts]
    controls(session, [missing for missing in each if missing is not None])


class TestMissingVideos:
    @pytest.fixture
    def half(self, fine: Account, store: Store) -> Account:
        """Lists ten videos at first, and then three."""
        for at, videos in ((NOON - 2 * HOUR, 10), (NOON - HOUR, 3)):
            views = {f"v{number}": 1_000 for number in range(videos - 2)}
            capture(store, fine, at, {"a": 1_000, "b": 5_000, **views})
        return fine

    def test_are_counted_and_one_button_asks(
        self, half: Account, open_health: Open, store: Store
    ) -> None:
        at = open_health()
        text = text_of(at)
        assert "one: the snapshot of 22 Nov, 11:00 lists 3 of 10 videos, too few" in text
        assert [button.label for button in at.button] == ["Are they gone?"]
        healthy(at.button[0].click().run())
        with store.read() as connection:
            assert history_of(connection, half.key, NOON).last_complete == NOON - 2 * HOUR

    def test_are_gone_at_their_users_word(
        self, half: Account, page_url: str, clock: Hands, store: Store
    ) -> None:
        at = AppTest.from_function(confirming, default_timeout=PATIENCE_SECONDS)
        at.session_state[CLOCK] = clock
        healthy(at.run())
        healthy(button_of(at, "7 videos are gone").click().run())
        with store.read() as connection:
            assert history_of(connection, half.key, NOON).last_complete == NOON - HOUR

    def test_a_snapshot_without_counts_says_so(
        self, fine: Account, open_health: Open, store: Store
    ) -> None:
        message = "Staged listed 2 videos without any count. It will be tried again."
        listed = [video_reading("a"), video_reading("b")]
        fetched = Fetched(
            NOON, NOON, "nightly", "complete", False, ProfileReading(), listed, message
        )
        store.transact(lambda connection: record(connection, fine.key, fetched))
        text = text_of(open_health())
        assert f"one: {message}" in text
        assert "The numbers are those of the snapshot before." in text


def button_of(at: AppTest, label: str) -> Any:
    return next(each for each in at.button if each.label == label)

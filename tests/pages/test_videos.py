"""The Videos page: the table and one video, in every state they can be in."""

import csv
import json
import re
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from snapshot_core.formats.readings.parse import parse
from snapshot_core.periods import PERIODS
from snapshot_core.readings import VideoReading
from snapshot_core.store.accounts import Account
from snapshot_core.store.annotations.video_tags import add_tag
from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.transfer.import_file import import_file
from snapshot_core.view.video import VideoView, video_view
from snapshot_core.view.videos_table import video_table
from snapshot_core.windows import DAY, HOUR
from tests.pages.conftest import ROUTER, ZONE, Open, html_of
from tests.support.readings import video_reading
from tests.support.staged import NOON, Hands, Staged, added
from tests.support.stock import capture, local_accounts, make_account
from tests.support.waiting import PATIENCE_SECONDS
from ui.login import CLOCK
from ui.video.readings import readings_file

LISBON = ZoneInfo(ZONE)
MIDNIGHT = NOON - 12 * HOUR
"""The last one in Lisbon."""


def healthy(at: AppTest) -> AppTest:
    """No exception may ever be shown."""
    assert not at.exception, at.exception
    return at


def text_of(at: AppTest) -> str:
    """Our own markup as text, hints included."""
    return unescape(re.sub(r"<[^>]+>", " ", html_of(at)))


def table_of(at: AppTest) -> str:
    (table,) = re.findall(r'<table class="tg-table tg-videos">.*?</table>', html_of(at), re.DOTALL)
    return str(table)


def rows_of(at: AppTest) -> list[list[str]]:
    """The cells of the table of videos as texts, without its head and its sums."""
    body = table_of(at).partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [
            unescape(re.sub(r"<[^>]+>", " ", cell)).replace("\u00a0", " ").strip()
            for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)
        ]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body)
    ]


def titles_of(at: AppTest) -> list[str]:
    """Titles with what stands below them."""
    return [" ".join(row[1].split()) for row in rows_of(at)]


def row_named(at: AppTest, title: str) -> list[str]:
    (row,) = [row for row in rows_of(at) if title in row[1]]
    return row


def readings_of(at: AppTest) -> pd.DataFrame:
    return at.dataframe[0].value


def figures(at: AppTest) -> list[dict[str, Any]]:
    return [json.loads(one.proto.spec) for one in at.get("plotly_chart")]


def listed(name: str, views: int | None, published: int | None = None, **more: Any) -> VideoReading:
    likes = None if views is None or views < 0 else views // 10
    title = more.pop("title", f"Title of {name}")
    return video_reading(name, views, likes, title=title, published_at=published, **more)


@pytest.fixture
def open_videos(page_url: str, clock: Hands) -> Open:
    """Open the page by its address: ``open_videos(period="30d", video="7")``."""

    def open_it(**query: str) -> AppTest:
        # Not by way of the Overview: what it remembers of the period would win.
        at = AppTest.from_file(ROUTER, default_timeout=PATIENCE_SECONDS).switch_page("videos.py")
        at.session_state[CLOCK] = clock
        for name, value in query.items():
            at.query_params[name] = value
        return healthy(at.run())

    return open_it


@pytest.fixture
def lively(store: Store) -> Store:
    """Forty nights of an account in which everything happens; `odd` has had it all."""
    store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
    account = make_account(store, "gardening", "tiktok")  # it gives more than these videos have
    for back in range(40, -1, -1):
        if back in (20, 21, 22):
            continue
        views: int = 200_000 - 1_000 * back - (14_000 if back <= 15 else 0)
        views = {27: 0, 5: -40, 0: 100_000}.get(back, views)
        odd = listed("7554971395553052634", views, MIDNIGHT - 60 * DAY)
        videos = [odd, *(listed(f"x{n}", 100_000 + 50 * n * (40 - back)) for n in range(12))]
        if back > 3:
            videos.append(listed("gone", 4_000, MIDNIGHT - 90 * DAY))
        if back <= 4:
            link = "https://www.tiktok.com/@g/video/9"
            about = {"share_url": link, "cover_url": "data:,", "duration": 34}
            new = MIDNIGHT - 5 * DAY + HOUR
            videos.append(listed("new", 9_000 - 1_000 * back, new, title="<b>New</b>", **about))
        if back <= 2:
            videos.append(listed("found", 7_000, MIDNIGHT - 500 * DAY, title=None))
        capture(store, account, MIDNIGHT - back * DAY, {one.platform_id: one for one in videos})
    return store


def video_id(store: Store, name: str) -> str:
    with store.read() as connection:
        for period in PERIODS:
            table = video_table(connection, local_accounts(store), period, NOON, LISBON)
            for row in table.rows:
                if row.about.platform_id == name:
                    return str(row.about.video_id)
    raise AssertionError(name)


class TestTheTable:
    def test_shows_the_sample_with_a_row_that_adds_it_up(
        self, sample: Store, open_videos: Open
    ) -> None:
        at = open_videos(period="30d")
        assert len(rows_of(at)) == 28
        sums = re.sub(r"<[^>]+>", " ", table_of(at).partition("<tfoot>")[2])
        assert re.search(r"28 videos .* 100.% ", sums)
        assert "1 removed video is not shown" in text_of(at)
        assert 'href="?period=30d&amp;show=removed"' in html_of(at)
        kinds = at.segmented_control(key="tg-show-3")
        assert [kinds.format_func(each) for each in ("all", "new")] == ["All 28", "New 6"]
        assert 'class="tg-cover"><img src=' in table_of(at)

    def test_begins_with_a_sentence_on_what_made_most(
        self, sample: Store, open_videos: Open
    ) -> None:
        (line,) = re.findall(r'<p class="tg-sentence">(.*?)</p>', html_of(open_videos()))
        words = " ".join(re.sub(r"<[^>]+>", "", line).split())
        assert re.search(r"^\w+ videos? made \d+ % of the .*views gained in 7 days\.$", words)

    def test_marks_in_words(self, lively: Store, open_videos: Open) -> None:
        at = open_videos()
        titles = titles_of(at)
        assert "<b>New</b> 5 days ago new" in titles
        assert "Video found 500 days ago newly tracked" in titles
        assert "Title of x3" in titles
        assert not any("gone" in title for title in titles)
        assert titles_of(open_videos(show="removed")) == ["Title of gone 90 days ago removed"]
        assert titles_of(open_videos(show="new")) == ["<b>New</b> 5 days ago new"]

    def test_what_is_unknown_is_a_dash_and_never_zero(
        self, lively: Store, open_videos: Open
    ) -> None:
        assert row_named(open_videos(), "found")[2:6] == ["–", "–", "–", "7.00K"]
        assert row_named(open_videos(show="removed"), "gone")[2:6] == ["–"] * 4

    def test_numbers_are_written_as_people_do(self, lively: Store, open_videos: Open) -> None:
        row = row_named(open_videos(), "x11")
        assert row[2:8] == ["+3.85K", "10 %", "+3.3 %", "122K", "12.2K", "10.0 %"]
        assert row_named(open_videos(), "New")[4] == "new"

    def test_a_row_opens_its_video_and_its_post(self, lively: Store, open_videos: Open) -> None:
        (row,) = [
            each
            for each in re.findall(r"<tr.*?</tr>", table_of(open_videos(period="30d")))
            if "New" in each
        ]
        number = video_id(lively, "new")
        assert f'class="tg-row-link" href="?period=30d&amp;video={number}" target="_self"' in row
        post = 'href="https://www.tiktok.com/@g/video/9" target="_blank" rel="noopener noreferrer"'
        assert post in row
        assert 'aria-label="&lt;b&gt;New&lt;/b&gt; on TikTok"' in row

    @pytest.mark.parametrize(
        ("sort", "order", "first"),
        [
            ("views", "descending", "755"),
            ("-views", "ascending", "Video found"),
            ("published", "descending", "New"),
            ("nonsense", "descending", "New"),
        ],
    )
    def test_is_sorted_by_its_headings(
        self, lively: Store, open_videos: Open, sort: str, order: str, first: str
    ) -> None:
        at = open_videos(sort=sort)
        assert first in titles_of(at)[0]
        assert table_of(at).count("aria-sort") == 1
        assert f'aria-sort="{order}"' in table_of(at)

    def test_names_the_accounts_where_there_are_several(
        self, lively: Store, open_videos: Open
    ) -> None:
        other = make_account(lively, "cooking")
        for back in (8, 4, 0):
            capture(lively, other, MIDNIGHT - back * DAY, {"c": 100 - back})
        titles = titles_of(open_videos())
        assert any(title.startswith("Video c cooking") for title in titles)
        assert "Title of x3 gardening" in titles
        (title,) = titles_of(open_videos(account="cooking"))
        assert "cooking" not in title

    def test_made_up_videos_never_stand_among_real_ones(
        self, sample: Store, open_videos: Open
    ) -> None:
        other = make_account(sample, "cooking")
        capture(sample, other, MIDNIGHT, {"c": 100})
        assert titles_of(open_videos()) == ["Video c"]

    @pytest.mark.parametrize(
        ("words", "found"),
        [("title X1", 3), ("7554971395553052634", 1), ("found", 1), ("no such", None), ("  ", 15)],
    )
    def test_is_searched_by_title_tag_and_link(
        self, lively: Store, open_videos: Open, words: str, found: int | None
    ) -> None:
        at = open_videos(q=words)
        if found is None:
            assert "No video has “no such”" in text_of(at)
            (button,) = [one for one in at.button if one.label == "Show all videos"]
            assert len(rows_of(healthy(button.click().run()))) == 15
        else:
            assert len(rows_of(at)) == found

    def test_a_search_is_text_and_nothing_else(self, lively: Store, open_videos: Open) -> None:
        at = open_videos(q="<script>alert(1)</script>")
        assert "<script>" not in html_of(at)

    def test_before_it_is_ready_it_says_when(self, store: Store, open_videos: Open) -> None:
        store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
        account = make_account(store, "young")
        for back in (2, 1, 0):
            capture(store, account, MIDNIGHT - back * DAY, {"a": 100 - back})
        at = open_videos()
        assert "7-day growth will be ready on 27 Nov, 00:00" in text_of(at)
        assert row_named(at, "Video a")[2:6] == ["–", "–", "–", "100"]

    def test_a_thousand_videos_come_in_pages(self, store: Store, open_videos: Open) -> None:
        store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
        account = make_account(store, "many")
        for back in (8, 4, 0):
            views = {f"v{n}": 1_000 * n - back * n for n in range(1_000)}
            capture(store, account, MIDNIGHT - back * DAY, views)
        at = open_videos(page="20")
        assert len(rows_of(at)) == 50
        assert any(title.startswith("Video v0 ") for title in titles_of(at))
        assert "1,000 videos" in table_of(at)
        at = healthy(at.text_input(key="q").set_value("v99").run())
        assert len(rows_of(at)) == 11
        assert "page" not in at.query_params


class TestTags:
    def test_are_given_and_taken_on_the_table(self, lively: Store, open_videos: Open) -> None:
        # One that there is: the test's own select box takes none but its options.
        account, other = local_accounts(lively)[0], int(video_id(lively, "x5"))
        lively.transact(lambda connection: add_tag(connection, account.key, other, "fern series"))
        at = open_videos()
        for button, count in (("Add tag", 2), ("Remove tag", 1)):
            (videos,) = [each for each in at.multiselect if each.label == "Videos"]
            videos.set_value([int(video_id(lively, "x4"))])
            at.selectbox(key="tg-tag-name").set_value("fern series")
            (submit,) = [each for each in at.button if each.label == button]
            at = healthy(submit.click().run())
            assert table_of(at).count(">fern series</a>") == count

    def test_filter_and_add_up(self, lively: Store, open_videos: Open) -> None:
        account = local_accounts(lively)[0]
        for name in ("x4", "x5"):
            number = int(video_id(lively, name))
            lively.transact(partial(add_tag, key=account.key, video_id=number, tag="birds"))
        at = open_videos(tag="birds", page="7")
        assert [title.split()[2] for title in titles_of(at)] == ["x5", "x4"]
        sums = re.sub(r"<[^>]+>", " ", table_of(at).partition("<tfoot>")[2])
        assert re.search(r"2 videos +\+3.15K +8.3.% ", sums)
        at = open_videos()
        assert re.search(r"By tag .* birds .* \+3.15K", text_of(at), re.DOTALL)
        assert 'href="?tag=birds"' in html_of(at)
        at = open_videos(tag="kitchen")
        assert "No video has the tag “kitchen”" in text_of(at)

    def test_are_given_and_taken_on_the_page_of_a_video(
        self, lively: Store, open_videos: Open
    ) -> None:
        at = open_videos(video=video_id(lively, "x4"))
        at = healthy(at.multiselect[0].set_value(["Fern  Series"]).run())
        assert at.multiselect[0].value == ["fern series"]
        at = healthy(at.multiselect[0].set_value([]).run())
        assert at.multiselect[0].value == []
        at = healthy(at.multiselect[0].set_value(["a,b"]).run())
        assert "no comma" in at.warning[0].value


class TestComparing:
    def test_lays_the_chosen_ones_over_one_another(self, lively: Store, open_videos: Open) -> None:
        at = open_videos(period="30d")
        (videos,) = [each for each in at.multiselect if "Two to 5 videos" in each.label]
        chosen = [int(video_id(lively, name)) for name in ("7554971395553052634", "new", "x4")]
        at = healthy(videos.set_value(chosen).run())
        at = healthy(at.button(key="tg-compare").click().run())
        assert at.query_params["compared"] == ",".join(map(str, chosen))
        (figure,) = figures(at)
        assert [line["name"] for line in figure["data"]][1:] == ["<b>New</b>", "Title of x4"]
        # By age both begin together; the one of unknown publication has no line.
        assert figure["data"][1]["x"][0] == 0
        assert figure["data"][2]["x"] == []
        assert "by date only: Title of x4" in at.caption[0].value
        at = healthy(at.segmented_control(key="tg-by").set_value("date").run())
        assert len(figures(at)[0]["data"][2]["x"]) == 38 + 1
        (back,) = [button for button in at.button if button.label == "All videos"]
        assert len(rows_of(healthy(back.click().run()))) > 10
        assert at.segmented_control(key="period").value == "30d"

    @pytest.mark.parametrize("asked", ["1", "x,y", "1,2", "9" * 40, ",", "<b>,1"])
    def test_of_what_is_not_there_has_a_way_back(
        self, lively: Store, open_videos: Open, asked: str
    ) -> None:
        at = open_videos(compared=asked)
        assert "There are no such videos" in text_of(at)
        (button,) = [each for each in at.button if each.label == "See all videos"]
        assert len(rows_of(healthy(button.click().run()))) == 15


class TestWithoutVideos:
    def test_no_account_has_one_question_and_the_ways_to_one(
        self, store: Store, open_videos: Open
    ) -> None:
        store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
        at = open_videos()
        assert "Whose growth do you want to see?" in text_of(at)
        keys = [button.key for button in at.button]
        assert keys == ["tg-start", "tg-by-tiktok", "connect", "tg-by-sample"]

    def test_no_capture_offers_to_take_one(
        self, store: Store, open_videos: Open, staged: Staged
    ) -> None:
        added(store)
        at = open_videos()
        assert "No videos yet" in text_of(at)
        assert [button.key for button in at.button] == ["tg-take"]

    def test_no_capture_of_a_file_offers_to_import(self, store: Store, open_videos: Open) -> None:
        store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
        make_account(store, "from a file")
        at = open_videos()
        assert [button.key for button in at.button] == ["connect"]
        assert healthy(at.button(key="connect").click().run()).get("dialog")


class TestOneVideo:
    def open(self, store: Store, open_videos: Open, name: str, **query: str) -> AppTest:
        return open_videos(video=video_id(store, name), **query)

    def test_is_named_dated_and_linked(self, lively: Store, open_videos: Open) -> None:
        at = self.open(lively, open_videos, "new")
        assert "&lt;b&gt;New&lt;/b&gt;" in html_of(at)
        assert "published 17 Nov, 01:00 (5 days ago) · 0:34" in text_of(at)
        assert 'href="https://www.tiktok.com/@g/video/9"' in html_of(at)

    def test_a_link_of_another_kind_is_not_made(self, store: Store, open_videos: Open) -> None:
        store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
        account = make_account(store, "one")
        bad = listed("a", 5, share_url="javascript:alert(1)")
        capture(store, account, MIDNIGHT, {"a": bad})
        assert "javascript:" not in html_of(self.open(store, open_videos, "a"))

    def test_its_ledger_adds_up_in_words(self, lively: Store, open_videos: Open) -> None:
        text = text_of(self.open(lively, open_videos, "x4"))
        assert re.search(r"15 Nov, 00:00 +106,600 +Gained .* \+1,400 +22 Nov, 00:00 +108,000", text)

    def test_says_why_there_is_no_growth(self, lively: Store, open_videos: Open) -> None:
        assert "first read after the period began" in text_of(
            self.open(lively, open_videos, "found")
        )
        text = text_of(self.open(lively, open_videos, "gone"))
        assert "No longer on the account since the snapshot of 19 Nov, 00:00." in text
        assert "no longer on the account, so it has no growth" in text

    def test_gaps_break_the_line_and_doubts_stand_alone(
        self, lively: Store, open_videos: Open
    ) -> None:
        at = self.open(lively, open_videos, "7554971395553052634", period="30d")
        *runs, corrections, doubts = figures(at)[0]["data"]
        assert len(runs) == 4  # a glitch, three nights and a negative reading lie between them
        assert len(corrections["x"]) == 1
        assert "the platform took back 13,000" in corrections["customdata"][0]
        assert doubts["marker"]["symbol"] == "circle-open"
        assert [text.split(":")[0] for text in doubts["customdata"]] == ["0", "100,000"]
        assert "estimated" in text_of(at)

    def test_the_counter_is_chosen(self, lively: Store, open_videos: Open) -> None:
        at = self.open(lively, open_videos, "x4", metric="Likes")
        assert "Likes in total" in text_of(at)
        at = healthy(at.segmented_control(key="metric").set_value("Shares").run())
        assert figures(at) == [], "no empty frames"
        assert "not counted" in text_of(at)

    def test_readings_are_newest_first_and_exact(self, lively: Store, open_videos: Open) -> None:
        rows = readings_of(self.open(lively, open_videos, "7554971395553052634"))
        assert list(rows["at"]) == sorted(rows["at"], reverse=True)
        assert rows["views"][1] == 185_000
        assert "held back" in rows["note"][0]
        assert "views: negative, refused" in rows["note"][5]

    def test_readings_say_what_came_since_the_one_before(
        self, lively: Store, open_videos: Open
    ) -> None:
        rows = readings_of(self.open(lively, open_videos, "7554971395553052634"))
        assert list(rows["views step"][:3]) == [pd.NA, 1_000, 1_000]
        assert rows["views per hour"][1] == 42
        assert rows["views step"][4] == 2_000, "across a reading that was refused"
        assert rows["age"][1] == 59 * DAY

    def test_a_new_one_is_drawn_from_its_publication(self, store: Store, open_videos: Open) -> None:
        store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
        account = make_account(store, "one")
        capture(store, account, NOON, {"a": listed("a", 700, NOON - 5 * HOUR)})
        at = self.open(store, open_videos, "a")
        assert "Views since publication" in text_of(at)
        (history,) = figures(at)
        assert history["data"][0]["y"] == [0, 700]
        assert "10.0" in text_of(at), "its engagement"

    @pytest.mark.parametrize("asked", ["99", "x", "-1", "9" * 40, "1 or 1=1", "<b>"])
    def test_one_that_is_not_there_has_a_way_back(
        self, lively: Store, open_videos: Open, asked: str
    ) -> None:
        at = open_videos(video=asked)
        assert "There is no such video" in text_of(at)
        (button,) = at.button
        at = healthy(button.click().run())
        assert len(rows_of(at)) == 15
        assert "video" not in at.query_params

    def test_the_way_back_keeps_the_table_as_it_was(self, lively: Store, open_videos: Open) -> None:
        at = self.open(lively, open_videos, "x4", period="30d", q="x4")
        (back,) = [button for button in at.button if button.label == "All videos"]
        at = healthy(back.click().run())
        assert len(rows_of(at)) == 1
        assert at.segmented_control(key="period").value == "30d"


class TestTheDownload:
    def story(self, store: Store, account: Account) -> VideoView:
        with store.read() as connection:
            (row, *_) = video_table(connection, [account], PERIODS[0], NOON, LISBON).rows
            return video_view(connection, account, row.about.video_id, PERIODS[0], NOON, LISBON)

    def test_imports_again_and_says_the_same(
        self, store: Store, tmp_path: Path, clock: Hands
    ) -> None:
        user = store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
        account = make_account(store, "one", rounded=True)
        for back in range(9, -1, -1):
            title = "=HYPERLINK(1), “both”"
            one = listed("7554971395553052634", 900 - back, MIDNIGHT - 60 * DAY, title=title)
            capture(store, account, MIDNIGHT - back * DAY, {"a": one})
        before = self.story(store, account)
        file = tmp_path / "readings.csv"
        file.write_bytes(readings_file(before))
        assert parse(file, clock()).refused == []

        renamed = tmp_path / "other.csv"
        renamed.write_text(file.read_text("utf-8").replace("one,755", "two,755"), "utf-8")
        import_file(store, renamed, user, clock())
        after = self.story(store, local_accounts(store)[1])
        assert after.accepted == before.accepted
        assert after.about.title == before.about.title
        assert {m: g and g.ledger for m, g in after.growth.items()} == {
            m: g and g.ledger for m, g in before.growth.items()
        }

    def test_is_no_formula_and_claims_no_complete_listing(self, store: Store) -> None:
        store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
        account = make_account(store, "one")
        capture(store, account, MIDNIGHT, {"a": listed("a", 5, title="=1+1")})
        (row,) = csv.DictReader(readings_file(self.story(store, account)).decode().splitlines())
        assert row["title"] == "'=1+1"
        assert row["status"] == ""

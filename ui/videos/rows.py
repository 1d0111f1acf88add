"""The table of videos as HTML: a row for each, which opens it, and one for all of them together."""

from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import urlencode

from snapshot_core.growth.growth import Growth
from snapshot_core.plural import plural
from snapshot_core.view.shown_metrics import MAIN_METRIC
from snapshot_core.view.video_selection import Selection, select_rows, tag_totals
from snapshot_core.view.videos_table import Totals, VideoRow, VideoTable
from snapshot_core.view.wording import growth as wording
from snapshot_core.view.wording import tables
from snapshot_core.view.wording.accounts import on_platform
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, ago, aligned, exact, exact_signed
from ui.html import Column, chip, panel, row_link, sort_heading, table
from ui.metrics import label_of
from ui.sparkline import video_line
from ui.video.head import cover, name_of
from ui.videos.choices import DEFAULT_SORT, PAGE, ROWS_PER_PAGE, TAG

VIDEO_PARAMETER: Final = "video"
"""The URL parameter with the id of the video shown."""
LIKES: Final = "likes"
NOTES: Final = {"published": "new", "newly_tracked": "newly tracked", "removed": "removed"}
"""The chip beside a title, by line of the ledger; most videos need none."""

Query = Mapping[str, str]


def videos_html(
    view: VideoTable,
    selection: Selection,
    page: int,
    parameters: tuple[tuple[str, str], ...],
    metrics: tuple[str, ...],
    several: bool,
    minute: int,
) -> str:
    """One page of the videos of ``selection``, and the sums of all its pages.

    ``parameters``: of the URL, which links keep; ``metrics``: those that the accounts can have;
    ``several``: with the accounts' names; ``minute``: the present.
    """
    query, rows = dict(parameters), select_rows(view, selection)
    shown = rows[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE]
    likes = LIKES in metrics
    body = table(
        _columns(selection, query, likes),
        [_row(view, row, query, likes, several, minute * 60) for row in shown],
        "tg-videos",
        _sums(view.totals(rows), likes),
    )
    return f'<div class="tg-panel">{body}</div>'


def tags_html(view: VideoTable, parameters: tuple[tuple[str, str], ...]) -> str:
    """What the videos of each tag gained together; empty where there is no tag."""
    tags, query = tag_totals(view), dict(parameters)
    columns = (
        Column("", "Tag"),
        Column("tg-num tg-drop-4", "Videos"),
        Column("tg-num", "Gained"),
        Column("tg-num tg-drop-3", "Share"),
        Column("tg-num tg-drop-1", "Growth"),
        Column("tg-num", label_of(MAIN_METRIC)),
        Column("tg-num tg-drop-2", "Engagement"),
    )
    rows = []
    for each in tags:
        views, totals = each.totals.growth[MAIN_METRIC], each.totals
        rows.append(
            f'<tr class="tg-opens"><th scope="row">{row_link(each.tag, _with_tag(each.tag, query))}'
            f'</th><td class="tg-num tg-drop-4 tg-dim">{totals.videos:,}</td>{_gained(views)}'
            f'<td class="tg-num tg-drop-3 tg-dim">{wording.rate(totals.share)}</td>'
            f'<td class="tg-num tg-drop-1 tg-dim">{tables.growth_in_a_row(views)}</td>'
            f'<td class="tg-num">{_count(views.current)}</td>'
            f'<td class="tg-num tg-drop-2 tg-dim">{tables.engagement(totals.engagement)}</td></tr>'
        )
    return panel("By tag", table(columns, rows, "tg-tags")) if rows else ""


def address(query: Query, **changes: str | None) -> str:
    """This page with other parameters; None leaves one out."""
    kept = {name: value for name, value in {**query, **changes}.items() if value is not None}
    return "?" + urlencode(kept)


def _with_tag(tag: str, query: Query) -> str:
    return address(query, **{TAG: tag, PAGE: None})


def _columns(selection: Selection, query: Query, likes: bool) -> list[Column]:
    chosen = f"{'-' if selection.ascending else ''}{selection.sort}"
    kept = {name: value for name, value in query.items() if name != PAGE}

    def sorted_by(label: str, name: str, css: str) -> Column:
        return sort_heading(label, name, chosen, kept, css)

    newest = sorted_by("Published", "published", "")
    return [
        Column("tg-cover", '<span class="tg-sr">Cover</span>'),
        newest._replace(heading=f"Video · {newest.heading}"),
        sorted_by("Gained", DEFAULT_SORT, "tg-num"),
        Column("tg-num tg-drop-3", "Share"),
        sorted_by("Growth", "growth", "tg-num tg-drop-1"),
        sorted_by(label_of(MAIN_METRIC), MAIN_METRIC, "tg-num tg-drop-5"),
        *([sorted_by(label_of(LIKES), LIKES, "tg-num tg-drop-2")] if likes else []),
        sorted_by("Engagement", "engagement", "tg-num tg-drop-4"),
        Column("tg-trend", "By day, from 0"),
        Column("tg-post-column", '<span class="tg-sr">Post</span>'),
    ]


def _row(
    view: VideoTable, row: VideoRow, query: Query, likes: bool, several: bool, now: int
) -> str:
    views, link = row.growth[MAIN_METRIC], {VIDEO_PARAMETER: str(row.about.video_id)}
    opens = row_link(name_of(row.about), address(query, **link))
    count_of_likes = f'<td class="tg-num tg-dim tg-drop-2">{_count(row.counts[LIKES])}</td>'
    return (
        f'<tr class="tg-opens"><td class="tg-cover">{cover(row.about)}</td>'
        f'<th scope="row">{opens}<span class="tg-under">{_about(row, query, several, now)}</span>'
        f"</th>{_gained(views)}"
        f'<td class="tg-num tg-drop-3">{wording.rate(view.share(views))}</td>'
        f'<td class="tg-num tg-drop-1">{escape(tables.growth_in_a_row(views))}</td>'
        f'<td class="tg-num tg-drop-5">{_count(views.current)}</td>'
        f"{count_of_likes if likes else ''}"
        f'<td class="tg-num tg-drop-4">{tables.engagement(row.engagement)}</td>'
        f'<td class="tg-trend">{video_line(row, now)}</td>'
        f'<td class="tg-post-column">{_post(row)}</td></tr>'
    )


def _sums(totals: Totals, likes: bool) -> str:
    views = totals.growth[MAIN_METRIC]
    of_likes = totals.growth[LIKES].current
    return (
        f'<tr><td class="tg-cover"></td><th scope="row">{plural(totals.videos, "video")}</th>'
        f'{_gained(views)}<td class="tg-num tg-drop-3">{wording.rate(totals.share)}</td>'
        f'<td class="tg-num tg-drop-1">{escape(tables.growth_in_a_row(views))}</td>'
        f'<td class="tg-num tg-drop-5">{_count(views.current)}</td>'
        + (f'<td class="tg-num tg-drop-2">{_count(of_likes)}</td>' if likes else "")
        + f'<td class="tg-num tg-drop-4">{tables.engagement(totals.engagement)}</td>'
        '<td class="tg-trend"></td><td class="tg-post-column"></td></tr>'
    )


def _gained(views: Growth) -> str:
    hint = "" if views.growth is None else f' title="{exact_signed(views.growth)}"'
    text = escape(tables.aligned_gain(views))
    return f'<td class="tg-num tg-strong"{hint}>{text}</td>'


def _count(count: int | None) -> str:
    if count is None:
        return UNKNOWN_TEXT
    return f'<span title="{exact(count)}">{aligned(count)}</span>'


def _about(row: VideoRow, query: Query, several: bool, now: int) -> str:
    """``Account · 5 days ago``, what is to be known of it, and its tags."""
    facts = [row.account.name] if several else []
    if row.about.published_at is not None:
        facts.append(ago(max(0, now - row.about.published_at)))
    words = f"<span>{escape(' · '.join(facts))}</span>" if facts else ""
    return words + _chips(row) + "".join(_tag(tag, query) for tag in row.tags)


def _chips(row: VideoRow) -> str:
    if row.line == "like_for_like" and row.growth[MAIN_METRIC].growth is None:
        return chip("not counted")
    note = NOTES.get(row.line or "")
    return chip(note) if note else ""


def _tag(tag: str, query: Query) -> str:
    link = f'href="{escape(_with_tag(tag, query))}" target="_self"'
    return f'<a class="tg-chip tg-chip-tag" {link} aria-label="Tag {escape(tag)}">{escape(tag)}</a>'


def _post(row: VideoRow) -> str:
    """The way to the post itself."""
    link = row.about.share_url
    if not link or not link.startswith(("https://", "http://")):
        return ""
    return (
        f'<a class="tg-post" href="{escape(link)}" target="_blank" rel="noopener noreferrer" '
        f'aria-label="{escape(f"{name_of(row.about)} {on_platform(row.account)}")}"></a>'
    )

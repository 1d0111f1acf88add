"""The videos that made the growth, as an HTML table.

`st.dataframe` brings 1.3 MB of script and paints a canvas; ten rows
read better, and load sooner, as a table.
"""

from html import escape
from urllib.parse import urlencode

from snapshot_core.plural import plural
from snapshot_core.view.overview import Overview
from snapshot_core.view.shown_metrics import MAIN_METRIC
from snapshot_core.view.videos_table import VideoRow
from snapshot_core.view.wording.growth import gain, reason, share
from snapshot_core.view.wording.numbers import ago, compact, exact, exact_signed, signed
from ui.html import Column, chip, note, panel, row_link, table, tip
from ui.metrics import label_of
from ui.sparkline import video_line
from ui.video.head import cover, name_of

COLUMNS = (
    Column("tg-cover", '<span class="tg-sr">Cover</span>'),
    Column("", "Video"),
    Column("tg-num", "Gained"),
    Column("tg-num tg-wide", "Share of the gain"),
    Column("tg-num tg-wide", f"{label_of(MAIN_METRIC)} now"),
    Column("tg-trend", "By day, from 0"),
)


def top_videos(view: Overview) -> str:
    """The table; a sentence where it would be empty."""
    rows = [_row(video, view) for video in view.top_videos]
    body = table(COLUMNS, rows, "tg-top-videos", _others(view)) if rows else note(_why_none(view))
    return panel(f"Videos behind the {MAIN_METRIC}", body)


def video_address(video: VideoRow, view: Overview) -> str:
    """The page of one video, in the same period and with the same account chosen."""
    query = {"video": str(video.about.video_id), "period": view.period.label}
    if view.account is not None and len(view.accounts) > 1:
        query["account"] = view.account.name
    return "/videos?" + urlencode(query)


def _why_none(view: Overview) -> str:
    growth = view.cards[MAIN_METRIC].growth
    if growth.reason is not None:
        return reason(growth, view.period, view.zone, view.now)
    if growth.below_resolution:
        return f"No video gained more {MAIN_METRIC} than its source rounds off."
    return f"No video gained {MAIN_METRIC} {view.period.within}."


def _row(video: VideoRow, view: Overview) -> str:
    growth, total = video.growth[MAIN_METRIC], view.cards[MAIN_METRIC].growth.growth
    gained, current = growth.growth or 0, growth.current or 0
    link = row_link(name_of(video.about), video_address(video, view))
    return (
        f'<tr class="tg-opens"><td class="tg-cover">{cover(video.about)}</td>'
        f'<th scope="row">{link}<span class="tg-under">{_about(video, view)}</span></th>'
        f'<td class="tg-num tg-strong">{tip(gain(growth), exact_signed(gained))}</td>'
        f'<td class="tg-num tg-wide">{share_bar(gained, total)}</td>'
        f'<td class="tg-num tg-wide tg-dim">{tip(compact(current), exact(current))}</td>'
        f'<td class="tg-trend">{video_line(video, view.now)}</td></tr>'
    )


def _others(view: Overview) -> str:
    """The row of all other videos together; empty where there is none, or no gain to divide."""
    views, others = view.cards[MAIN_METRIC].growth, view.videos - len(view.top_videos)
    if others <= 0 or views.growth is None or views.below_resolution:
        return ""
    rest = views.growth - sum(row.growth[MAIN_METRIC].growth or 0 for row in view.top_videos)
    return (
        f'<tr><td class="tg-cover"></td><th scope="row">{plural(others, "more video")}</th>'
        f'<td class="tg-num">{tip(signed(rest), exact_signed(rest))}</td>'
        f'<td class="tg-num tg-wide">{escape(share(rest, views.growth))}</td>'
        '<td class="tg-num tg-wide"></td><td class="tg-trend"></td></tr>'
    )


def share_bar(gained: int, total: int | None) -> str:
    """A share of the gain, as a bar and in per cent."""
    part = max(0.0, min(100.0, 100 * gained / total)) if total and total > 0 else 0.0
    text = escape(share(gained, total))
    return f'<span class="tg-share" style="--share:{part:.1f}%"></span><span>{text}</span>'


def _about(video: VideoRow, view: Overview) -> str:
    """``Account · 5 days ago``, and that it is new."""
    facts = [video.account.name] if view.account is None and len(view.accounts) > 1 else []
    if video.about.published_at is not None:
        facts.append(ago(view.now - video.about.published_at))
    words = f"<span>{escape(' · '.join(facts))}</span>" if facts else ""
    return words + (chip("new") if video.line == "published" else "")

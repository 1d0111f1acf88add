"""The videos that made the growth, as an HTML table.

`st.dataframe`, which the Videos page uses, brings 1.3 MB of script and paints a canvas; ten rows
read better, and load sooner, as a table.
"""

from html import escape
from urllib.parse import urlencode

from snapshot_core.view.overview import Overview
from snapshot_core.view.shown_metrics import MAIN_METRIC
from snapshot_core.view.videos_table import VideoRow
from snapshot_core.view.wording.growth import gain, reason, share
from snapshot_core.view.wording.numbers import ago, compact, exact, exact_signed
from ui.html import note, panel, table, tip
from ui.metrics import label_of
from ui.sparkline import sparkline
from ui.video.head import cover, name_of

COLUMNS = (
    ("tg-cover", '<span class="tg-sr">Cover</span>'),
    ("", "Video"),
    ("tg-num", "Gained"),
    ("tg-num tg-wide", "Share"),
    ("tg-num tg-wide", label_of(MAIN_METRIC)),
    ("tg-trend", "By day"),
)


def top_videos(view: Overview) -> str:
    """The table; a sentence where it would be empty."""
    rows = [_row(video, view) for video in view.top_videos]
    body = table(COLUMNS, rows, "tg-list") if rows else note(_why_none(view))
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
    title = escape(name_of(video.about))
    growth, total = video.growth[MAIN_METRIC], view.cards[MAIN_METRIC].growth.growth
    gained, current = growth.growth or 0, growth.current or 0
    return (
        f'<tr><td class="tg-cover">{cover(video.about)}</td>'
        f'<th scope="row"><a href="{escape(video_address(video, view))}" target="_self" '
        f'title="{title}">{title}</a>'
        f"<small>{escape(_about(video, view))}</small></th>"
        f'<td class="tg-num tg-strong">{tip(gain(growth), exact_signed(gained))}</td>'
        f'<td class="tg-num tg-wide">{share(gained, total)}</td>'
        f'<td class="tg-num tg-wide">{tip(compact(current), exact(current))}</td>'
        '<td class="tg-trend">'
        f"{sparkline(video.sparkline, f'{label_of(MAIN_METRIC)} gained per day')}</td></tr>"
    )


def _about(video: VideoRow, view: Overview) -> str:
    facts = [video.account.name] if view.account is None and len(view.accounts) > 1 else []
    if video.about.published_at is not None:
        age = ago(view.now - video.about.published_at)
        facts.append(f"new, {age}" if video.line == "published" else age)
    return " · ".join(facts)

"""The videos that made the growth, as a real table.

`st.dataframe` brings 1.3 MB of script and paints a canvas; ten rows read better, and sooner, as a
table. The Videos page keeps it.
"""

from html import escape
from urllib.parse import urlencode

from snapshot_core.view.overview import Overview
from snapshot_core.view.top_videos import Mover
from snapshot_core.view.wording.numbers import ago, compact, exact, signed
from ui.growth_text import exact_signed, full_reason, share
from ui.html import heading, note, panel, tip
from ui.sparkline import sparkline

COLUMNS = (
    ("tg-cover", '<span class="tg-sr">Cover</span>'),
    ("", "Video"),
    ("tg-num", "Gained"),
    ("tg-num tg-wide", "Share"),
    ("tg-num tg-wide", "Views"),
    ("tg-trend", "By day"),
)


def movers(view: Overview) -> str:
    """The table; a sentence where there is nothing to put into it."""
    # Of views, whichever counter is looked at: that is what the table ranks by.
    title = heading("Videos behind the views")
    if not view.movers:
        return panel(title + note(_why_none(view)))
    head = "".join(f'<th scope="col" class="{css}">{text}</th>' for css, text in COLUMNS)
    rows = "".join(_row(mover, view) for mover in view.movers)
    return panel(
        f'{title}<table class="tg-movers"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def video_address(mover: Mover, view: Overview) -> str:
    """The page of one video, in the same period and with the same account chosen."""
    asked = {"video": str(mover.video_id), "period": view.period.label}
    if view.account is not None and len(view.accounts) > 1:
        asked["account"] = view.account.name
    return "/videos?" + urlencode(asked)


def cover(url: str | None) -> str:
    """A cover image, or its place."""
    if not url:
        return '<i class="tg-cover-none"></i>'
    return f'<img src="{escape(url)}" alt="" width="33" height="44" decoding="async">'


def _why_none(view: Overview) -> str:
    growth = view.cards["views"].growth
    if growth.reason is not None:
        return full_reason(growth, view)
    if growth.below_resolution:
        return "No video gained enough views to be seen in the rounded numbers of its source."
    return f"No video gained views in the last {view.period.words}."


def _row(mover: Mover, view: Overview) -> str:
    title = mover.title or f"Video {mover.platform_id}"
    total = view.cards["views"].growth.growth
    return (
        f'<tr><td class="tg-cover">{cover(mover.cover_url)}</td>'
        f'<th scope="row"><a href="{escape(video_address(mover, view))}" target="_self" '
        f'title="{escape(title)}">{escape(title)}</a>'
        f"<small>{escape(_about(mover, view))}</small></th>"
        f'<td class="tg-num tg-strong">{tip(signed(mover.growth), exact_signed(mover.growth))}</td>'
        f'<td class="tg-num tg-wide">{share(mover.growth, total)}</td>'
        f'<td class="tg-num tg-wide">{tip(compact(mover.current), exact(mover.current))}</td>'
        f'<td class="tg-trend">{sparkline(mover.spark, "Views gained per day")}</td></tr>'
    )


def _about(mover: Mover, view: Overview) -> str:
    parts = [mover.account] if view.account is None and len(view.accounts) > 1 else []
    if mover.published_at is not None:
        age = ago(view.now - mover.published_at)
        parts.append(f"new, {age}" if mover.is_new else age)
    return " · ".join(parts)

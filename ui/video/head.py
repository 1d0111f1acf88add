"""The head of one video's page: cover, title, facts, and a card per metric."""

from html import escape

from snapshot_core.growth.engagement import INTERACTIONS, VIEWS
from snapshot_core.store.videos import AboutVideo
from snapshot_core.view.shown_metrics import story_metrics
from snapshot_core.view.video import VideoView
from snapshot_core.view.wording import growth as wording
from snapshot_core.view.wording import tables
from snapshot_core.view.wording.accounts import on_platform
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, ago, compact, exact, moment
from ui.html import card, cards, notice, percentage_of_total, tip
from ui.metrics import label_of


def name_of(about: AboutVideo) -> str:
    """What a video is called."""
    return about.name


def cover(about: AboutVideo) -> str:
    """The cover image of a video, or its place."""
    if not about.cover_url:
        return '<i class="tg-cover-none"></i>'
    return f'<img src="{escape(about.cover_url)}" alt="" width="33" height="44" decoding="async">'


def head(story: VideoView, named: bool, minute: int) -> str:
    """Cover, title, publication, link. ``named``: with its account; ``minute``: the present."""
    about, now = story.about, minute * 60
    facts = [escape(story.account.name)] if named else []
    if about.published_at is not None:
        age = ago(max(0, now - about.published_at))
        facts.append(f"published {moment(about.published_at, story.zone, now)} ({age})")
    if about.duration:
        facts.append(f"{about.duration // 60}:{about.duration % 60:02d}")
    if about.share_url and about.share_url.startswith(("https://", "http://")):
        facts.append(
            f'<a href="{escape(about.share_url)}" target="_blank" rel="noopener noreferrer">'
            f"Open {on_platform(story.account)}</a>"
        )
    gone, title = "", escape(name_of(about))
    if story.gone_since is not None:
        since = moment(story.gone_since, story.zone, now)
        gone = notice(
            f"No longer on the account since the snapshot of {since}. Its history stays here."
        )
    return (
        f'<header class="tg-video">{cover(about) if about.cover_url else ""}<div>'
        f'<h1 title="{title}">{title}</h1>'
        f'<p class="tg-meta">{" · ".join(facts)}</p>{gone}</div></header>'
    )


def video_cards(story: VideoView, minute: int) -> str:
    """A card per metric: what it gained in the period, and its total."""
    metrics = story_metrics(story)
    every = [_card(story, metric, minute * 60) for metric in metrics]
    return cards([*every, *_engagement(story)], "tg-video-cards")


def _engagement(story: VideoView) -> list[str]:
    """The card of the engagement rate; none where it is not known."""
    if story.engagement is None:
        return []
    latest = {metric: series[-1][1] for metric, series in story.accepted.items() if series}
    counted = [metric for metric in INTERACTIONS if metric in latest]
    hint = f"{', '.join(counted)} per view, of the totals.".capitalize()
    done = compact(sum(latest[metric] for metric in counted))
    total = f"{done} of {compact(latest[VIEWS])} views"
    rate = tip(tables.engagement(story.engagement), hint)
    return [card("engagement", "Engagement", "", rate, total, waiting=False)]


def _card(story: VideoView, metric: str, now: int) -> str:
    growth = story.growth[metric]
    doubts = wording.doubts(growth, now)
    chip = tip(doubts.words, doubts.sentence, "tg-chip tg-warn") if doubts else ""
    latest = story.accepted[metric][-1][1] if story.accepted[metric] else None
    if growth.reason is not None:
        why = wording.reason(growth, story.period, story.zone, now)
        total = "not counted"
        if latest is not None:
            total = tip(f"{compact(latest)} in total", f"{exact(latest)} at its last reading.")
        known = escape(wording.since_tracking(growth.since_tracking))
        more = f'<p class="tg-before">{known}</p>' if known else ""
        unknown = tip(UNKNOWN_TEXT, why)
        return card(metric, label_of(metric), chip, unknown, total, more, waiting=True)
    gain = tip(wording.gain(growth), wording.in_full(growth, story.period))
    return card(metric, label_of(metric), chip, gain, percentage_of_total(growth), waiting=False)

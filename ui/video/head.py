"""The head of one video's page: cover, title, facts, and a card per metric."""

from html import escape

from snapshot_core.growth.growth import percent as ratio
from snapshot_core.growth.ledger import VideoGrowth
from snapshot_core.view.video import VideoStory
from snapshot_core.view.wording.numbers import ago, compact, exact, moment, signed
from ui.growth_text import exact_signed, shown_percent
from ui.html import card, cards, pill, sign, tip
from ui.metrics import label_of, story_metrics
from ui.overview.top_videos import cover
from ui.video.texts import gone_sentence, name_of, running_time, unsure, why_unknown


def head(story: VideoStory, named: bool, minute: int) -> str:
    """Cover, title, publication, link. ``named``: with its account; ``minute``: the present."""
    about, now = story.about, minute * 60
    facts = [escape(story.account.name)] if named else []
    if about.published_at is not None:
        age = ago(max(0, now - about.published_at))
        facts.append(f"published {moment(about.published_at, story.zone, now)} ({age})")
    if about.duration:
        facts.append(running_time(about.duration))
    if about.share_url and about.share_url.startswith(("https://", "http://")):
        facts.append(
            f'<a href="{escape(about.share_url)}" target="_blank" rel="noopener noreferrer">'
            "Open on the platform ↗</a>"
        )
    gone, title = gone_sentence(story, now), escape(name_of(about.title, about.platform_id))
    return (
        f'<header class="tg-video">{cover(about.cover_url) if about.cover_url else ""}<div>'
        f'<h1 title="{title}">{title}</h1>'
        f'<p class="tg-meta">{" · ".join(facts)}</p>'
        + (f'<p class="tg-remark">{escape(gone)}</p>' if gone else "")
        + "</div></header>"
    )


def video_cards(story: VideoStory, minute: int) -> str:
    """A card per metric: what it gained in the period, and its total."""
    each = [_card(story, metric, minute * 60) for metric in story_metrics(story)]
    return cards(each, "tg-video-cards")


def _card(story: VideoStory, metric: str, now: int) -> str:
    growth = story.growth[metric]
    why, chip = why_unknown(story, growth, now), ""
    latest = story.accepted[metric][-1][1] if story.accepted[metric] else None
    total = f"of {compact(latest)}" if latest is not None else "not counted"
    if growth is None or why is not None:
        figure = tip("–", why or "")
        if latest is not None:
            total = tip(f"{compact(latest)} in total", f"{exact(latest)} at its last reading.")
    else:
        if sentence := unsure(story, metric):
            chip = tip("estimated", sentence, "tg-chip tg-warn")
        figure, total = _gain(story, growth)
    return card(metric, label_of(metric), chip, figure, total, waiting=why is not None)


def _gain(story: VideoStory, growth: VideoGrowth) -> tuple[str, str]:
    book = growth.ledger
    text = signed(book.growth)
    if book.growth and abs(book.growth) < book.resolution:
        text = f"< {compact(book.resolution)}"
    hint = f"{exact_signed(book.growth)} in {story.period.words}; now {exact(book.current)}."
    part = ratio(book.growth, book.base)
    shown = ""
    if part is not None and text[0] != "<":
        shown = pill(shown_percent(part, book.growth), sign(book.growth))
    return tip(text, hint), f"{shown} of {compact(book.current)}"

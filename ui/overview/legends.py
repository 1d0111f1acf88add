"""The words above a chart: its title, and what its lines and hatches mean, where there are any."""

from snapshot_core.view.overview import Overview
from ui.growth_text import counted, full_reason
from ui.html import heading, note, panel


def gain_legend(view: Overview, counter: str) -> str:
    """Title and key of the gain chart; a sentence instead of the key where it is empty."""
    curve, words = view.curves[counter], view.period.words
    keys = [("tg-now", f"Last {words}")] if curve.now else []
    keys += [("tg-was", f"{words} before")] if curve.before else []
    return heading(f"{counted(counter)} gained", _key(keys))


def no_gain(view: Overview, counter: str) -> str:
    """In place of the gain chart and the ledger: why there is none."""
    reason = full_reason(view.cards[counter].growth, view)
    return panel(heading(f"{counted(counter)} gained") + note(reason))


def day_legend(view: Overview, counter: str) -> str:
    """Title and key of the daily bars: only what is there to be explained."""
    days = view.cards[counter].days
    keys = []
    if any(day.estimated and not day.so_far and day.growth is not None for day in days):
        keys.append(("tg-hatched", "estimated"))
    if any(day.so_far and day.growth is not None for day in days):
        keys.append(("tg-dotted", "so far"))
    if any(day.growth is None for day in days):
        keys.append(("tg-gap", "not known"))
    return heading(f"{counted(counter)} per day", _key(keys))


def _key(keys: list[tuple[str, str]]) -> str:
    marks = "".join(f'<span><i class="{css}"></i>{text}</span>' for css, text in keys)
    return f'<p class="tg-key">{marks}</p>'

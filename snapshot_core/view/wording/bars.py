"""Why the bars of a period do not add up to its card, in words."""

from typing import Final

from snapshot_core.view.overview import Card
from snapshot_core.view.wording.numbers import signed

MAX_UNSEEN_DIFFERENCE: Final = 100
"""A difference of less than the gain divided by this is not seen in bars."""


def bars_note(card: Card) -> str:
    """Why what the period has of the bars is not the card's figure; empty where it is, or nearly.

    Bars follow the totals of snapshots, the card every single video.
    """
    gained = card.growth.known.growth
    inside = [bar for bar in card.bars if bar.inside != 0]
    known = [bar.inside for bar in inside if bar.inside is not None]
    if gained is None or not known:
        return ""
    total = sum(known)
    if MAX_UNSEEN_DIFFERENCE * abs(total - gained) <= abs(gained):
        return ""
    if len(known) < len(inside):
        return f"The bars add up to {signed(total)} of {signed(gained)}: some days are not known."
    return f"The bars add up to {signed(total)}, the period to {signed(gained)}: see the range."

"""Is a capture complete? Only complete captures end a window or tell that a video is gone."""

from collections.abc import Set
from typing import Final, Literal

Scope = Literal["complete", "recent"]
Status = Literal["complete", "partial", "failed"]

MIN_SEEN_PERCENT: Final = 90
"""Per cent of the last complete capture's videos that must be seen again."""
MIN_BELIEVED_PERCENT: Final = 50
"""Per cent of them below which no listing is believed for being repeated."""
MAX_UNCOUNTED_PERCENT: Final = 10
"""Per cent of the videos listed that may have lost their counts."""


def status_of(
    listed: Set[object],
    *,
    scope: Scope,
    walked_to_end: bool | None,
    reported_count: int | None,
    last_complete: Set[object] | None,
    listed_before: Set[object] | None,
    uncounted: int = 0,
    confirmed: bool = False,
) -> Status:
    """``complete`` or ``partial``, by growth.md's definition.

    ``listed``: the videos of this capture. ``walked_to_end``: None where nobody knows, as in
    a file. ``reported_count``: the source's own number of videos. ``last_complete`` and
    ``listed_before``: the videos of the last complete capture and of the last `is_look`, None
    where there is none. A listing that misses the same videos twice in a row is believed: they
    are really gone. ``uncounted``: videos listed without the counts that the last complete
    capture had of them. ``confirmed``: the user says that what is missing is gone.
    """
    if scope != "complete" or walked_to_end is False:
        return "partial"
    if last_complete is None:
        return "complete"
    if counts_vanished(uncounted, len(listed)):
        return "partial"
    missing = last_complete - listed
    seen = len(last_complete) - len(missing)
    enough = sees_enough(seen, len(last_complete), walked_to_end)
    missed_again = listed_before is not None and not missing & listed_before
    believed = enough or (missed_again and is_look(seen, len(last_complete)))
    agrees = reported_count is not None and reported_count == len(listed)
    return "complete" if believed or agrees or confirmed else "partial"


def sees_enough(seen: int, last_complete: int, walked_to_end: bool | None) -> bool:
    """Whether a listing has enough of the ``last_complete`` videos of the last complete capture."""
    # A tenth of a small account is less than one video, and half of one is none.
    missing = last_complete - seen
    if missing == 1 and walked_to_end is True:
        return is_look(seen, last_complete)
    return 100 * seen >= MIN_SEEN_PERCENT * last_complete


def is_look(seen: int, last_complete: int) -> bool:
    """Whether a listing can confirm another one, or be confirmed by it.

    ``seen``: how many it has of the videos of the last complete capture, which had
    ``last_complete``. One that has less than half of them is never believed for being repeated.
    """
    return 100 * seen >= MIN_BELIEVED_PERCENT * last_complete


def counts_vanished(uncounted: int, listed: int) -> bool:
    """Whether so many of the videos ``listed`` are without counts that it is no single video's
    matter.
    """
    return uncounted > min(1, listed - 1) and 100 * uncounted > MAX_UNCOUNTED_PERCENT * listed

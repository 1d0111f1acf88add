"""Is a capture complete? Only complete captures end a window or tell that a video is gone."""

from collections.abc import Set
from typing import Final, Literal

Scope = Literal["complete", "recent"]
Status = Literal["complete", "partial", "failed"]

MIN_SEEN_PERCENT: Final = 90
"""Per cent of the last complete capture's videos that must be seen again."""


def status_of(
    listed: Set[object],
    *,
    scope: Scope,
    walked_to_end: bool | None,
    reported_count: int | None,
    last_complete: Set[object] | None,
    listed_before: Set[object] | None,
) -> Status:
    """``complete`` or ``partial``, by growth.md's definition.

    ``listed``: the videos of this capture. ``walked_to_end``: None where nobody knows, as in
    a file. ``reported_count``: the source's own number of videos. ``last_complete`` and
    ``listed_before``: the videos of the last complete capture and of the last listing that
    was not cut short, None where there is none. A listing that misses the same videos twice
    in a row is believed: they are really gone.
    """
    if scope != "complete" or walked_to_end is False:
        return "partial"
    if last_complete is None:
        return "complete"
    missing = last_complete - listed
    seen_enough = 100 * (len(last_complete) - len(missing)) >= MIN_SEEN_PERCENT * len(last_complete)
    agrees = reported_count is not None and reported_count == len(listed)
    missed_again = listed_before is not None and not missing & listed_before
    return "complete" if seen_enough or agrees or missed_again else "partial"

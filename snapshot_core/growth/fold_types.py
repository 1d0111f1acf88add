"""What a fold takes in, remembers, and concludes. Arrays as in `growth.listing`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import numpy as np

from snapshot_core.growth.acceptance import Track
from snapshot_core.growth.completeness import Scope, Status, is_look
from snapshot_core.growth.listing import NO_COUNTS, NO_IDS, Counts, Ids, Listing, rows_of
from snapshot_core.growth.totals import ShortBracket

ACCOUNT: Final = 0
"""The id under which the account's own counter is judged beside the videos'."""


@dataclass(frozen=True, slots=True)
class CaptureInput:
    """A capture as it was taken. ``ids`` ascend; ``counts`` has shape (videos, metrics)."""

    captured_at: int
    scope: Scope
    walked_to_end: bool | None
    reported_count: int | None
    ids: Ids
    counts: Counts
    published: Mapping[int, int] = field(default_factory=dict)
    """Instants of publication, where known: of the videos that enter the listing at least, and
    after a short bracket of the young ones.
    """
    followers: int | None = None
    confirmed: bool = False
    """Whether the user says that what it misses is gone."""


@dataclass(slots=True)
class FoldState:
    """What the captures so far have left: the fold's memory, updated in place."""

    ids: Ids = field(default_factory=lambda: NO_IDS)
    """Videos seen by the last complete capture or since, ascending."""
    accepted: Counts = field(default_factory=lambda: NO_COUNTS)
    """Their last accepted counts."""
    gone: dict[int, list[int]] = field(default_factory=dict)
    """Last accepted counts of videos that a complete capture no longer saw."""
    held: dict[tuple[int, str], Track] = field(default_factory=dict)
    """By video and metric."""
    followers: int | None = None
    last_complete: Listing | None = None
    complete_before: Listing | None = None
    """The complete capture before the last one."""
    listed_before: Ids | None = None
    """What the last listing had that can confirm another one."""
    walk_confirmed: bool = False
    """Whether the last complete listing's own source said that it was walked to its end."""

    def copy(self) -> "FoldState":
        """Another one, to fold other captures into."""
        return replace(
            self,
            accepted=self.accepted.copy(),
            gone=dict(self.gone),
            held=dict(self.held),
            # What was held of them may be believed later.
            last_complete=_copy(self.last_complete),
            complete_before=_copy(self.complete_before),
        )

    def look(self, scope: Scope, walked_to_end: bool | None, ids: Ids) -> None:
        """Remember a listing that may confirm the next one, which misses the same videos."""
        if scope != "complete" or walked_to_end is False:
            return
        if (last := self.last_complete) is not None:
            _, seen = rows_of(ids, last.ids)
            if not is_look(int(seen.sum()), len(last.ids)):
                return
        self.listed_before = ids

    def differing_gone(self, other: "FoldState") -> set[int] | None:
        """The videos without which the next captures are judged the same after either state.

        None where the states differ in more than what they remember of videos that are gone.
        """
        held = {video for (video, _), _ in self.held.items() ^ other.held.items()}
        same = (
            self.followers == other.followers
            and self.walk_confirmed == other.walk_confirmed
            and np.array_equal(self.ids, other.ids)
            and np.array_equal(self.accepted, other.accepted)
            and (self.listed_before is None) == (other.listed_before is None)
            and np.array_equal(_ids(self.listed_before), _ids(other.listed_before))
            and _same_listing(self.last_complete, other.last_complete)
            and _same_listing(self.complete_before, other.complete_before)
        )
        if not same or ACCOUNT in held or not held.isdisjoint(self.ids.tolist()):
            return None
        both = self.gone.keys() | other.gone.keys()
        return held | {video for video in both if self.gone.get(video) != other.gone.get(video)}


def _copy(listing: Listing | None) -> Listing | None:
    return None if listing is None else replace(listing, counts=listing.counts.copy())


def _ids(listed: Ids | None) -> Ids:
    return NO_IDS if listed is None else listed


def _same_listing(listing: Listing | None, other: Listing | None) -> bool:
    if listing is None or other is None:
        return listing is other
    return (
        listing.captured_at == other.captured_at
        and np.array_equal(listing.ids, other.ids)
        and np.array_equal(listing.counts, other.counts)
    )


class Correction(NamedTuple):
    """A fall between two accepted readings, dated by the later one."""

    captured_at: int
    video_id: int
    metric: str
    amount: int


@dataclass(frozen=True, slots=True)
class HeldReading:
    """A reading of this capture that waits for the next one."""

    video_id: int
    metric: str
    count: int
    accepted_count: int | None


class Decision(NamedTuple):
    """What became of a reading that was held earlier: ``confirmed`` or ``rejected``."""

    captured_at: int
    video_id: int
    metric: str
    verdict: str


class CaptureTotal(NamedTuple):
    """The total of one counter in a complete capture, and what entered and left the listing."""

    metric: str
    total: int
    entered: int
    left: int


class Amendment(NamedTuple):
    """What, as is known only now, left an earlier complete capture in addition."""

    captured_at: int
    metric: str
    left: int


@dataclass(slots=True)
class CaptureEffects:
    """What a capture changes, as the tables of `snapshot_core.store.tables` hold it."""

    captured_at: int
    status: Status
    counted: list[str] = field(default_factory=list)
    """The metrics that it counts of any video."""
    appeared: list[int] = field(default_factory=list)
    vanished: list[int] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    held: list[HeldReading] = field(default_factory=list)
    decided: list[Decision] = field(default_factory=list)
    totals: list[CaptureTotal] = field(default_factory=list)
    """Complete captures only."""
    amended: list[Amendment] = field(default_factory=list)
    short_bracket: ShortBracket | None = None
    """What followed a complete capture soon; complete captures only."""

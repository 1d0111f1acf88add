"""Accepting a reading: a steep fall is held back until the next reading confirms it.

Platforms glitch: counters have been seen at 0 for an hour and whole again after it. A fall
to 0, or of more than a tenth, therefore waits (quarantine) for the reading that follows.
"""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["accepted", "held", "confirmed", "rejected"]


@dataclass(frozen=True, slots=True)
class Track:
    """Where one counter stands: its last accepted count and the reading held back, if any."""

    accepted: int | None = None
    held_at: int | None = None
    held_count: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of the reading of one instant, judged against ``accepted``."""

    at: int
    count: int
    verdict: Verdict
    accepted: int | None
    """The last accepted count before this reading."""


def is_steep_fall(count: int, accepted: int | None) -> bool:
    """Whether ``count`` is a fall to 0, or of more than a tenth, from ``accepted``."""
    return bool(accepted) and (count == 0 or 10 * count < 9 * (accepted or 0))


def judge(track: Track, at: int, count: int) -> tuple[Track, list[Judgement]]:
    """Take the next reading in: the new track, and verdicts on it and on what was held.

    A held fall is confirmed by a reading that is steeply fallen too; a fall to 0 only by
    another 0. Otherwise it was a glitch and stays out for good.
    """
    verdicts: list[Judgement] = []
    accepted = track.accepted
    if track.held_at is not None and track.held_count is not None:
        confirmed = is_steep_fall(count, accepted) and not (track.held_count == 0 < count)
        verdict: Verdict = "confirmed" if confirmed else "rejected"
        verdicts.append(Judgement(track.held_at, track.held_count, verdict, accepted))
        if confirmed:
            accepted = track.held_count
    if is_steep_fall(count, accepted):
        verdicts.append(Judgement(at, count, "held", accepted))
        return Track(accepted, at, count), verdicts
    verdicts.append(Judgement(at, count, "accepted", accepted))
    return Track(count), verdicts

"""A whole series judged at once; the product judges reading by reading, as captures come."""

from collections.abc import Iterable

from snapshot_core.growth.acceptance import Track, judge


def accepted_series(readings: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The readings ``(instant, count)``, oldest first, that are accepted at the series' end."""
    track = Track()
    accepted: list[tuple[int, int]] = []
    for at, count in readings:
        track, verdicts = judge(track, at, count)
        accepted += [(v.at, v.count) for v in verdicts if v.verdict in ("accepted", "confirmed")]
    return accepted

"""Which rows of a file are one listing of an account, where each carries a time of its own.

A tracker that stamps each row as it is fetched gives every video its own second. Taken by
themselves these would be listings of one video each, in which all others are missing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from snapshot_core.formats.captures import FileCapture
from snapshot_core.formats.readings.capture_rows import CaptureRows
from snapshot_core.plural import plural

MAX_LISTING_SECONDS: Final = 3_600
"""From the first row of a listing to the last."""
SHORT_LISTING_SECONDS: Final = 600
"""Within these, what was fetched page by page belongs together too, however large a page is."""
PAUSE_FACTOR: Final = 3
"""So many times as long as any other gap is the pause between two listings."""


@dataclass(slots=True)
class Listings:
    """The captures of a file, by account and instant, and what was put together."""

    captures: list[CaptureRows] = field(default_factory=list)
    joined: int = 0
    """Captures that were put together from several instants."""
    instants: int = 0
    """Of those, all together."""
    cut: int = 0
    """Of those, parts of listings that took longer than one may."""

    def notices(self) -> list[str]:
        """What was done, for who imports the file."""
        if not self.joined:
            return []
        notices = [
            "rows with a time of their own are one snapshot, dated by its last row, where they lie "
            f"within an hour and name no video twice: {self.instants:,} instants became "
            f"{plural(self.joined, 'snapshot')}"
        ]
        if self.cut:
            notices.append(
                f"{self.cut:,} of these go on for more than an hour and are partial: no growth "
                "ends with them. To have them whole, give all rows of a snapshot one captured_at"
            )
        return notices


def listings_of(instants: Iterable[CaptureRows]) -> Listings:
    """The captures that the rows of a file are, given by account, then instant.

    Rows that a file gives a status are captures as they are.
    """
    listings = Listings()
    account: list[CaptureRows] = []
    for rows in instants:
        if account and account[-1].capture.account != rows.capture.account:
            _add_account(account, listings)
            account = []
        account.append(rows)
    _add_account(account, listings)
    return listings


@dataclass(slots=True)
class _Group:
    """Instants within an hour in which no video stands twice."""

    instants: list[CaptureRows]
    goes_on: bool = False
    """Whether the hour alone ended it."""


def _add_account(instants: Sequence[CaptureRows], listings: Listings) -> None:
    after_cut = False
    for group in _groups(instants):
        if not _is_listing(group.instants):
            listings.captures += group.instants
            after_cut = False
            continue
        joined = _joined(group.instants)
        listings.captures.append(joined)
        listings.joined += 1
        listings.instants += len(group.instants)
        if after_cut or group.goes_on:
            listings.cut += 1
            joined.capture.status = "partial"
        after_cut = group.goes_on


def _groups(instants: Sequence[CaptureRows]) -> Iterable[_Group]:
    group: list[CaptureRows] = []
    videos: set[str] = set()
    for rows in instants:
        while group and not (_goes_on(rows, group, videos) and _is_within_an_hour(rows, group)):
            end = _end(group, rows)
            whole = end == len(group)
            near = rows.capture.captured_at - group[-1].capture.captured_at <= SHORT_LISTING_SECONDS
            yield _Group(group[:end], whole and near and _goes_on(rows, group, videos))
            group = group[end:]
            videos = {video for earlier in group for video in earlier.first}
        group.append(rows)
        videos.update(rows.first)
    if group:
        yield _Group(group)


def _goes_on(rows: CaptureRows, group: Sequence[CaptureRows], videos: set[str]) -> bool:
    """Whether an instant may be of the same listing as a group, but for the time that it took."""
    last, capture = group[-1].capture, rows.capture
    return (
        last.status is None
        and capture.status is None
        and last.rounded == capture.rounded
        and last.source == capture.source
        and videos.isdisjoint(rows.first)
    )


def _is_within_an_hour(rows: CaptureRows, group: Sequence[CaptureRows]) -> bool:
    return rows.capture.captured_at - group[0].capture.captured_at <= MAX_LISTING_SECONDS


def _end(group: Sequence[CaptureRows], following: CaptureRows) -> int:
    """How many of a group come before its pause; all, where there is none before ``following``.

    A video that is new stands at the top of the next listing, and is in neither.
    """
    times = [rows.capture.captured_at for rows in (*group, following)]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    *_, second, longest = sorted([0, *gaps])
    return gaps.index(longest) + 1 if longest >= PAUSE_FACTOR * second else len(group)


def _is_listing(group: Sequence[CaptureRows]) -> bool:
    """Whether the instants of a group are those of single rows, not of whole captures."""
    if len(group) == 1:
        return False
    sizes = [len(rows.first) + rows.capture.refused for rows in group]
    seconds = group[-1].capture.captured_at - group[0].capture.captured_at
    return seconds <= SHORT_LISTING_SECONDS or max(sizes) <= sum(sizes) / 2


def _joined(group: Sequence[CaptureRows]) -> CaptureRows:
    last = group[-1].capture
    listing = FileCapture(last.account, last.captured_at, rounded=last.rounded, source=last.source)
    joined = CaptureRows(listing)
    for rows in group:
        joined.first |= rows.first
        joined.disputed |= rows.disputed
        joined.capture.refused += rows.capture.refused
    return joined

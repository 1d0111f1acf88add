"""Rows whose id is no video's: it has lost its last digits, is no id at all, or names a sum."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from snapshot_core.formats.captures import ParsedFile, Refusal
from snapshot_core.formats.cells import LOST_DIGITS, PLATFORM_ID, cut_ids, odd_ids, shortened
from snapshot_core.formats.readings.capture_rows import CaptureRows
from snapshot_core.names import name_key
from snapshot_core.readings import Counts, VideoReading

_ODD: Final = (
    "is no id of a video, as those of the other rows are: leave the row out, or correct it"
)
MIN_SUM: Final = 1_000
"""What a row's counts, taken together, must reach: smaller ones may add up by chance."""


def take_out_sums(captures: Collection[CaptureRows]) -> list[int]:
    """Take out of ``captures`` the rows whose counts are, wherever that can be told, the sums of
    all other rows of their capture; their lines.

    Ids that are a platform's are never taken for the name of a sum.
    """
    names = {video_id for rows in captures for video_id in rows.first if video_id}
    names = {name for name in names if not PLATFORM_ID.fullmatch(name)}
    sums: dict[tuple[str, str], int] = {}
    others: set[tuple[str, str]] = set()
    for rows in captures:
        if names.isdisjoint(rows.first):
            continue
        account, counts = name_key(rows.capture.account), _counts_of(rows)
        named, together = _sums_in(counts)
        if named is not None:
            sums[account, named] = sums.get((account, named), 0) + together
        if len(counts) > 2 and not rows.capture.refused:
            others |= {(account, name) for name in counts if name != named}
    proven = {name for name, counts in sums.items() if counts >= MIN_SUM} - others
    lines = []
    for rows in captures if proven else ():
        account = name_key(rows.capture.account)
        for _, name in {(account, name) for name in rows.first} & proven:
            lines.append(rows.first.pop(name)[0])
            rows.disputed.discard(name)
    return lines


def _counts_of(rows: CaptureRows) -> dict[str, Counts]:
    """The counts of a capture's videos."""
    return {
        name: reading.counts
        for name, (_, reading) in rows.first.items()
        if isinstance(reading, VideoReading)
    }


def _sums_in(counts: dict[str, Counts]) -> tuple[str | None, int]:
    """The name of the row that has the sums of at least two others, and its counts together."""
    totals = [sum(count or 0 for count in metric) for metric in zip(*counts.values(), strict=True)]
    for name, own in counts.items():
        known = [
            (count, total) for count, total in zip(own, totals, strict=True) if count is not None
        ]
        together = sum(count for count, _ in known)
        if not together or any(2 * count != total for count, total in known):
            continue
        parts = sum(any(other) for other in counts.values()) - 1
        if parts >= 2 and not PLATFORM_ID.fullmatch(name):
            return name, together
    return None, 0


def refuse_cut_ids(
    captures: Collection[CaptureRows], file: ParsedFile, linked: Collection[str]
) -> None:
    """Take out of ``captures`` those that have lost digits, and note them in ``file``.

    ``linked``: ids that came as addresses, of which no spreadsheet makes numbers.
    """
    ids = {video_id for rows in captures for video_id in rows.first} - set(linked)
    _refuse(captures, cut_ids(ids, beside=linked), LOST_DIGITS, file)


def refuse_odd_ids(captures: Iterable[CaptureRows], file: ParsedFile) -> None:
    """The same of those that are no platform's, as the others of their account are."""
    by_account: dict[str, list[CaptureRows]] = defaultdict(list)
    for rows in captures:
        by_account[name_key(rows.capture.account)].append(rows)
    for of_account in by_account.values():
        odd = odd_ids(video_id for rows in of_account for video_id in rows.first)
        _refuse(of_account, odd, _ODD, file)


def _refuse(captures: Iterable[CaptureRows], wrong: set[str], what: str, file: ParsedFile) -> None:
    for rows in captures if wrong else ():
        for video_id in rows.first.keys() & wrong:
            line, _ = rows.first.pop(video_id)
            if video_id not in rows.disputed:
                file.refused.append(Refusal(line, f"video_id {shortened(video_id)} {what}"))
                rows.capture.refused += 1
            rows.disputed.discard(video_id)

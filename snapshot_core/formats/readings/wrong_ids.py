"""Rows whose id is no video's: it has lost its last digits, or is no id at all."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from snapshot_core.formats.captures import ParsedFile, Refusal
from snapshot_core.formats.cells import LOST_DIGITS, cut_ids, odd_ids, shortened
from snapshot_core.formats.readings.capture_rows import CaptureRows
from snapshot_core.names import name_key

_ODD: Final = (
    "is no id of a video, as those of the other rows are: leave the row out, or correct it"
)


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

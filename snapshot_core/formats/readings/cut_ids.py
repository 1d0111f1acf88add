"""Rows whose id has lost its last digits: each would be another video."""

from collections.abc import Collection, Iterable

from snapshot_core.formats.captures import ParsedFile, Refusal
from snapshot_core.formats.cells import LOST_DIGITS, cut_ids, shortened
from snapshot_core.formats.readings.capture_rows import CaptureRows


def refuse_cut_ids(
    captures: Iterable[CaptureRows], file: ParsedFile, linked: Collection[str]
) -> None:
    """Take them out of ``captures`` and note them in ``file``.

    ``linked``: ids that came as addresses, of which no spreadsheet makes numbers.
    """
    captures = list(captures)
    ids = {video_id for rows in captures for video_id in rows.first} - set(linked)
    cut = cut_ids(ids, beside=linked)
    if not cut:
        return
    for rows in captures:
        for video_id in rows.first.keys() & cut:
            line, _ = rows.first.pop(video_id)
            if video_id not in rows.disputed:
                file.refused.append(Refusal(line, f"video_id {shortened(video_id)} {LOST_DIGITS}"))
                rows.capture.refused += 1
            rows.disputed.discard(video_id)

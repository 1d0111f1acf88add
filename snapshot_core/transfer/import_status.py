"""How complete an imported capture is: what a file says of it, and what rows add to that."""

from snapshot_core.formats.captures import FileCapture
from snapshot_core.store.capture_batch import Listed
from snapshot_core.store.captures import StoredCapture


def listed(walked: bool | None, count: int, message: str | None = None) -> Listed:
    """A listing of ``count`` videos: one that is whole has as many as there are."""
    return Listed(walked, count if walked else None, count, message)


def new_listing(capture: FileCapture) -> Listed:
    """The listing of a capture of which nothing is stored."""
    return listed(_walked(capture), len(capture.readings), _message(capture))


def _walked(capture: FileCapture) -> bool | None:
    """Whether the listing is whole: a file without the word does not know.

    Only the word tells a listing that found nothing from the account's own counters alone.
    """
    if capture.refused or capture.status == "partial":
        return False
    if capture.status == "complete":
        return True
    return None if capture.readings else False


def stated_status(capture: FileCapture, count: int) -> str | None:
    """What the file says of a capture with ``count`` readings, where it can know.

    Rows that were refused are missing from what it speaks of. Of a part of what is stored,
    "partial" is true whatever the whole is.
    """
    part = capture.status == "partial" and len(capture.readings) < count
    return None if capture.refused or part else capture.status


def completed_listing(capture: FileCapture, stored: StoredCapture, old: int, new: int) -> Listed:
    """The listing of an imported capture of ``old`` readings that a file adds ``new`` ones to."""
    count, status = old + new, stated_status(capture, old + new)
    if status is not None:
        return listed(status == "complete", count)
    if stored.walked_to_end:
        return listed(True, count)
    # Called partial by its own file, not for rows that were refused: more rows prove nothing.
    if stored.walked_to_end is False and stored.message is None and old:
        return listed(False, count)
    return listed(False if capture.refused else None, count, _message(capture))


def _message(capture: FileCapture) -> str | None:
    if not capture.refused:
        return None
    return f"{capture.refused} of its rows in the file were refused. Mend and import them again."

"""Ids of a file that are what a spreadsheet left of ids that are stored."""

from snapshot_core.formats.captures import FileCapture, Refusal, Refusals
from snapshot_core.formats.cells import LOST_DIGITS, is_cut, shortened, twins
from snapshot_core.store.database import Store
from snapshot_core.store.users import User
from snapshot_core.store.videos import video_ids
from snapshot_core.transfer.import_account import find_account


def refuse_twins(store: Store, user: User, name: str, captures: list[FileCapture]) -> Refusals:
    """Take out of ``captures`` the readings whose id has a stored one behind it, and name them.

    A capture of which nothing is left is taken out too.
    """
    refused = Refusals()
    ids = {video.platform_id for capture in captures for _, video in capture.readings}
    if not any(map(is_cut, ids)):
        return refused
    with store.read() as connection:
        account = find_account(connection, user, name)
        known = video_ids(connection, account.key).keys() if account is not None else set[str]()
    cut = twins(ids - known, known)
    for capture in captures if cut else ():
        for line, video in capture.readings:
            if video.platform_id in cut:
                wrong = f"video_id {shortened(video.platform_id)} {LOST_DIGITS}"
                refused.append(Refusal(line, wrong))
                capture.refused += 1
        capture.readings = [row for row in capture.readings if row[1].platform_id not in cut]
    captures[:] = [c for c in captures if c.readings or c.profile_line is not None]
    return refused

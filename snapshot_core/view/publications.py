"""The videos that were published in a period, as marks on its charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from snapshot_core.store.database import Connection
from snapshot_core.store.videos import about_videos
from snapshot_core.view.account_growth import AccountShare
from snapshot_core.windows import Window

MAX_MARKED_PUBLICATIONS: Final = 100
"""The newest: more marks would hide each other."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A video that was published in the period."""

    at: int
    video_id: int
    title: str


def publications(
    connection: Connection, shares: Sequence[AccountShare], window: Window | None
) -> list[Publication]:
    """Those in ``window``, oldest first. ``shares``: of accounts of one user."""
    if window is None:
        return []
    instants: dict[int, int] = {}
    for share in shares:
        if share.videos is not None:
            at = share.videos.published
            chosen = np.flatnonzero((window.start < at) & (at <= window.end))
            ids = share.videos.ids[chosen].tolist()
            instants |= dict(zip(ids, at[chosen].tolist(), strict=True))
    newest = sorted(instants, key=lambda video: instants[video])[-MAX_MARKED_PUBLICATIONS:]
    if not newest:
        return []
    about = about_videos(connection, shares[0].account.user_id, newest)
    return [Publication(instants[video], video, about[video].name) for video in newest]

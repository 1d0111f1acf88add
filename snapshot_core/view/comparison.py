"""A few videos over one another: their totals by date, or by the time since publication."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from snapshot_core.errors import NotFound
from snapshot_core.periods import Period
from snapshot_core.session import Session
from snapshot_core.store.database import Connection
from snapshot_core.view.video import VideoView, owner, video_view

By = Literal["date", "age"]
"""Where curves begin: each at its own instants, or all at their publication."""
MAX_COMPARED: Final = 5
"""Lines that one can tell apart."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The videos compared, in the order in which they were asked for."""

    videos: Sequence[VideoView]

    def curve(self, video: VideoView, metric: str, by: By) -> list[tuple[int, int | None]]:
        """``(instant, count)``, or ``(seconds since publication, count)``; None breaks the line.

        By age, one whose publication is not known has no curve.
        """
        begins_at = video.about.begins_at
        if by == "date":
            return video.curve(metric)
        if begins_at is None:
            return []
        return [(at - begins_at, count) for at, count in video.curve(metric)]


def comparison(
    connection: Connection, session: Session, video_ids: Sequence[int], period: Period
) -> Comparison:
    """The videos of these ids, the first `MAX_COMPARED` of them; those that are not there are
    left out.
    """
    videos = []
    for video_id in dict.fromkeys(video_ids):
        try:
            account = owner(connection, session.accounts, video_id)
        except NotFound:
            continue
        arguments = account, video_id, period, session.now, session.zone(account)
        videos.append(video_view(connection, *arguments))
    return Comparison(videos[:MAX_COMPARED])

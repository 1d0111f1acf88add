"""Videos that a whole listing misses: too many to be believed gone before somebody says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from snapshot_core.clock import believed_until
from snapshot_core.growth.completeness import is_look, sees_enough
from snapshot_core.store.accounts import Account
from snapshot_core.store.fold.write import bump_revision, refold
from snapshot_core.store.keys import not_ahead, of, readings_of
from snapshot_core.store.tables import captures
from snapshot_core.store.tables import video_snapshots as readings


@dataclass(frozen=True, slots=True)
class MissingVideos:
    """What the newest whole listing of an account misses of its last complete capture."""

    account: Account
    captured_at: int
    """The capture of that listing (UTC seconds)."""
    missing: int
    last_complete: int
    """How many videos that capture listed."""

    @property
    def believed_if_repeated(self) -> bool:
        """Whether the next listing can confirm this one without anybody's word."""
        return is_look(self.last_complete - self.missing, self.last_complete)


def missing_videos(connection: Connection, account: Account, now: int) -> MissingVideos | None:
    """What keeps the newest listing of an account from being complete; None where nothing does
    that its user could settle.
    """
    at, status = captures.c.captured_at, captures.c.status
    own = of(captures, account.key), not_ahead(captures), at <= believed_until(now)
    last = connection.scalar(select(func.max(at)).where(*own, status == "complete"))
    if last is None:
        return None
    whole = captures.c.scope == "complete", captures.c.walked_to_end.is_not(False)
    doubted = select(at, captures.c.walked_to_end).where(*own, *whole, status == "partial")
    newest = connection.execute(doubted.where(at > last).order_by(at.desc()).limit(1)).first()
    if newest is None:
        return None
    again = readings.alias()
    listed_again = (
        select(again.c.video_id)
        .where(again.c.user_id == account.user_id, again.c.captured_at == newest.captured_at)
        .where(again.c.video_id == readings.c.video_id)
        .exists()
    )
    of_last = readings_of(account.key), readings.c.captured_at == last
    listed = connection.scalar(select(func.count()).where(*of_last)) or 0
    missing = connection.scalar(select(func.count()).where(*of_last, ~listed_again)) or 0
    if sees_enough(listed - missing, listed, newest.walked_to_end):
        return None
    return MissingVideos(account, newest.captured_at, missing, listed)


def confirm_gone(connection: Connection, chosen: Sequence[MissingVideos]) -> int:
    """Believe listings: what they miss is gone. Gives how many were still in doubt."""
    confirmed = 0
    for each in chosen:
        key = each.account.key
        bump_revision(connection, key)
        this = of(captures, key), captures.c.captured_at == each.captured_at
        doubted = update(captures).where(*this, captures.c.status == "partial")
        confirmed += connection.execute(doubted.values(confirmed=True)).rowcount
        refold(connection, key)
    return confirmed

"""The captures of an account: their log, those that decide on growth, and what they read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, select

from snapshot_core.clock import LAST_INSTANT, believed_until
from snapshot_core.growth.fold_types import ACCOUNT
from snapshot_core.growth.history import History
from snapshot_core.growth.listing import Ids
from snapshot_core.readings import Counts
from snapshot_core.store.accounts import Account
from snapshot_core.store.dialects import packed, unpacked
from snapshot_core.store.keys import (
    Key,
    bound_to,
    mine,
    my_readings,
    not_ahead,
    not_ahead_now,
    of,
    readings_of,
    rows,
    same_account,
    theirs,
)
from snapshot_core.store.tables import (
    COUNTS,
    account_snapshots,
    accounts,
    captures,
    listing_runs,
    quarantine,
    videos,
)
from snapshot_core.store.tables import video_snapshots as readings

PROFILE_COLUMNS: Final = ("follower_count", "following_count", "like_count")
"""The account's own counters, in the order of a readings file."""


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """One capture of the log. Instants are UTC seconds."""

    account: str
    captured_at: int
    ended_at: int
    trigger: str
    scope: str
    status: str
    videos: int
    rejected: int
    message: str | None


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """A capture as files in and out see it. ``captured_at`` in UTC seconds."""

    captured_at: int
    status: str
    trigger: str
    walked_to_end: bool | None
    reported_count: int | None
    video_count: int
    message: str | None
    counts: bool
    """False where it is marked as ahead of the clock."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reading not taken at face value."""

    account: str
    captured_at: int
    video: str | None
    """Title or platform id; None for the account's own counter."""
    metric: str
    count: int
    accepted_count: int | None
    verdict: str
    """As stored; ``gone`` where a reading was held and its video left before the next one."""


def _deciding(whose: ColumnElement[bool]) -> list[ColumnElement[Any]]:
    """What decides on growth, of the captures of one account, as columns."""
    at, status = captures.c.captured_at, captures.c.status
    own = select(at).where(whose, not_ahead_now(captures)).correlate(accounts)
    newest = own.order_by(at.desc()).limit(1)
    deciding = (
        select(func.count()).select_from(own.where(status != "failed").limit(2).subquery()),
        own.where(status == "complete").order_by(at).limit(1),
        newest.where(status == "complete"),
        newest.where(status == "partial", captures.c.scope == "complete"),
    )
    return [statement.scalar_subquery() for statement in deciding]


_HISTORY: Final = select(*_deciding(mine(captures)))
_HISTORIES: Final = select(
    accounts.c.account_id, *_deciding(same_account(captures, accounts))
).where(theirs(accounts))
_RECENT: Final = captures.c.captured_at.between(bindparam("since"), bindparam("until"))


_INSTANTS: Final = (
    select(captures.c.account_id, captures.c.status, packed(captures.c.captured_at))
    .where(theirs(captures), _RECENT, not_ahead(captures), captures.c.scope == "complete")
    .group_by(captures.c.account_id, captures.c.status)
)
_LOGGED: Final = "captured_at", "ended_at", "trigger", "scope", "status", "video_count"
_LOG: Final = select(
    captures.c.account_id,
    *(captures.c[name] for name in (*_LOGGED, "rejected_count", "message")),
).where(theirs(captures), _RECENT, not_ahead(captures))


def _doubts() -> Select[Any]:
    of_video = listing_runs.c.video_id == quarantine.c.video_id, listing_runs.c.until.is_(None)
    runs = select(listing_runs.c.video_id).where(same_account(listing_runs, quarantine), *of_video)
    of_a_video = quarantine.c.video_id != ACCOUNT
    gone = and_(quarantine.c.verdict == "held", of_a_video, ~runs.exists())
    same_video = and_(
        videos.c.user_id == quarantine.c.user_id, videos.c.video_id == quarantine.c.video_id
    )
    its_capture = and_(
        same_account(captures, quarantine), captures.c.captured_at == quarantine.c.captured_at
    )
    recent = quarantine.c.captured_at.between(bindparam("since"), bindparam("until"))
    return (
        select(
            quarantine.c.account_id,
            quarantine.c.captured_at,
            func.coalesce(func.nullif(videos.c.title, ""), videos.c.platform_id),
            quarantine.c.metric,
            quarantine.c["count"],
            quarantine.c.accepted_count,
            case((gone, "gone"), else_=quarantine.c.verdict),
        )
        .join_from(quarantine, captures, its_capture)
        .join(videos, same_video, isouter=True)
        .where(theirs(quarantine), recent, not_ahead(captures))
    )


_DOUBTS: Final = _doubts()
_PARTIAL_MESSAGE: Final = (
    select(captures.c.message)
    .where(mine(captures), not_ahead_now(captures))
    .where(captures.c.scope == "complete", captures.c.status != "failed")
    .order_by(captures.c.captured_at.desc())
    .limit(1)
)
_STORED: Final[Select[Any]] = select(
    *(captures.c[name] for name in StoredCapture.__dataclass_fields__ if name != "counts"),
    not_ahead(captures),
)
READINGS_AT: Final = (
    select(readings.c.video_id, *COUNTS)
    .where(my_readings(), readings.c.captured_at == bindparam("at"))
    .order_by(readings.c.video_id)
)
"""For `keys.rows`: the counters of each video of the capture ``at``, in the order of ids."""


def history_of(connection: Connection, key: Key, now: int, keep_days: int | None = None) -> History:
    """The captures that decide what can be said of the account's growth at ``now``.

    ``keep_days``: for which they are kept.
    """
    bound = {"believed_until": believed_until(now)}
    return _history(rows(connection, _HISTORY, key, **bound)[0], keep_days)


def histories_of(connection: Connection, owned: Sequence[Account], now: int) -> dict[int, History]:
    """The same for some accounts of one user, by account id: in one statement."""
    if not owned:
        return {}
    bound = bound_to([account.key for account in owned]) | {"believed_until": believed_until(now)}
    keep_days = {account.account_id: account.keep_days for account in owned}
    rows = connection.execute(_HISTORIES, bound)
    return {row[0]: _history(row[1:], keep_days[row[0]]) for row in rows}


def _history(deciding: Sequence[Any], keep_days: int | None) -> History:
    count, first, last, partial = deciding
    return History(count, first, last, partial is not None and partial > (last or 0), keep_days)


def _recent(owned: Sequence[Account], since: int, now: int) -> dict[str, Any]:
    """What `_RECENT` and `theirs` bind."""
    keys = [account.key for account in owned]
    return bound_to(keys) | {"since": since, "until": believed_until(now)}


def instants_by_status(
    connection: Connection, owned: Sequence[Account], since: int, now: int
) -> dict[int, dict[str, Ids]]:
    """When some accounts of one user were read whole since an instant, in no order: by account id
    and by what came of it. In one statement.
    """
    if not owned:
        return {}
    instants: dict[int, dict[str, Ids]] = {}
    bound = bound_to([account.key for account in owned]) | {
        "since": since,
        "until": believed_until(now),
    }
    for account_id, status, at in connection.execute(_INSTANTS, bound):
        instants.setdefault(account_id, {})[status] = unpacked([at])
    return instants


def partial_message(connection: Connection, key: Key, now: int) -> str | None:
    """What the newest capture of complete scope says of why it was cut short, if it says so."""
    bound = {"believed_until": believed_until(now)}
    message: str | None = rows(connection, _PARTIAL_MESSAGE, key, **bound)[0][0]
    return message


def captures_of(
    connection: Connection, key: Key, since: int = 0, until: int = LAST_INSTANT
) -> list[StoredCapture]:
    """The captures of an account between two instants, oldest first, failed ones among them."""
    between = of(captures, key), captures.c.captured_at.between(since, until)
    statement = _STORED.where(*between).order_by(captures.c.captured_at)
    return [StoredCapture(*row) for row in connection.execute(statement)]


def last_instant(connection: Connection, key: Key) -> int | None:
    """The instant of the newest capture of an account that counts, be it a failed one."""
    own = of(captures, key), not_ahead(captures)
    at: int | None = connection.scalar(select(func.max(captures.c.captured_at)).where(*own))
    return at


def counts_at(connection: Connection, key: Key, at: int) -> dict[int, Counts]:
    """The counters of each video of one capture, by video id and in its order."""
    return {row[0]: tuple(row[1:]) for row in rows(connection, READINGS_AT, key, at=at)}


def profiles_of(
    connection: Connection, key: Key, since: int = 0, until: int = LAST_INSTANT
) -> dict[int, Counts]:
    """The account's own counters by instant, in the order of `PROFILE_COLUMNS`."""
    columns = [account_snapshots.c[name] for name in ("captured_at", *PROFILE_COLUMNS)]
    between = of(account_snapshots, key), account_snapshots.c.captured_at.between(since, until)
    profiles = connection.execute(select(*columns).where(*between))
    return {at: tuple(counts) for at, *counts in profiles}


def view_counts(connection: Connection, key: Key) -> list[int]:
    """All known counts of views, in no order."""
    views = readings.c.view_count
    return list(connection.scalars(select(views).where(readings_of(key), views.is_not(None))))


def captures_since(
    connection: Connection, owned: Sequence[Account], since: int, now: int
) -> list[CaptureRow]:
    """The captures of some accounts of one user since an instant that are not ahead of ``now``,
    in no order.
    """
    if not owned:
        return []
    bound = bound_to([account.key for account in owned]) | {
        "since": since,
        "until": believed_until(now),
    }
    names = _names(owned)
    return [CaptureRow(names[row[0]], *row[1:]) for row in connection.execute(_LOG, bound)]


def doubts_since(
    connection: Connection, owned: Sequence[Account], since: int, now: int
) -> list[Doubt]:
    """Readings held, rejected or refused since an instant, in no order, of captures that count."""
    if not owned:
        return []
    bound = bound_to([account.key for account in owned]) | {
        "since": since,
        "until": believed_until(now),
    }
    names = _names(owned)
    return [Doubt(names[row[0]], *row[1:]) for row in connection.execute(_DOUBTS, bound)]


def _names(owned: Sequence[Account]) -> Mapping[int, str]:
    return {account.account_id: account.name for account in owned}

"""What many accounts of a user gained over time: totals, followers, lessons and last posts.

A statement each for all of them, in columns packed by account.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, bindparam, func, select

from snapshot_core.clock import believed_until
from snapshot_core.growth.rhythms.learned import Learned
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.accounts import Account
from snapshot_core.store.dialects import packed, unpacked
from snapshot_core.store.fold.publication import PUBLICATION
from snapshot_core.store.keys import bound_to, theirs
from snapshot_core.store.readings import ACCEPTED_FOLLOWERS
from snapshot_core.store.rhythms.held import PACKED_RHYTHMS_OF_SEVERAL, learned_from
from snapshot_core.store.tables import (
    account_snapshots,
    capture_totals,
    rhythms,
    videos,
)

Totals = dict[str, list[tuple[int, int, int, int]]]
"""``(instant, total, entered, left)`` of complete captures by metric, oldest first."""
Counts = list[tuple[int, int]]
"""``(instant, count)``, oldest first."""

_WITHIN: Final[Any] = bindparam("since"), bindparam("until")
_TOTALS: Final = (
    select(
        capture_totals.c.account_id,
        capture_totals.c.metric,
        *(packed(capture_totals.c[name]) for name in ("captured_at", "total", "entered", "left")),
    )
    .where(
        theirs(capture_totals),
        capture_totals.c.captured_at.between(*_WITHIN),
        capture_totals.c.metric.in_(bindparam("metrics", expanding=True)),
    )
    .group_by(capture_totals.c.account_id, capture_totals.c.metric)
)
_FOLLOWERS: Final = (
    select(
        account_snapshots.c.account_id,
        packed(account_snapshots.c.captured_at),
        packed(account_snapshots.c.follower_count),
    )
    .where(
        theirs(account_snapshots),
        account_snapshots.c.captured_at.between(*_WITHIN),
        *ACCEPTED_FOLLOWERS,
    )
    .group_by(account_snapshots.c.account_id)
)
_LEARNED: Final = PACKED_RHYTHMS_OF_SEVERAL.add_columns(rhythms.c.account_id).group_by(
    rhythms.c.account_id
)
_LAST_POSTS: Final = (
    select(videos.c.account_id, func.max(PUBLICATION))
    .where(theirs(videos), bindparam("until") >= PUBLICATION)
    .group_by(videos.c.account_id)
)


def totals_of(
    connection: Connection,
    owned: Sequence[Account],
    since: int,
    until: int,
    metrics: Sequence[str] = VIDEO_METRICS,
) -> dict[int, Totals]:
    """The totals of ``metrics`` in ``[since, until]`` by account id."""
    by_account: dict[int, Totals] = {}
    rows = _rows(connection, _TOTALS, owned, since, until, metrics=list(metrics))
    for account_id, metric, *texts in rows:
        columns = np.array([unpacked([text]) for text in texts])
        oldest_first = columns[:, np.argsort(columns[0])].T.tolist()
        by_account.setdefault(account_id, {})[metric] = [tuple(row) for row in oldest_first]
    return by_account


def followers_of(
    connection: Connection, owned: Sequence[Account], since: int, until: int
) -> dict[int, Counts]:
    """Accepted follower counts in ``[since, until]`` by account id."""
    return {
        account_id: sorted(zip(unpacked([at]).tolist(), unpacked([counts]).tolist(), strict=True))
        for account_id, at, counts in _rows(connection, _FOLLOWERS, owned, since, until)
    }


def learned_of(
    connection: Connection, owned: Sequence[Account], since: int, until: int
) -> dict[int, Learned]:
    """What held of accounts from one instant to another, by account id; nothing of the others."""
    rows = _rows(connection, _LEARNED, owned, since, until)
    return {row[-1]: learned_from(row) for row in rows}


def last_posts(connection: Connection, owned: Sequence[Account], now: int) -> dict[int, int]:
    """When each account last published a video that is known of, by account id."""
    return dict(_rows(connection, _LAST_POSTS, owned, 0, believed_until(now)))


def _rows(
    connection: Connection,
    statement: Any,
    owned: Sequence[Account],
    since: int,
    until: int,
    **more: Any,
) -> Sequence[Any]:
    if not owned:
        return ()
    bound = bound_to([account.key for account in owned]) | {"since": since, "until": until} | more
    return connection.execute(statement, bound).cursor.fetchall()

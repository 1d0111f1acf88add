"""What the accounts of a platform have learned in a zone, taken together.

The job alone reads the lessons of all users, and writes what no row of tells whose it is. An
account's own lessons take it in (`store.rhythms`), so no user's statement reads another's rows.
"""

from collections import defaultdict
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, bindparam, delete, func, insert, select

from snapshot_core.growth.rhythm import HOURS, LEARNING_WINDOW_SECONDS, normal
from snapshot_core.store.dialects import unpacked
from snapshot_core.store.keys import same_account
from snapshot_core.store.rhythms import FACTOR_UNIT, HOUR_UNIT, hours_text
from snapshot_core.store.tables import accounts, pooled_rhythms, rhythms

_later = rhythms.alias("later")
_LATEST: Final = (
    select(accounts.c.source, rhythms.c.zone, rhythms.c.hours)
    .join_from(rhythms, accounts, same_account(rhythms, accounts))
    .where(
        rhythms.c.since > bindparam("after"),
        rhythms.c.since
        == select(func.max(_later.c.since)).where(same_account(_later, rhythms)).scalar_subquery(),
    )
)


def pool(connection: Connection, now: int) -> int:
    """Make the pooled rhythms anew from each account's latest lesson; gives their number.

    Lessons older than what a rhythm is learned from at ``now`` (UTC seconds) are left out.
    """
    learned: dict[tuple[str, str], list[Any]] = defaultdict(list)
    bound = {"after": now - LEARNING_WINDOW_SECONDS}
    for source, zone, hours in connection.execute(_LATEST, bound):
        learned[source, zone].append(unpacked([hours]) / HOUR_UNIT)
    connection.execute(delete(pooled_rhythms))
    pooled = [
        {
            "source": source,
            "zone": zone,
            "hours": hours_text(normal(np.reshape(each, (-1, HOURS)).mean(axis=0))),
            "video_factor": FACTOR_UNIT,
            "total_factor": FACTOR_UNIT,
        }
        for (source, zone), each in sorted(learned.items())
    ]
    if pooled:
        connection.execute(insert(pooled_rhythms), pooled)
    return len(pooled)

"""What the accounts of a platform have learned in a zone, taken together.

The job alone reads the lessons of all users, and writes what no row of tells whose it is. An
account's own lessons take it in (`store.rhythms`), so no user's statement reads another's rows.
"""

from collections import defaultdict
from collections.abc import Iterable
from statistics import median
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, bindparam, delete, func, insert, select

from snapshot_core.growth.rhythm import LEARNING_WINDOW_SECONDS, normal
from snapshot_core.growth.uncertainty import MIN_CASES, UNLEARNED_FACTOR
from snapshot_core.store.dialects import one_at_a_time
from snapshot_core.store.keys import same_account
from snapshot_core.store.rhythms.held import FACTOR_UNIT, hours_of, hours_text
from snapshot_core.store.tables import accounts, pooled_rhythms, rhythms

_later = rhythms.alias("later")
_LATEST: Final = (
    select(accounts.c.source, rhythms)
    .join_from(rhythms, accounts, same_account(rhythms, accounts))
    .where(
        rhythms.c.since > bindparam("after"),
        rhythms.c.total_cases > 0,  # those without have nothing but what was pooled before
        rhythms.c.since
        == select(func.max(_later.c.since)).where(same_account(_later, rhythms)).scalar_subquery(),
    )
)


def pool(connection: Connection, now: int) -> int:
    """Make the pooled rhythms anew from each account's latest lesson; gives their number.

    Lessons older than what a rhythm is learned from at ``now`` (UTC seconds) are left out.
    """
    one_at_a_time(connection)  # else two would insert the same rows
    learned: dict[tuple[str, str], list[Any]] = defaultdict(list)
    bound = {"after": now - LEARNING_WINDOW_SECONDS}
    for lesson in connection.execute(_LATEST, bound):
        learned[lesson.source, lesson.zone].append(lesson)
    connection.execute(delete(pooled_rhythms))
    pooled = [
        {
            "source": source,
            "zone": zone,
            "hours": hours_text(normal(np.median([hours_of(row.hours) for row in each], axis=0))),
            "video_factor": _factor((row.video_factor, row.video_cases) for row in each),
            "total_factor": _factor((row.total_factor, row.total_cases) for row in each),
        }
        for (source, zone), each in sorted(learned.items())
    ]
    if pooled:
        connection.execute(insert(pooled_rhythms), pooled)
    return len(pooled)


def _factor(factors: Iterable[tuple[int, int]]) -> int:
    """The median of those that come from enough cases of their own."""
    own = [factor for factor, cases in factors if cases >= MIN_CASES]
    return round(median(own)) if own else round(UNLEARNED_FACTOR * FACTOR_UNIT)

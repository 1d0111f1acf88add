"""What the accounts of a platform teach in a zone, taken together.

The job alone reads what all users' accounts were taught by, and writes what no row of tells whose
it is. An account's own lessons take it in (`store.rhythms.learn`), so no user's statement reads
another's rows. An account teaches with however little it was read closely, for together they may
have enough.
"""

from collections import defaultdict
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from snapshot_core.growth.rhythms.lessons import Lesson, Pooled, pool_lessons
from snapshot_core.growth.rhythms.rhythm import LEARNING_WINDOW_SECONDS
from snapshot_core.store.dialects import one_at_a_time
from snapshot_core.store.keys import Key, same_account
from snapshot_core.store.rhythms.held import lesson_of, taught_columns
from snapshot_core.store.rhythms.learn import brackets_after
from snapshot_core.store.tables import accounts, pooled_rhythms, rhythms, short_brackets, users
from snapshot_core.zones import first_zone

MAX_POOLED_ACCOUNTS: Final = 200
"""Of a platform and zone: the median of more is the same."""

_later = rhythms.alias("later")
_READ_CLOSELY: Final = (
    select(short_brackets.c.captured_at)
    .where(
        same_account(short_brackets, accounts), short_brackets.c.captured_at > bindparam("after")
    )
    .exists()
)
_TEACHERS: Final = (
    select(
        accounts.c.user_id,
        accounts.c.account_id,
        accounts.c.source,
        accounts.c.time_zone,
        users.c.time_zone.label("user_zone"),
    )
    .join(users, users.c.user_id == accounts.c.user_id)
    .where(_READ_CLOSELY)
    .order_by(accounts.c.user_id, accounts.c.account_id)
)
_LATEST: Final = select(rhythms).where(
    rhythms.c.since > bindparam("after"),
    rhythms.c.since
    == select(func.max(_later.c.since)).where(same_account(_later, rhythms)).scalar_subquery(),
)


def pool_accounts(
    connection: Connection, now: int, otherwise: ZoneInfo
) -> dict[tuple[str, str], Pooled]:
    """What accounts teach together, by platform and zone; it only reads.

    What is older than what a rhythm is learned from at ``now`` (UTC seconds) is left out.
    ``otherwise``: the zone of those who have chosen none.
    """
    after = now - LEARNING_WINDOW_SECONDS
    latest: dict[Key, Lesson] = {
        (row.user_id, row.account_id): lesson_of(row)
        for row in connection.execute(_LATEST, {"after": after})
    }
    teachers: dict[tuple[str, ZoneInfo], list[Key]] = defaultdict(list)
    for row in connection.execute(_TEACHERS, {"after": after}):
        key = row.user_id, row.account_id
        zone = first_zone((row.time_zone, row.user_zone), otherwise)
        teachers[row.source, latest[key].rhythm.zone if key in latest else zone].append(key)
    pooled = {}
    for (source, zone), keys in teachers.items():
        some = keys[:: -(-len(keys) // MAX_POOLED_ACCOUNTS)]
        gains = [brackets_after(connection, key, after).by_hour(zone) for key in some]
        of_zone = pool_lessons(gains, [latest[key] for key in some if key in latest])
        if of_zone is not None:
            pooled[source, zone.key] = of_zone
    return pooled


def replace_pooled(connection: Connection, pooled: dict[tuple[str, str], Pooled]) -> None:
    """Let new pooled rhythms stand in place of those there were."""
    one_at_a_time(connection)  # else two would insert the same rows
    connection.execute(delete(pooled_rhythms))
    rows = [
        {"source": source, "zone": zone, **taught_columns(own.hours, own)}
        for (source, zone), own in sorted(pooled.items())
        if own.hours is not None
    ]
    if rows:
        connection.execute(insert(pooled_rhythms), rows)

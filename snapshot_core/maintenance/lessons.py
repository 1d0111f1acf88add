"""Learning what was left to be learned where an import was cut off before it had done so."""

from functools import partial
from zoneinfo import ZoneInfo

from snapshot_core.store.database import Connection, Store
from snapshot_core.store.fold.write import bump_revision
from snapshot_core.store.keys import Key
from snapshot_core.store.rhythms.learn import (
    STEP_SECONDS,
    has_missed_a_lesson,
    learn_due,
    left_to_learn,
)


def catch_up(store: Store, otherwise: ZoneInfo, now: int) -> None:
    """Learn what the captures of accounts teach and nobody has learned, step by step.

    ``otherwise``: the zone of those who have chosen none; ``now``: UTC seconds.
    """
    with store.read() as connection:
        behind = left_to_learn(connection, now, otherwise)
    for key, zone in behind.items():
        with store.read() as connection:
            missed = has_missed_a_lesson(connection, key, zone)
        while missed and not store.transact(partial(_learn, key=key, zone=zone)):
            pass


def _learn(connection: Connection, key: Key, zone: ZoneInfo) -> bool:
    bump_revision(connection, key)
    return learn_due(connection, key, zone, seconds=STEP_SECONDS, late=True)

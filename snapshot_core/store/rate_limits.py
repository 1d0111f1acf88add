"""When the next call of an endpoint may be made, agreed on by all processes of a database."""

from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, or_, update

from snapshot_core.clock import MAX_AHEAD_SECONDS
from snapshot_core.sources.rate import MAX_HOLD_SECONDS
from snapshot_core.store import dialects
from snapshot_core.store.tables import rate_limits
from snapshot_core.windows import HOUR

MAX_TURN_MILLISECONDS: Final = 1000 * (int(MAX_HOLD_SECONDS) + HOUR)
"""From now to the furthest turn that is believed: a platform's longest hold, and an hour for those
who wait behind it.
"""


def reserve(connection: Connection, endpoint: str, now: int, step: int, burst: int) -> int:
    """The instant at which one more call may go out. All in milliseconds since 1970.

    The generic cell rate algorithm: a call moves the endpoint's own clock on by ``step``, and
    may be made while that clock is at most ``burst`` steps ahead. So no stretch of time of
    length t, wherever it begins, holds more than ``t / step + burst`` calls.
    """
    _ensure(connection, endpoint)
    free, ahead = rate_limits.c.free_at, (burst - 1) * step
    moved = case((and_(free > now, _is_believed(now)), free), else_=now) + step
    own = rate_limits.c.endpoint == endpoint
    statement = update(rate_limits).where(own).values(free_at=moved, reserved_at=now)
    after: int = connection.execute(statement.returning(free)).scalar_one()
    return max(now, after - step - ahead)


def hold(
    connection: Connection, endpoint: str, now: int, until: int, step: int, burst: int
) -> None:
    """Let nobody call before ``until`` (milliseconds, as ``now``), and not in a burst then."""
    _ensure(connection, endpoint)
    full = until + (burst - 1) * step
    sooner = or_(rate_limits.c.free_at < full, ~_is_believed(now))
    later = update(rate_limits).where(rate_limits.c.endpoint == endpoint, sooner)
    connection.execute(later.values(free_at=full, reserved_at=now))


def _is_believed(now: int) -> ColumnElement[bool]:
    """Whether the last turn was given by a clock that was not ahead, and is no further away than
    any: else it holds nobody.
    """
    reserved_at, free_at = rate_limits.c.reserved_at, rate_limits.c.free_at
    return and_(
        reserved_at.is_not(None),
        reserved_at <= now + 1000 * MAX_AHEAD_SECONDS,
        free_at <= now + MAX_TURN_MILLISECONDS,
    )


def _ensure(connection: Connection, endpoint: str) -> None:
    row = dialects.insert_new(connection, rate_limits).values(endpoint=endpoint, free_at=0)
    connection.execute(row)

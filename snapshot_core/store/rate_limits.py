"""When the next call of an endpoint may be made, agreed on by all processes of a database."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, or_, update

from snapshot_core.clock import MAX_AHEAD_SECONDS
from snapshot_core.store import dialects
from snapshot_core.store.tables import rate_limits


def reserve(connection: Connection, endpoint: str, now: int, step: int, burst: int) -> int:
    """The instant at which one more call may go out. All in milliseconds since 1970.

    The generic cell rate algorithm: a call moves the endpoint's own clock on by ``step``, and
    may be made while that clock is at most ``burst`` steps ahead. So no stretch of time of
    length t, wherever it begins, holds more than ``t / step + burst`` calls.
    """
    _ensure(connection, endpoint)
    free, ahead = rate_limits.c.free_at, (burst - 1) * step
    moved = case((and_(free > now, ~_reserved_ahead(now)), free), else_=now) + step
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
    sooner = or_(rate_limits.c.free_at < full, _reserved_ahead(now))
    later = update(rate_limits).where(rate_limits.c.endpoint == endpoint, sooner)
    connection.execute(later.values(free_at=full, reserved_at=now))


def _reserved_ahead(now: int) -> ColumnElement[bool]:
    """Whether the clock was ahead by which the last turn was given: it then holds nobody."""
    reserved_at: Any = rate_limits.c.reserved_at
    return and_(reserved_at.is_not(None), reserved_at > now + 1000 * MAX_AHEAD_SECONDS)


def _ensure(connection: Connection, endpoint: str) -> None:
    row = dialects.insert_new(connection, rate_limits).values(endpoint=endpoint, free_at=0)
    connection.execute(row)

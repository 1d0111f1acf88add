"""When the next call of an endpoint may be made, agreed on by all processes of a database."""

from sqlalchemy import Connection, case, update

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
    moved = case((free > now, free), else_=now) + step
    statement = update(rate_limits).where(rate_limits.c.endpoint == endpoint).values(free_at=moved)
    after: int = connection.execute(statement.returning(free)).scalar_one()
    return max(now, after - step - ahead)


def hold(connection: Connection, endpoint: str, until: int, step: int, burst: int) -> None:
    """Let nobody call before ``until`` (milliseconds), and not in a burst then."""
    _ensure(connection, endpoint)
    full = until + (burst - 1) * step
    later = rate_limits.c.endpoint == endpoint, rate_limits.c.free_at < full
    connection.execute(update(rate_limits).where(*later).values(free_at=full))


def _ensure(connection: Connection, endpoint: str) -> None:
    row = dialects.insert_new(connection, rate_limits).values(endpoint=endpoint, free_at=0)
    connection.execute(row)

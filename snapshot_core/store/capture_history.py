"""The captures of an account that decide what can be said of its growth."""

from typing import Any, Final

from sqlalchemy import Connection, Select, and_, func, select

from snapshot_core.growth.growth import History
from snapshot_core.store.keys import Key, mine, rows
from snapshot_core.store.tables import captures


def _history() -> Select[Any]:
    at, its = captures.c.captured_at, captures.c.status
    done, part = its == "complete", and_(its == "partial", captures.c.scope == "complete")
    whose = mine(captures)
    first = select(at).where(whose, done).order_by(at).limit(1)
    last = select(at).where(whose, done).order_by(at.desc()).limit(1)
    partial = select(at).where(whose, part).order_by(at.desc()).limit(1)
    some = select(at).where(whose, its != "failed").limit(2).subquery()
    count = select(func.count()).select_from(some)
    return select(*(one.scalar_subquery() for one in (count, first, last, partial)))


_HISTORY: Final = _history()


def history_of(connection: Connection, key: Key) -> History:
    """The captures that decide what can be said."""
    count, first, last, partial = rows(connection, _HISTORY, key)[0]
    return History(count, first, last, partial is not None and partial > (last or 0))

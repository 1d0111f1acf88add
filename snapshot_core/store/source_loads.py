"""What the job has to read of each source, of all users: noted by it, for whoever shows a plan."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, func, insert, select

from snapshot_core.store.tables import accounts, source_loads


@dataclass(frozen=True, slots=True)
class Load:
    """The accounts of a source that the job reads."""

    accounts: int
    videos: int
    """Of all of them together."""


def stored_loads(connection: Connection) -> dict[str, Load]:
    """By source, as the job saw it last."""
    columns = source_loads.c.source, source_loads.c.accounts, source_loads.c.videos
    return {source: Load(*load) for source, *load in connection.execute(select(*columns))}


def counted_loads(connection: Connection) -> dict[str, Load]:
    """By source, of all users, the accounts that are neither paused nor stopped."""
    counts = func.count(), func.sum(accounts.c.next_video - 1)
    read = ~accounts.c.paused, ~accounts.c.blocked
    statement = select(accounts.c.source, *counts).where(*read).group_by(accounts.c.source)
    return {
        name: Load(number, int(videos)) for name, number, videos in connection.execute(statement)
    }


def store_loads(connection: Connection, loads: Mapping[str, Load]) -> int:
    """Note ``loads`` instead of those before; gives how many there are."""
    connection.execute(delete(source_loads))
    if loads:
        rows = [{"source": source, **asdict(load)} for source, load in loads.items()]
        connection.execute(insert(source_loads), rows)
    return len(loads)

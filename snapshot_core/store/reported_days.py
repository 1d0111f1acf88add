"""Amounts by day, as a platform's exports give them; nothing is folded from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select, true, update

from snapshot_core.store.keys import Key, key_columns, of
from snapshot_core.store.tables import reported_days

REPORTED: Final = ("views", "profile_views", "likes", "comments", "shares")
"""The metrics, in the order they are shown in."""

Amounts = Mapping[date, Mapping[str, int]]
"""Amounts by day, then by metric; what is unknown is not there."""


@dataclass(frozen=True, slots=True)
class StoredAmounts:
    """What became of a file's amounts."""

    changed: frozenset[date]
    """Days of which at least one amount was added or renewed."""
    amounts: int
    """Amounts that were added or renewed."""


def amounts_of(
    connection: Connection, key: Key, since: date | None = None
) -> dict[date, dict[str, int]]:
    """The amounts of an account by day, oldest first; from ``since`` on."""
    table = reported_days.c
    wanted = of(reported_days, key), true() if since is None else table.day >= since
    statement = select(table.day, table.metric, table.amount).where(*wanted).order_by(table.day)
    by_day: dict[date, dict[str, int]] = {}
    for day, metric, amount in connection.execute(statement):
        by_day.setdefault(day, {})[metric] = amount
    return by_day


def last_reported(connection: Connection, key: Key) -> date | None:
    """The last day of which anything is known; None where nothing is."""
    statement = select(func.max(reported_days.c.day)).where(of(reported_days, key))
    day: date | None = connection.scalar(statement)
    return day


def store_amounts(connection: Connection, key: Key, amounts: Amounts) -> StoredAmounts:
    """Store the amounts of a file; storing them again changes nothing.

    The newer file wins: Studio corrects its last days. A file that ends before what is stored is
    an older one, and only fills in what is missing.
    """
    if not amounts:
        return StoredAmounts(frozenset(), 0)
    stored = amounts_of(connection, key, min(amounts))
    newer = not stored or max(amounts) >= max(stored)
    added: list[dict[str, Any]] = []
    renewed: list[dict[str, Any]] = []
    for day, by_metric in amounts.items():
        for metric, amount in by_metric.items():
            row = {"of_metric": metric, "on_day": day, "new_amount": amount}
            known = stored.get(day, {}).get(metric)
            if known is None:
                added.append(row)
            elif known != amount and newer:
                renewed.append(row)
    table = reported_days.c
    if added:
        names = {"metric": "of_metric", "day": "on_day", "amount": "new_amount"}
        values: dict[str, Any] = key_columns(key) | {
            column: bindparam(name) for column, name in names.items()
        }
        connection.execute(insert(reported_days).values(values), added)
    if renewed:
        same = table.metric == bindparam("of_metric"), table.day == bindparam("on_day")
        statement = update(reported_days).where(of(reported_days, key), *same)
        connection.execute(statement.values(amount=bindparam("new_amount")), renewed)
    changed = added + renewed
    return StoredAmounts(frozenset(row["on_day"] for row in changed), len(changed))

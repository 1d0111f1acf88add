"""How each account is connected: what may be read, until when, what is wrong and what mends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from zoneinfo import ZoneInfo

from snapshot_core.capture.schedule import why_not
from snapshot_core.errors import NotFound
from snapshot_core.sources.contract import OAuthSource, Source
from snapshot_core.sources.registry import source
from snapshot_core.sources.sample import Sample
from snapshot_core.store.accounts import Account
from snapshot_core.store.captures import histories_of
from snapshot_core.store.connections import StoredConnection, stored_connections
from snapshot_core.store.database import Connection
from snapshot_core.windows import DAY
from snapshot_core.zones import first_zone

WARNED_SECONDS: Final = 28 * DAY
"""Seconds before its end at which an access is said to end."""

State = Literal[
    "sample", "well", "new", "paused", "file", "failing", "stopped", "unconnected", "ending"
]
"""``failing`` is tried again by itself; ``stopped`` waits for its user; ``file`` is imported."""


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """One account as the Accounts page shows it. Instants are UTC seconds."""

    account: Account
    label: str
    """What people call its source."""
    state: State
    last: int | None
    """The latest complete capture."""
    zone: ZoneInfo
    permissions: Sequence[str]
    """What the access allows, in words; empty where no access is needed."""
    ends_at: int | None
    """When the access ends unless it is used before; None where none is needed."""
    consented: bool
    """Whether its owner's consent is what it is read with."""


def connection_views(
    connection: Connection, user_id: int, accounts: Sequence[Account], now: int, zone: ZoneInfo
) -> list[ConnectionView]:
    """All ``accounts`` of a user, those that wait for the user first, then by name."""
    stored = stored_connections(connection, user_id)
    histories = histories_of(connection, accounts, now)
    views = []
    for account in accounts:
        # One that has been removed meanwhile has no captures.
        history = histories.get(account.account_id)
        last = None if history is None else history.last_complete
        views.append(connection_view(account, stored.get(account.key), last, now, zone))
    return sorted(views, key=lambda view: (view.state not in _URGENT, view.account.name.casefold()))


_URGENT: Final = ("stopped", "unconnected", "ending", "failing")


def connection_view(
    account: Account, stored: StoredConnection | None, last: int | None, now: int, zone: ZoneInfo
) -> ConnectionView:
    """One account, whose latest complete capture is ``last``."""
    try:
        reader = source(account.source)
    except NotFound:
        reader = None
    consented = isinstance(reader, OAuthSource)
    ends_at = stored.refresh_until if stored else None
    ended = stored is None or (ends_at is not None and ends_at <= now)
    return ConnectionView(
        account,
        reader.label if reader else account.source,
        _state(account, consented and ended, ends_at, last, now),
        last,
        first_zone((account.time_zone,), zone),
        _permissions(reader, stored),
        ends_at,
        consented,
    )


def _permissions(reader: Source | None, stored: StoredConnection | None) -> list[str]:
    """The words for each scope; a scope that has none is shown as it is."""
    words = reader.permissions if isinstance(reader, OAuthSource) else {}
    return [words.get(scope, scope) for scope in stored.scopes.split(",")] if stored else []


def _state(
    account: Account, unconnected: bool, ends_at: int | None, last: int | None, now: int
) -> State:
    if account.source == Sample.name:
        return "paused" if account.paused else "sample"
    if why_not(account) is not None:
        return "file"
    if unconnected:
        return "unconnected"
    if account.blocked:
        return "stopped"
    if account.paused:
        return "paused"
    if account.last_error:
        return "failing"
    if ends_at is not None and ends_at - now < WARNED_SECONDS:
        return "ending"
    return "well" if last is not None else "new"

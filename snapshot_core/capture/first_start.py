"""Setting up: the tables, the local user, the sample account and everybody's baseline.

Safe to run at every start: what is there already is left as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from snapshot_core.capture.schedule import can_be_taken
from snapshot_core.capture.take import take
from snapshot_core.clock import Clock
from snapshot_core.connections.platforms import Platforms
from snapshot_core.connections.tokens import reseal
from snapshot_core.errors import Busy, NotFound, SourceError
from snapshot_core.settings.table import Settings
from snapshot_core.sources.contract import AccountRef, Source
from snapshot_core.sources.registry import source
from snapshot_core.sources.sample import ACCOUNT_NAME, Sample, nights_to_backfill
from snapshot_core.store.accounts import (
    LOCAL_EMAIL,
    Account,
    User,
    account,
    accounts_of,
    add_account,
    ensure_user,
)
from snapshot_core.store.database import Store
from snapshot_core.store.fold_write import refold
from snapshot_core.store.keys import Key
from snapshot_core.store.record_capture import Fetched, Recorded, store_readings
from snapshot_core.store.schema import upgrade
from snapshot_core.store.tables import accounts, captures, users


@dataclass(slots=True)
class SetupReport:
    """What setting up did. Empty where everything was in place."""

    user: User
    """The local user."""
    nights: int = 0
    """Captures made up for the sample account."""
    baselines: dict[str, Recorded] = field(default_factory=dict)
    """First captures taken, by account name."""
    failures: dict[str, str] = field(default_factory=dict)
    """Accounts whose first capture failed: why, and what to do. The next start tries again,
    unless that cannot help before the user has acted."""
    resealed: int = 0
    """Connections whose tokens were encrypted anew, because the secret key was changed."""


def set_up(
    store: Store,
    settings: Settings,
    clock: Clock,
    sources: Callable[[str], Source] = source,
) -> SetupReport:
    """Bring the tables up to date, make what a first start needs, and take missing baselines.

    The sample account is made once: who removes it does not see it again. An account whose
    source cannot be read is reported and does not stop the others. Raises `StoreError`.
    """
    upgrade(store)
    now = clock()
    report = store.transact(lambda connection: _first_start(connection, settings.time_zone, now))
    with store.read() as connection:
        bare = [account(connection, key) for key in _without_capture(connection)]
    for one in bare:
        _baseline(store, one, clock, sources, report, Platforms(store, settings))
    report.resealed = reseal(store, settings)
    return report


def _first_start(connection: Connection, zone: ZoneInfo, now: int) -> SetupReport:
    """The local user and, for whoever has never seen one, the sample account."""
    report = SetupReport(ensure_user(connection, LOCAL_EMAIL, now))
    user_id = report.user.user_id
    # Two starts at once: the one whose update finds the column empty makes the account.
    offered = connection.execute(
        update(users)
        .where(users.c.user_id == user_id, users.c.sample_offered_at.is_(None))
        .values(sample_offered_at=now)
    )
    if offered.rowcount and not accounts_of(connection, user_id):
        made = add_account(connection, user_id, ACCOUNT_NAME, Sample.name, now)
        report.nights = _backfill(connection, made, zone)
    return report


def _backfill(connection: Connection, made: Account, zone: ZoneInfo) -> int:
    """Read the sample account at past midnights, so that every period is filled at once."""
    ref = AccountRef(made.user_id, made.account_id, made.name, made.external_id, made.created_at)
    sample, nights = Sample(), nights_to_backfill(made.created_at, zone)
    for night in nights:
        listing = sample.read(ref, "complete", night)
        videos, profile = list(listing.videos), listing.profile
        whole = listing.walked_to_end
        fetched = Fetched(night, night, "sample", "complete", whole, profile, videos)
        store_readings(connection, made.key, fetched)
    refold(connection, made.key)
    return len(nights)


def _without_capture(connection: Connection) -> list[Key]:
    """The accounts, of all users, of which no reading was ever stored and one may be tried."""
    read = (
        select(captures.c.captured_at)
        .where(
            captures.c.user_id == accounts.c.user_id,
            captures.c.account_id == accounts.c.account_id,
            captures.c.status != "failed",
        )
        .correlate(accounts)
        .exists()
    )
    columns = accounts.c.user_id, accounts.c.account_id
    waits = accounts.c.paused | accounts.c.blocked
    rows = connection.execute(select(*columns).where(~read, ~waits).order_by(*columns))
    return [(user_id, account_id) for user_id, account_id in rows]


def _baseline(
    store: Store,
    one: Account,
    clock: Clock,
    sources: Callable[[str], Source],
    report: SetupReport,
    platforms: Platforms,
) -> None:
    """Take the first capture of an account, unless it is one that is only imported."""
    try:
        reader = sources(one.source)
    except NotFound:
        report.failures[one.name] = of_unknown_source(one)
        return
    try:
        if can_be_taken(one.source, sources):
            report.baselines[one.name] = take(
                store, reader, one, clock, trigger="baseline", platforms=platforms
            )
    except (SourceError, Busy) as error:
        report.failures[one.name] = str(error)


def of_unknown_source(one: Account) -> str:
    """What to say of an account that another version of this program has stored."""
    return f"This version has no source {one.source!r}. Update Truegrowth, or remove the account."

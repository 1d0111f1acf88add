"""Setting up: the tables, the local user, the sample account and everybody's baseline.

Safe to run at every start: what is there already is left as it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from snapshot_core.capture.schedule import why_not
from snapshot_core.capture.snapshot_accounts import Outcome, snapshot_accounts
from snapshot_core.clock import Clock, is_set
from snapshot_core.connections.encryption import ensure_secret_key
from snapshot_core.connections.tokens import reseal
from snapshot_core.errors import InputError
from snapshot_core.private_files import make_private, open_to_others
from snapshot_core.session import open_session
from snapshot_core.settings.secret_key import key_file
from snapshot_core.settings.table import Settings
from snapshot_core.sources.contract import AccountRef, Source
from snapshot_core.sources.registry import source
from snapshot_core.sources.sample import ACCOUNT_NAME, Sample, nights_to_backfill
from snapshot_core.store.accounts import Account, accounts_of, add_account, never_captured
from snapshot_core.store.connections import stored_connections
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.fold.write import refold
from snapshot_core.store.record_capture import Fetched, store_readings
from snapshot_core.store.schema import upgrade
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user, offer_sample


@dataclass(frozen=True, slots=True)
class SetupReport:
    """What setting up did. Empty where everything was in place."""

    nights: int
    """Captures made up for the sample account."""
    baselines: Sequence[Outcome]
    """First captures. One that failed is tried again by the next start, unless that cannot help
    before the user has acted."""
    made_private: Sequence[Path] = ()
    """Files that others could read, and now can no more."""
    open_to_others: Sequence[Path] = ()
    """Files that others still can read, since another user owns them."""


def set_up(
    store: Store, settings: Settings, clock: Clock, sources: Callable[[str], Source] = source
) -> SetupReport:
    """Bring the tables up to date, make what a first start needs, and take missing baselines.

    The sample account is made once: who removes it does not see it again. An account whose
    source cannot be read is reported and does not stop the others. Raises `StoreError`, and
    `SettingsError` where the secret key is away that stored tokens need.
    """
    upgrade(store)
    files = [*store.files(), key_file(settings)]
    made_private = make_private(files)
    now = clock()
    nights = store.transact(lambda connection: _first_start(connection, settings.time_zone, now))
    with store.read() as connection:
        waiting = never_captured(connection) if is_set(now) else []
        needs_key = settings.logins or stored_connections(connection)
    if needs_key:
        ensure_secret_key(store, settings)
    baselines: list[Outcome] = []
    for account in waiting:
        if not isinstance(why_not(account, sources), InputError):
            session = open_session(settings, store, clock, str(account.user_id))
            baselines += snapshot_accounts(session, [account], trigger="baseline", sources=sources)
    reseal(store, settings)
    return SetupReport(nights, baselines, made_private, open_to_others(files))


def _first_start(connection: Connection, zone: ZoneInfo, now: int) -> int:
    """Make the local user and, if they never had one, the sample account; its nights.

    The sample account waits for a start with a clock that was set: it is told around the present.
    """
    user = ensure_user(connection, LOCAL_EMAIL, now)
    if (
        not is_set(now)
        or not offer_sample(connection, user.user_id, now)
        or accounts_of(connection, user.user_id)
    ):
        return 0
    return add_sample(connection, user.user_id, zone, now)


def add_sample(connection: Connection, user_id: int, zone: ZoneInfo, now: int) -> int:
    """Make the sample account, told around ``now`` (UTC seconds); how many nights it was read.

    Raises `InputError` where there is one already.
    """
    return _backfill(
        connection, add_account(connection, user_id, ACCOUNT_NAME, Sample.name, now), zone
    )


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

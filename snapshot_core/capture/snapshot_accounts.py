"""Taking snapshots of a user's accounts now, one after the other, and what each of them found."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from snapshot_core.capture.schedule import why_not
from snapshot_core.capture.take import OnWait, take
from snapshot_core.errors import InputError, StoreError, TruegrowthError
from snapshot_core.growth.completeness import Scope, Status
from snapshot_core.metrics import FOLLOWERS, VIDEO_METRICS
from snapshot_core.session import Session
from snapshot_core.sources.contract import Source
from snapshot_core.sources.registry import source
from snapshot_core.store.accounts import Account
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Connection
from snapshot_core.store.readings import followers, gain_lines

_log = logging.getLogger(__name__)

Progress = Callable[[Account, int, int | None], None]
"""Called with the account, the number of its videos read so far and the number expected."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one account's snapshot. Instants are UTC seconds."""

    account: Account
    captured_at: int | None = None
    """None where nothing was stored, or where ``error`` says why there is no more than a part."""
    status: Status | None = None
    """None with an error, and where the account has a capture of this very second already."""
    videos: int = 0
    rejected: int = 0
    """Counts that cannot be, and were left out."""
    since: int | None = None
    """The complete capture before this one, if both are complete."""
    differences: Mapping[str, int] = field(default_factory=dict)
    """By metric, what was gained since then; without those that one of the two does not know."""
    error: TruegrowthError | None = None
    scope: Scope = "complete"


def accounts_to_take(session: Session, account: Account | None = None) -> list[Account]:
    """The accounts that a snapshot of ``account``, or of all, is of.

    Among all are no paused ones and none that come from files; whoever names one means it.
    """
    if account is not None:
        return [account]
    return [
        account
        for account in session.together()
        if not account.paused and not isinstance(why_not(account), InputError)
    ]


def snapshot_accounts(
    session: Session,
    accounts: Sequence[Account],
    progress: Progress | None = None,
    *,
    on_wait: Callable[[Account, StoreError], None] | None = None,
    trigger: str = "manual",
    sources: Callable[[str], Source] = source,
) -> Iterator[Outcome]:
    """Take a complete capture of each account; one that fails does not stop the others.

    ``progress`` and ``on_wait`` (see `take`) are called in this thread; an exception they raise
    ends everything.
    """
    for account in accounts:
        try:
            yield snapshot_account(
                session,
                account,
                trigger=trigger,
                progress=partial(progress, account) if progress is not None else None,
                on_wait=partial(on_wait, account) if on_wait is not None else None,
                sources=sources,
            )
        except TruegrowthError as error:
            yield Outcome(account, error=error)


def snapshot_account(
    session: Session,
    account: Account,
    *,
    trigger: str,
    scope: Scope = "complete",
    progress: Callable[[int, int | None], None] | None = None,
    on_wait: OnWait | None = None,
    still_due: Callable[[Connection], bool] | None = None,
    sources: Callable[[str], Source] = source,
) -> Outcome:
    """Take a capture of one account, and compare a complete one with the complete one before.

    Raises what `take` raises, and what `why_not` gives.
    """
    if (refusal := why_not(account, sources)) is not None:
        raise refusal
    with session.store.read() as connection:
        since = history_of(connection, account.key, session.now).last_complete
    taken = take(
        session.store,
        sources(account.source),
        account,
        session.clock,
        trigger=trigger,
        scope=scope,
        progress=progress,
        on_wait=on_wait,
        still_due=still_due,
        platforms=session.platforms,
        zone=session.zone(account),
    )
    differences: dict[str, int] = {}
    if taken.status != "complete":
        since = None
    if since is not None:
        try:
            with session.store.read() as connection:
                differences = _differences(connection, account, since, taken.captured_at)
        except StoreError as error:
            # The capture is stored, so it must not pass for one that failed.
            _log.warning("%r: what is new cannot be read: %s", account.name, error)
            since = None
    return Outcome(
        account,
        taken.captured_at,
        taken.status,
        taken.videos,
        taken.rejected,
        since,
        differences,
        scope=scope,
    )


def _differences(
    connection: Connection, account: Account, since: int, until: int
) -> dict[str, int]:
    lines = gain_lines(connection, account.key, since, until)
    differences = {
        metric: lines[metric].points[-1][1] for metric in VIDEO_METRICS if lines[metric].points
    }
    counted = followers(connection, account.key, since, until)
    if len(counted) > 1:
        differences[FOLLOWERS] = counted[-1][1] - counted[0][1]
    return differences

"""What the job asks of the tables, for all users at once: whose capture may be due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    null,
    select,
    update,
)

from snapshot_core.cadences import ADAPTIVE, NIGHTLY
from snapshot_core.clock import LAST_INSTANT, believed_until
from snapshot_core.errors import NotFound
from snapshot_core.growth.completeness import Scope
from snapshot_core.store.accounts import ACCOUNT_COLUMNS, Account
from snapshot_core.store.dialects import packed
from snapshot_core.store.fold.publication import PUBLICATION
from snapshot_core.store.keys import Key, not_ahead_now, of, same_account
from snapshot_core.store.tables import accounts, captures, users, videos
from snapshot_core.windows import DAY, HOUR

MAX_NIGHTS_APART: Final = 7
"""Between two nightly captures, where a platform allows too few calls for all accounts."""
RECENT_SECONDS: Final = (MAX_NIGHTS_APART + 1) * DAY
"""How far back captures of the latest night of an account are looked for; no night lasts longer
than two days."""
YOUNG_SECONDS: Final = 78 * HOUR
"""Age until which a new video is read more often: the 72 hours of its launch, and as long as a
reading of that age may be late."""
PREMIERE_SECONDS: Final = 2 * DAY
"""How long before its publication a video is known of: as long as an account waits for a look."""

NEVER: Final = LAST_INSTANT
"""Noted where an account is not looked at until it changes."""


@dataclass(frozen=True, slots=True)
class DueAccount(Account):
    """An account as the job sees it. Instants are UTC seconds."""

    user_time_zone: str | None
    """The user's; None where the installation's holds."""
    look_at: int
    """When the job looks at it next; at once where it is not above 0."""
    last_good: int | None
    """The latest complete or partial capture of complete scope that is not ahead of the clock:
    one that is must not silence the job until its date comes."""
    last_complete: int | None
    """The latest one that is complete, if it is of the last days."""
    looked_before: int | None
    """Where `last_good` is partial: the latest one before it that was cut as it was, if it is of
    the last days. So `last_good` was a second look already."""
    videos: int
    """That it was ever seen to have."""
    last_tried: int | None
    """The latest capture of any scope, be it a failed one. This and what follows is of accounts
    that are read beyond their nights."""
    extra_complete: tuple[int, ...]
    """Captures of complete scope that were taken in the last day beyond the nightly ones."""
    extra_recent: tuple[int, ...]
    """Those of the newest page."""
    young: tuple[int, ...]
    """When its videos that are `YOUNG_SECONDS` old at the most were published, or will be."""


@dataclass(frozen=True, slots=True)
class NextLook:
    """What the job has decided of an account. Instants are UTC seconds."""

    key: Key
    decided_by: int
    """The account's `look_at` by which that was decided: it holds unless that has changed."""
    look_at: int
    planned_seconds: int | None
    """As in `Account`."""


_last, _before = captures.alias("last"), captures.alias("before")


def _whole(table: Any) -> ColumnElement[bool]:
    """The account's captures of complete scope that are not ahead of the clock."""
    return and_(same_account(table, accounts), not_ahead_now(table), table.c.scope == "complete")


def newest_at(table: Any, *conditions: ColumnElement[bool]) -> ScalarSelect[Any]:
    """The instant of an account's newest capture with ``conditions``, as a column of it."""
    # The newest first, by the key: it stops at the first row in most accounts, however long
    # their history. A maximum would read all of it on SQLite.
    at = table.c.captured_at
    newest = select(at).where(*conditions).order_by(at.desc()).limit(1)
    return newest.correlate(accounts, _last).scalar_subquery()


_LAST_GOOD: Final = newest_at(
    captures, _whole(captures), captures.c.status.in_(("complete", "partial"))
)
_LAST_COMPLETE: Final = newest_at(
    captures,
    _whole(captures),
    captures.c.status == "complete",
    captures.c.captured_at > bindparam("recent"),
)
_LOOKED_BEFORE: Final = (
    select(
        newest_at(
            _before,
            _whole(_before),
            _before.c.status == "partial",
            _before.c.captured_at > bindparam("recent"),
            _before.c.captured_at < _last.c.captured_at,
            _before.c.walked_to_end.is_not_distinct_from(_last.c.walked_to_end),
        )
    )
    .where(_whole(_last), _last.c.status == "partial", _last.c.captured_at == _LAST_GOOD)
    .correlate(accounts)
    .scalar_subquery()
)

_LAST_TRIED: Final = newest_at(captures, same_account(captures, accounts), not_ahead_now(captures))


def _extra(scope: Scope) -> ScalarSelect[Any]:
    instants = select(packed(captures.c.captured_at)).where(
        same_account(captures, accounts),
        not_ahead_now(captures),
        captures.c.captured_at > bindparam("day_ago"),
        captures.c.trigger == "hourly",
        captures.c.scope == scope,
    )
    return instants.correlate(accounts).scalar_subquery()


_YOUNG: Final = (
    select(packed(PUBLICATION))
    .where(
        same_account(videos, accounts),
        videos.c.published_at >= bindparam("young_since"),
        PUBLICATION.between(bindparam("young_since"), bindparam("young_until")),
    )
    .correlate(accounts)
    .scalar_subquery()
)


def _statement(*, whole: bool) -> Select[Any]:
    """Everything of each account, or only what its own cadence asks for."""
    beyond_nights, launches = accounts.c.cadence != NIGHTLY, accounts.c.cadence == ADAPTIVE
    columns = (
        (_LAST_TRIED, beyond_nights),
        (_extra("complete"), beyond_nights),
        (_extra("recent"), beyond_nights),
        (_YOUNG, launches),
    )
    return select(
        *ACCOUNT_COLUMNS,
        users.c.time_zone,
        accounts.c.look_at,
        _LAST_GOOD,
        _LAST_COMPLETE,
        _LOOKED_BEFORE,
        accounts.c.next_video - 1,
        *(column if whole else case((asked, column), else_=null()) for column, asked in columns),
        # An outer join, for SQLite begins with its left side: there is a user to each account.
    ).join_from(accounts, users, accounts.c.user_id == users.c.user_id, isouter=True)


_DUE_ACCOUNTS: Final = _statement(whole=False)
_TO_LOOK_AT: Final = _DUE_ACCOUNTS.where(accounts.c.look_at <= bindparam("now"))
_NEXT_LOOK: Final = select(func.min(accounts.c.look_at)).where(
    accounts.c.look_at > bindparam("now")
)
_DUE_ACCOUNT: Final = _statement(whole=True)
_PACKED_COLUMNS: Final = 3
"""The last of them."""

_LAST_NIGHTLY: Final = newest_at(
    captures,
    same_account(captures, accounts),
    not_ahead_now(captures),
    captures.c.trigger.in_(("nightly", "hourly")),
)


def due_accounts(connection: Connection, now: int, user_id: int | None = None) -> list[DueAccount]:
    """The accounts of a user, or of all, as a schedule wants them. One statement."""
    statement = _DUE_ACCOUNTS
    if user_id is not None:
        statement = statement.where(accounts.c.user_id == user_id)
    return [_unpacked(row) for row in connection.execute(statement, _limits(now))]


def accounts_to_look_at(connection: Connection, now: int) -> list[DueAccount]:
    """Those of all users at which the job has to look by ``now``: an index leads to them."""
    return [_unpacked(row) for row in connection.execute(_TO_LOOK_AT, _limits(now))]


def next_look(connection: Connection, now: int) -> int | None:
    """When the job looks at the next account after ``now``, as far as that is noted."""
    at: int | None = connection.scalar(_NEXT_LOOK, {"now": now})
    return None if at == NEVER else at


def note_looks(connection: Connection, looks: Iterable[NextLook]) -> None:
    """Note when accounts are looked at next. One that somebody has changed meanwhile stays to be
    looked at.
    """
    this = (
        accounts.c.user_id == bindparam("user"),
        accounts.c.account_id == bindparam("account"),
        accounts.c.look_at == bindparam("decided_by"),
    )
    decided = update(accounts).where(*this)
    decided = decided.values(look_at=bindparam("at"), planned_seconds=bindparam("planned"))
    rows = [
        {
            "user": look.key[0],
            "account": look.key[1],
            "decided_by": look.decided_by,
            "at": look.look_at,
            "planned": look.planned_seconds,
        }
        for look in looks
    ]
    if rows:
        connection.execute(decided, rows)


def due_account(connection: Connection, key: Key, now: int) -> DueAccount:
    """One account's, with what other cadences ask for too; else `NotFound`."""
    row = connection.execute(_DUE_ACCOUNT.where(of(accounts, key)), _limits(now)).first()
    if row is None:
        raise NotFound("There is no such account; it may have been removed.")
    return _unpacked(row)


def last_nightly(connection: Connection, user_id: int, now: int) -> int | None:
    """When the job last tried a capture in its rhythm of any account of a user; None = never."""
    statement = select(_LAST_NIGHTLY).where(accounts.c.user_id == user_id)
    tried = connection.scalars(statement, {"believed_until": believed_until(now)})
    return max((at for at in tried if at is not None), default=None)


def _limits(now: int) -> dict[str, int]:
    return {
        "believed_until": believed_until(now),
        "recent": now - RECENT_SECONDS,
        "day_ago": now - DAY,
        "young_since": now - YOUNG_SECONDS,
        "young_until": now + PREMIERE_SECONDS,
        "now": now,
    }


def _unpacked(row: Sequence[Any]) -> DueAccount:
    plain, instants = row[:-_PACKED_COLUMNS], row[-_PACKED_COLUMNS:]
    return DueAccount(
        *plain, *(tuple(map(int, text.split(","))) if text else () for text in instants)
    )

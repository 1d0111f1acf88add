"""Importing a TikTok Studio export into an account, which the user names: the file does not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from snapshot_core.errors import InputError, NotFound
from snapshot_core.formats.captures import FileCapture
from snapshot_core.formats.cells import Refused, name_of
from snapshot_core.formats.tiktok_studio.export import parse
from snapshot_core.readings import VideoReading
from snapshot_core.sources.sample import Sample
from snapshot_core.store.accounts import Account, User, account_named, accounts_of
from snapshot_core.store.database import Store
from snapshot_core.store.fold_write import bump_revision
from snapshot_core.store.keys import Key, of
from snapshot_core.store.reported_days import keep_amounts
from snapshot_core.store.tables import captures, videos
from snapshot_core.transfer.import_batch import TRIGGER
from snapshot_core.transfer.import_readings import ImportReport, found_or_made, held, merge_into
from snapshot_core.transfer.import_studio_plan import StudioPlan, planned
from snapshot_core.windows import local_date
from snapshot_core.zones import zone_named


@dataclass(frozen=True, slots=True)
class Target:
    """Where an export goes, and what helps to read it."""

    account: str
    """An account's name; a new one makes a new account."""
    zone: ZoneInfo
    """Of its days, where neither the account nor the user has one of their own."""
    exported: date | None = None
    """The day of the export, where the user knows better than the file."""
    name: str | None = None
    """What the user calls the file, where ``path`` is a copy of it."""


def import_studio(store: Store, path: Path, user: User, now: int, target: Target) -> ImportReport:
    """Import the export at ``path``, all of it in one transaction; again is safe.

    Raises `InputError` where the file is of no use, and `Busy` while the account is captured.
    """
    name = checked_name(target.account)

    def work(connection: Connection) -> ImportReport:
        account, made = found_or_made(connection, user, name, now)
        with held(connection, account, now):
            plan = _planned(connection, account, path, user, now, target)
            return _stored(connection, account, plan, made)

    return store.transact(work)


def preview_studio(store: Store, path: Path, user: User, now: int, target: Target) -> StudioPlan:
    """What `import_studio` would do. Nothing is written. Raises `InputError`."""
    name = checked_name(target.account)
    with store.read() as connection:
        try:
            account: Account | None = account_named(connection, user.user_id, name)
        except NotFound:
            account = None
        return _planned(connection, account, path, user, now, target)


def checked_name(name: str) -> str:
    """The account's name as it is stored; `InputError` where it can be none."""
    try:
        plain = name_of("the account's name", name)
    except Refused as error:
        raise InputError(str(error)) from None
    if not plain:
        raise InputError("An account needs a name of 1 to 200 characters.")
    return plain


def accounts_for_export(connection: Connection, user: User) -> str:
    """The accounts that an import can go into, as a sentence for who has named none."""
    names = [repr(one.name) for one in accounts_of(connection, user.user_id) if _own(one)]
    known = f"Accounts: {', '.join(names)}. " if names else ""
    return f"{known}A new name makes a new account."


def refuse_made_up(account: Account) -> None:
    """Real readings and made-up ones do not mix: `InputError`."""
    if not _own(account):
        raise InputError(f"{account.name} is made up: import into an account of your own")


def _own(account: Account) -> bool:
    return account.source != Sample.name


def _planned(
    connection: Connection,
    account: Account | None,
    path: Path,
    user: User,
    now: int,
    target: Target,
) -> StudioPlan:
    if account is not None:
        refuse_made_up(account)
    zone = target.zone
    for name in (account and account.time_zone, user.time_zone):
        if name and (found := zone_named(name)):
            zone = found
            break
    today = local_date(now, zone)
    parsed = parse(path, today, name=target.name, exported=target.exported)
    if account is None:
        return planned(parsed, target.account, zone, now)
    key = account.key

    def reuse(start: int, end: int) -> int | None:
        return _partial_import(connection, key, start, end)

    plan = planned(parsed, account.name, zone, now, reuse)
    known = _known(connection, key)
    for capture in plan.contents:
        capture.readings = [(line, _news(video, known)) for line, video in capture.readings]
    return plan


def _partial_import(connection: Connection, key: Key, start: int, end: int) -> int | None:
    """The instant of what an earlier export gave between two instants."""
    mine = (
        of(captures, key),
        captures.c.captured_at.between(start, end),
        captures.c.trigger == TRIGGER,
        captures.c.walked_to_end.is_(False),
        captures.c.video_count > 0,
    )
    statement = select(captures.c.captured_at).where(*mine).order_by(captures.c.captured_at)
    at: int | None = connection.scalar(statement.limit(1))
    return at


def _known(connection: Connection, key: Key) -> dict[str, tuple[object, ...]]:
    columns = videos.c.platform_id, videos.c.title, videos.c.share_url, videos.c.published_at
    rows = connection.execute(select(*columns).where(of(videos, key)))
    return {name: tuple(about) for name, *about in rows}


def _news(video: VideoReading, known: dict[str, tuple[object, ...]]) -> VideoReading:
    """The reading without what is known of the video: a platform knows it better."""
    title, share_url, published_at = known.get(video.platform_id, (None, None, None))
    return replace(
        video,
        title=video.title if title is None else None,
        share_url=video.share_url if share_url is None else None,
        published_at=video.published_at if published_at is None else None,
    )


def _stored(connection: Connection, account: Account, plan: StudioPlan, made: bool) -> ImportReport:
    group: Sequence[FileCapture] = plan.captures()
    merged = merge_into(connection, account, group)
    kept = keep_amounts(connection, account.key, plan.amounts)
    if kept.amounts:
        bump_revision(connection, account.key)
    refused = sorted([*plan.refused, *merged.refused], key=lambda refusal: refusal.line)
    return ImportReport(
        plan.rows_read,
        plan.duplicates,
        refused,
        plan.notices,
        added=merged.added + len(kept.changed),
        already_there=merged.already_there + len(plan.amounts) - len(kept.changed),
        captures_added=merged.captures_added,
        set_aside=plan.set_aside,
        reported_days=kept.amounts,
        accounts_added=[account.name] if made else [],
    )

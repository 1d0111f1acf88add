"""The videos in a period, and every reading of one of them."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from api.auth import ApiSession, Reader
from api.paging import Cursor, Limit, Rank, page
from api.parameters import AccountName, PeriodOrDays, PlatformId, Sort
from snapshot_core.errors import InputError, NotFound
from snapshot_core.periods import PERIODS, Period
from snapshot_core.store.accounts import Account
from snapshot_core.store.readings import Reading
from snapshot_core.store.videos import find_videos
from snapshot_core.view.documents.fields import days_of
from snapshot_core.view.documents.history import History
from snapshot_core.view.documents.left_out import LeftOut, SinceTracking
from snapshot_core.view.documents.videos import Video, Videos
from snapshot_core.view.video import video_view
from snapshot_core.view.videos_table import VideoRow, VideoTable, video_table
from snapshot_core.view.wording.accounts import table_reason

router = APIRouter(tags=["videos"])


@router.get("/videos", response_model=Videos, responses={410: {}})
async def videos(
    session: Reader,
    period: PeriodOrDays,
    account: AccountName = None,
    sort: Sort = "views",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Videos with a count at the end of the period or removed in it, those that grew most first.

    All pages show the same moment: once a snapshot has changed the list, its cursors get 410, and
    the client starts again without a cursor.
    """
    return await session.answer(_videos, period, account, sort, limit, cursor)


def _videos(
    session: ApiSession,
    period: Period,
    name: str | None,
    sort: str,
    limit: int,
    cursor: str | None,
) -> Videos:
    account = session.account_or_all(name)
    zone = session.zone(account)

    def compute() -> VideoTable:
        with session.store.read() as connection:
            return video_table(connection, session.together(account), period, session.now, zone)

    table = session.context.tables.get_or_compute((*session.cache_key, period, name), compute)
    rank = _rank_by(sort)
    rows = sorted(table.rows, key=rank)
    list_key = ("videos", session.user.user_id, period.label, account and account.account_id, sort)
    # All pages show the same moment: the same windows, in the same order.
    state = *table.windows.items(), *map(rank, rows)
    shown = page(rows, rank, limit, cursor, list_key, state)
    reason = table.reason
    return Videos(
        period=days_of(period),
        account=account.name if account else None,
        timestamp=session.now,
        sort=sort,
        total=len(rows),
        reason=reason.code if reason else None,
        message=table_reason(table, zone, session.now) or None,
        since_tracking=SinceTracking.of(table.since_tracking),
        left_out=tuple(
            LeftOut.of(account, period, zone, session.now) for account in table.left_out
        ),
        videos=tuple(map(Video.of, shown.rows)),
        next=shown.next,
    )


def _rank_by(metric: str) -> Callable[[VideoRow], Rank]:
    """Most growth first, then highest count; unknown growth last."""

    def rank(row: VideoRow) -> Rank:
        growth = row.growth[metric]
        gain, current = growth.growth, growth.current or 0
        return gain is None, -(gain or 0), -current, row.about.video_id

    return rank


# An id may contain a slash.
@router.get("/videos/{platform_id:path}/history", response_model=History, responses={404: {}})
async def history(
    session: Reader,
    platform_id: PlatformId,
    account: AccountName = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Every reading of a video as the platform gave it, newest first."""
    return await session.answer(_history, platform_id, account, limit, cursor)


def _history(
    session: ApiSession, platform_id: str, name: str | None, limit: int, cursor: str | None
) -> History:
    with session.store.read() as connection:
        ids = find_videos(connection, session.user.user_id, platform_id)
        owners = [account for account in session.accounts_named(name) if account.account_id in ids]
        account = _only(owners, platform_id)
        zone = session.zone(account)
        video = ids[account.account_id]
        story = video_view(connection, account, video, PERIODS[0], session.now, zone)
    newest_first = sorted(story.readings, key=_newest)
    list_key = ("history", session.user.user_id, story.video_id)
    shown = page(newest_first, _newest, limit, cursor, list_key)
    return History.of(story, shown.rows, next=shown.next)


def _only(owners: list[Account], platform_id: str) -> Account:
    """The account that has the video; if several have it, the request must name one."""
    if not owners:
        raise NotFound(f"There is no video {platform_id!r}.")
    if len(owners) > 1:
        names = ", ".join(repr(account.name) for account in owners)
        raise InputError(
            f"Several accounts have this video: choose one with ?account= and one of {names}."
        )
    return owners[0]


def _newest(reading: Reading) -> Rank:
    return -reading.captured_at, 0, 0, 0

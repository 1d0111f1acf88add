"""The videos in a period, and every reading of one of them."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from api.auth import ApiSession, Reader
from api.paging import Cursor, Limit, Rank, page
from api.parameters import AccountName, PeriodOrDays, PlatformId, Sort, Tag
from api.routes.tags import find_owner
from snapshot_core.periods import PERIODS, Period
from snapshot_core.store.readings import Reading
from snapshot_core.tags import as_tag
from snapshot_core.view.documents.fields import days_of
from snapshot_core.view.documents.history import History
from snapshot_core.view.documents.tags import Tag as TagDocument
from snapshot_core.view.documents.tags import Tags
from snapshot_core.view.documents.videos import Videos
from snapshot_core.view.video import video_view
from snapshot_core.view.video_selection import tag_totals, with_tag
from snapshot_core.view.videos_table import VideoRow, VideoTable, video_table

router = APIRouter(tags=["videos"])


@router.get("/videos", response_model=Videos, responses={410: {}})
async def videos(
    session: Reader,
    period: PeriodOrDays,
    account: AccountName = None,
    sort: Sort = "views",
    tag: Tag = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Videos with a count at the end of the period or removed in it, those that grew most first.

    All pages show the same moment: once a snapshot has changed the list, its cursors get 410, and
    the client starts again without a cursor.
    """
    return await session.answer(_videos, period, account, sort, tag, limit, cursor)


def _videos(
    session: ApiSession,
    period: Period,
    name: str | None,
    sort: str,
    tag: str | None,
    limit: int,
    cursor: str | None,
) -> Videos:
    account = session.account_or_all(name)
    zone = session.zone(account)
    tag = None if tag is None else as_tag(tag)
    table = _table(session, period, name)
    rank = _rank_by(sort)
    rows = sorted(with_tag(table.rows, tag), key=rank)
    whose = session.user.user_id, account and account.account_id
    list_key = ("videos", *whose, period.label, sort, tag)
    # All pages show the same moment: the same windows, in the same order.
    state = *table.windows.items(), *map(rank, rows)
    shown = page(rows, rank, limit, cursor, list_key, state)
    whose_videos = account.name if account else None
    asked = table, rows, shown.rows, zone, session.now
    return Videos.of(*asked, account=whose_videos, sort=sort, tag=tag, next=shown.next)


def _table(session: ApiSession, period: Period, name: str | None) -> VideoTable:
    """The videos of an account, or of all; several addresses show parts of it."""
    account = session.account_or_all(name)
    zone = session.zone(account)

    def compute() -> VideoTable:
        with session.store.read() as connection:
            return video_table(connection, session.together(account), period, session.now, zone)

    return session.context.tables.get_or_compute((*session.cache_key, period, name), compute)


@router.get("/tags", response_model=Tags)
async def tags(session: Reader, period: PeriodOrDays, account: AccountName = None) -> Response:
    """All tags, and what the videos of each gained together."""
    return await session.answer(_tags, period, account)


def _tags(session: ApiSession, period: Period, name: str | None) -> Tags:
    account = session.account_or_all(name)
    return Tags(
        period=days_of(period),
        account=account.name if account else None,
        timestamp=session.now,
        tags=tuple(map(TagDocument.of_tag, tag_totals(_table(session, period, name)))),
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
        account, video = find_owner(connection, session, platform_id, name)
        zone = session.zone(account)
        story = video_view(connection, account, video, PERIODS[0], session.now, zone)
    newest_first = sorted(story.readings, key=_newest)
    list_key = ("history", session.user.user_id, story.video_id)
    shown = page(newest_first, _newest, limit, cursor, list_key)
    return History.of(story, shown.rows, next=shown.next)


def _newest(reading: Reading) -> Rank:
    return -reading.captured_at, 0, 0, 0

"""``videos``, and ``videos tag``: which videos grew, by tag too, and the tags themselves."""

from argparse import Namespace
from decimal import Decimal

from snapshot_core.cli.context import Context
from snapshot_core.cli.printing import print_json, print_table
from snapshot_core.growth.growth import Growth
from snapshot_core.plural import plural
from snapshot_core.session import Session
from snapshot_core.store.accounts import Account
from snapshot_core.store.annotations.video_tags import add_tag, remove_tag, tags_of_video
from snapshot_core.store.videos import find_video
from snapshot_core.tags import as_tag, tag_of
from snapshot_core.view.documents.fields import days_of
from snapshot_core.view.documents.tags import Tag, Tags
from snapshot_core.view.documents.videos import Videos
from snapshot_core.view.video_selection import tag_totals, with_tag
from snapshot_core.view.videos_table import RANKED_BY, Totals, VideoTable, video_table
from snapshot_core.view.wording import growth as wording
from snapshot_core.view.wording import tables
from snapshot_core.view.wording.accounts import table_reason
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, compact

_HEAD = "views", "gained", "", "share", "engagement"


def videos(context: Context, arguments: Namespace) -> bool:
    """The videos of a period, those that gained most views first, and all of them together."""
    session = context.open(arguments.user)
    account, table = _table(session, arguments)
    tag = None if arguments.tag is None else as_tag(arguments.tag)
    rows = with_tag(table.rows, tag)
    zone = session.zone(account)
    if arguments.json:
        whose = account.name if account else None
        shown = table, rows, rows, zone, session.now
        print_json(Videos.of(*shown, account=whose, sort=RANKED_BY, tag=tag))
        return True
    lines = []
    for row in rows:
        views, title = row.growth[RANKED_BY], row.about.title or row.about.platform_id
        figures = _figures(views, table.share(views), row.engagement)
        lines.append((title, row.account.name, ", ".join(row.tags), *figures))
    totals = table.totals(rows)
    total = (plural(totals.videos, "video"), "", "", *_sums(totals))
    print_table(("video", "account", "tags", *_HEAD), [*lines, total], texts=3)
    if message := table_reason(table, zone, session.now):
        print(f"\n{message}")
    return True


def list_tags(context: Context, arguments: Namespace) -> bool:
    """Every tag with what its videos gained together."""
    session = context.open(arguments.user)
    account, table = _table(session, arguments)
    tags = tag_totals(table)
    if arguments.json:
        print_json(
            Tags(
                period=days_of(table.period),
                account=account.name if account else None,
                timestamp=session.now,
                tags=tuple(map(Tag.of_tag, tags)),
            )
        )
    elif not tags:
        print("No video has a tag yet. Add one: videos tag add TAG --account A --video ID")
    else:
        rows = [(each.tag, str(each.totals.videos), *_sums(each.totals)) for each in tags]
        print_table(("tag", "videos", *_HEAD), rows)
    return True


def add(context: Context, arguments: Namespace) -> bool:
    """Give a tag to a video."""
    return _change(context, arguments, wanted=True)


def remove(context: Context, arguments: Namespace) -> bool:
    """Take a tag from a video."""
    return _change(context, arguments, wanted=False)


def _change(context: Context, arguments: Namespace, *, wanted: bool) -> bool:
    session, tag = context.open(arguments.user), tag_of(arguments.tag)
    account = session.account(arguments.account)
    with session.store.read() as connection:
        video = find_video(connection, account.key, arguments.video)
    change = add_tag if wanted else remove_tag
    session.store.transact(lambda connection: change(connection, account.key, video, tag))
    with session.store.read() as connection:
        tags = tags_of_video(connection, account.key, video)
    print(f"{arguments.video}: {', '.join(tags) or 'no tags'}")
    return True


def _table(session: Session, arguments: Namespace) -> tuple[Account | None, VideoTable]:
    account = session.account_or_all(arguments.account)
    period, zone = arguments.period, session.zone(account)
    with session.store.read() as connection:
        chosen = session.together(account)
        return account, video_table(connection, chosen, period, session.now, zone)


def _figures(views: Growth, share: Decimal | None, engagement: Decimal | None) -> tuple[str, ...]:
    return (
        UNKNOWN_TEXT if views.current is None else compact(views.current),
        wording.gain(views),
        wording.percentage(views),
        wording.rate(share),
        tables.engagement(engagement),
    )


def _sums(totals: Totals) -> tuple[str, ...]:
    return _figures(totals.growth[RANKED_BY], totals.share, totals.engagement)

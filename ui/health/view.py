"""The health page's view."""

from pathlib import Path

from snapshot_core.capture.schedule import schedule_of
from snapshot_core.store.accounts import Account
from snapshot_core.view.health import Health, health
from ui.session import PageSession
from ui.view_cache import CachedView, cached_view

STYLE = Path(__file__).with_name("health.css")


def cached_health(session: PageSession, account: Account | None) -> CachedView[Health]:
    """The health of ``account``, or of all where it is None, in the present minute."""
    shown = (account,) if account else session.accounts
    schedule = schedule_of(session, account)
    return cached_view(
        session,
        ("health", account and account.account_id),
        lambda connection: health(connection, shown, schedule, session.now),
        session.job_alive,
    )

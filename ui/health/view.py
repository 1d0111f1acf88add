"""The health page's view: computed anew at every look, for it tells of the present minute."""

from pathlib import Path

from snapshot_core.capture.schedule import Schedule
from snapshot_core.store.accounts import Account
from snapshot_core.view.health import Health, health
from ui.session import PageSession
from ui.view_cache import Sheet, kept_sheet

STYLE = Path(__file__).with_name("health.css")


def health_sheet(session: PageSession, account: Account | None) -> Sheet[Health]:
    """The health of ``account`` or of all; the last good one while the store is away."""
    shown = (account,) if account else session.accounts
    schedule = Schedule(session.zone(account), session.settings.snapshot_at)

    def compute() -> Health:
        with session.store.read() as connection:
            return health(connection, shown, schedule, session.now)

    key = ("health", account and account.account_id)
    return kept_sheet(session, key, compute, session.job_alive)

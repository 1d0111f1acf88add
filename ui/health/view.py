"""The health page's view: computed anew at every look, for it tells of the present minute."""

from pathlib import Path

from snapshot_core.capture.schedule import Schedule
from snapshot_core.store.accounts import Account
from snapshot_core.view.health import Health, health
from ui.session import Desk
from ui.view_cache import Sheet, kept_sheet

STYLE = Path(__file__).with_name("health.css")


def health_sheet(desk: Desk, account: Account | None) -> Sheet[Health]:
    """The health of ``account`` or of all; the last good one while the store is away."""
    shown = (account,) if account else desk.accounts
    schedule = Schedule(desk.zone(account), desk.settings.snapshot_at)

    def compute() -> Health:
        with desk.store.read() as connection:
            return health(connection, shown, schedule, desk.now)

    key = ("health", account and account.account_id)
    return kept_sheet(desk, key, compute, desk.job_alive)

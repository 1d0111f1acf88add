"""The view behind the Accounts page."""

from collections.abc import Sequence

from snapshot_core.view.connections import ConnectionView, connection_views
from ui.last_good import last_good
from ui.session import Desk


def views(desk: Desk) -> Sequence[ConnectionView]:
    """All accounts as they stand; the last good state while the store is away."""

    def read() -> Sequence[ConnectionView]:
        with desk.store.read() as connection:
            return connection_views(
                connection, desk.user.user_id, desk.accounts, desk.now, desk.zone(None)
            )

    found, _ = last_good(("connections", desk.settings.database_url, desk.user.user_id), read)
    return found

"""The view behind the Accounts page."""

from collections.abc import Sequence

from snapshot_core.view.connections import ConnectionView, connection_views
from ui.last_good import last_good
from ui.session import PageSession


def views(session: PageSession) -> Sequence[ConnectionView]:
    """All accounts as they stand; the last good state while the store is away."""

    def read() -> Sequence[ConnectionView]:
        with session.store.read() as connection:
            return connection_views(
                connection, session.user.user_id, session.accounts, session.now, session.zone(None)
            )

    connections, _ = last_good(
        ("connections", session.settings.database_url, session.user.user_id), read
    )
    return connections

"""What an administrator sees of all users: the state of their snapshots, not their numbers."""

from collections.abc import Sequence
from html import escape

from snapshot_core.errors import NotAllowed
from snapshot_core.store.installation_health import UserHealth, health_of_users
from ui.html import Column, note, table
from ui.last_good import last_good
from ui.login import current_login
from ui.session import PageSession

COLUMNS = ("User", "Accounts", "Stale", "Failing", "Stopped", "Paused")


def all_users(session: PageSession) -> Sequence[UserHealth]:
    """All users, those with problems first; the last known while the store is unavailable.

    Raises `NotAllowed` for anybody but an administrator, who alone has a link to the page.
    """
    if not current_login().administers:
        raise NotAllowed("Only an administrator of this installation may see this.")

    def read() -> list[UserHealth]:
        with session.store.read() as connection:
            return health_of_users(connection, session.now)

    users, _ = last_good(("all users", session.settings.database_url), read)
    return sorted(users, key=lambda user: not _has_problem(user))


def _has_problem(user: UserHealth) -> bool:
    return bool(user.stale or user.failing or user.stopped)


def users_html(users: Sequence[UserHealth]) -> str:
    """A table, and a sentence that sums it up."""
    columns = [Column("tg-num" if number else "", name) for number, name in enumerate(COLUMNS)]
    affected = sum(map(_has_problem, users))
    summary = note(
        f"Users: {len(users):,}, {affected:,} of them with stale or failing accounts. The names of "
        "their accounts and their numbers are not shown here."
    )
    return summary + table(columns, [_row(user) for user in users], "tg-users")


def _row(user: UserHealth) -> str:
    counts = (user.accounts, user.stale, user.failing, user.stopped, user.paused)
    cells = "".join(f'<td class="tg-num">{count:,}</td>' for count in counts)
    return f'<tr><th scope="row">{escape(user.email)}</th>{cells}</tr>'

"""What an administrator sees of everybody: how snapshots stand, and not one number."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from snapshot_core.errors import NotAllowed
from snapshot_core.store.installation_health import UserHealth, health_of_users
from ui.last_good import last_good
from ui.login import current_login
from ui.session import PageSession

COLUMNS = ("User", "Accounts", "Stale", "Failing", "Stopped", "Paused")


class Everybody(NamedTuple):
    """The users, those who need something first."""

    users: Sequence[UserHealth]
    wanting: int


def everybody(session: PageSession) -> Everybody:
    """All users of the installation; as they stood last while the database is away.

    Raises `NotAllowed` for who is no administrator, though none of them is shown the page.
    """
    if not current_login().administers:
        raise NotAllowed("Only an administrator of this installation may see this.")

    def read() -> list[UserHealth]:
        with session.store.read() as connection:
            return health_of_users(connection, session.now)

    found, _ = last_good(("everybody", session.settings.database_url), read)
    wanting = sum(_wants(one) for one in found)
    return Everybody(sorted(found, key=lambda one: not _wants(one)), wanting)


def _wants(one: UserHealth) -> bool:
    return bool(one.stale or one.failing or one.stopped)


def everybody_html(seen: Everybody) -> str:
    """A table, and the sentence that sums it up."""
    first, *others = (f'scope="col">{name}</th>' for name in COLUMNS)
    head = f"<th {first}" + "".join(f'<th class="tg-num" {one}' for one in others)
    rows = "".join(_row(one) for one in seen.users)
    said = f"Users: {len(seen.users):,}, {seen.wanting:,} of them with something stale or failing."
    return (
        f'<p class="tg-note">{escape(said)} Whose accounts they are called, and what they count, '
        "is not shown here.</p>"
        f'<table class="tg-everybody"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(one: UserHealth) -> str:
    counts = (one.accounts, one.stale, one.failing, one.stopped, one.paused)
    cells = "".join(f'<td class="tg-num">{count:,}</td>' for count in counts)
    return f'<tr><th scope="row">{escape(one.email)}</th>{cells}</tr>'

"""What a request works on, whoever makes it: a page, the API, the shell or the job."""

from dataclasses import dataclass, replace
from functools import partial
from zoneinfo import ZoneInfo

from snapshot_core.clock import Clock
from snapshot_core.connections.platforms import Platforms
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import keep_days
from snapshot_core.store.accounts import Account, accounts_of, accounts_together, with_name
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.users import LOCAL_EMAIL, Person, User, ensure_user_of, user_named, user_of
from snapshot_core.zones import first_zone


@dataclass(frozen=True, slots=True)
class Session:
    """A user and their accounts, as read at the start of one request."""

    settings: Settings
    store: Store
    clock: Clock
    now: int
    """The instant of the request (UTC seconds)."""
    user: User
    accounts: tuple[Account, ...]
    """All of the user's, oldest first."""

    def zone(self, account: Account | None = None) -> ZoneInfo:
        """The zone of days and times: the account's own, else the user's, else the settings'."""
        own = account.time_zone if account is not None else None
        return first_zone((own, self.user.time_zone), self.settings.time_zone)

    def account(self, name: str) -> Account:
        """The account called ``name``. Raises `NotFound`, with the names there are."""
        return with_name(self.accounts, name)

    def account_or_all(self, name: str | None) -> Account | None:
        """The account called ``name``; without a name the only one there is, or None for all.

        Raises `NotFound`.
        """
        if name is None:
            return self.accounts[0] if len(self.accounts) == 1 else None
        return self.account(name)

    def accounts_named(self, name: str | None) -> list[Account]:
        """The account called ``name``, or each there is. Raises `NotFound`.

        For lists of accounts, as on the Health page.
        """
        account = self.account_or_all(name)
        return list(self.accounts) if account is None else [account]

    def together(self, account: Account | None = None) -> list[Account]:
        """``account``, or those that stand for "all accounts"."""
        return accounts_together(self.accounts) if account is None else [account]

    @property
    def revisions(self) -> tuple[tuple[int, int], ...]:
        """What changes whenever readings come in or an account comes or goes."""
        return tuple((account.account_id, account.revision) for account in self.accounts)

    @property
    def platforms(self) -> Platforms:
        """The installation's way to platforms."""
        return Platforms(self.store, self.settings)


def open_session(
    settings: Settings, store: Store, clock: Clock, who: Person | str = LOCAL_EMAIL
) -> Session:
    """The session of a person who has logged in, or of the user with this e-mail or number.

    A person's first login makes their user. Raises `NotFound` for a user whom nobody knows.
    """
    now = clock()
    with store.read() as connection:
        user = _known(connection, who)
        accounts = accounts_of(connection, user.user_id) if user is not None else []
    if user is None:
        assert isinstance(who, Person)
        user = store.transact(partial(ensure_user_of, person=who, now=now))
        with store.read() as connection:
            accounts = accounts_of(connection, user.user_id)
    days = keep_days(settings)
    accounts = [replace(account, keep_days=days.get(account.source)) for account in accounts]
    return Session(settings, store, clock, now, user, tuple(accounts))


def _known(connection: Connection, who: Person | str) -> User | None:
    """None for a person at their first login, or at the first with another e-mail."""
    if isinstance(who, str):
        return user_named(connection, who)
    user = user_of(connection, who)
    return user if user is not None and user.email == who.email else None

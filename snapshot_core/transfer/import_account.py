"""The account that a file goes into: its name, and what may be imported into it."""

from collections.abc import Sequence
from dataclasses import dataclass

from snapshot_core.errors import InputError, NotFound
from snapshot_core.formats.captures import FileCapture
from snapshot_core.formats.cells import Refused, name_of
from snapshot_core.growth.rounding import Rounding, looks_rounded
from snapshot_core.sources.imported_file import ImportedFile
from snapshot_core.sources.registry import SOURCES
from snapshot_core.sources.sample import Sample
from snapshot_core.store.accounts import Account, account_named, accounts_of, check_name
from snapshot_core.store.database import Connection
from snapshot_core.store.users import User


def checked_name(name: str) -> str:
    """The account's name as it is stored; `InputError` where it can be none."""
    try:
        plain = name_of("the account's name", name)
    except Refused as error:
        raise InputError(str(error)) from None
    check_name(plain)
    return plain


def accounts_for_export(connection: Connection, user: User) -> str:
    """The accounts that an import can go into, as a sentence for who has named none."""
    accounts = accounts_of(connection, user.user_id)
    names = [repr(account.name) for account in accounts if not _is_sample(account)]
    known = f"Accounts: {', '.join(names)}. " if names else ""
    return f"{known}A new name makes a new account."


def refuse_sample(account: Account) -> None:
    """Real readings and made-up ones do not mix: `InputError`."""
    if _is_sample(account):
        raise InputError(f"{account.name} is sample data: import into an account of your own")


def _is_sample(account: Account) -> bool:
    return account.source == Sample.name


def find_account(connection: Connection, user: User, name: str) -> Account | None:
    """The user's account of that name, None where there is none."""
    try:
        return account_named(connection, user.user_id, name)
    except NotFound:
        return None


@dataclass(frozen=True, slots=True)
class Origin:
    """What files say of the source that readings came from."""

    rounded: bool = False
    read_from: str | None = None
    """Its name."""

    @classmethod
    def of(cls, captures: Sequence[FileCapture]) -> "Origin":
        """That of the captures of a file. A source that we do not know is none."""
        sources = (capture.source for capture in captures)
        known = (name for name in sources if name in SOURCES and name != ImportedFile.name)
        return cls(any(capture.rounded for capture in captures), next(known, None))

    def news(self, account: Account) -> dict[str, bool | str]:
        """What of it is not known of an account yet, of which only its files can say it."""
        news: dict[str, bool | str] = {}
        if self.rounded and may_round(account):
            news["rounded"] = True
        if self.read_from is not None and account.platform == ImportedFile.name:
            news["read_from"] = self.read_from
        return news


def may_round(account: Account) -> bool:
    """Whether only its files can say that the source of an account rounds, and none has."""
    return account.source == ImportedFile.name and not account.rounded


def has_rounded_counts(captures: Sequence[FileCapture]) -> bool:
    """Whether a file's counts could all be those of a source that rounds, which it does not say."""
    if any(capture.rounded is not None for capture in captures):
        return False
    views = (video.count("views") for capture in captures for _, video in capture.readings)
    rounded = [count for count in views if count and Rounding.WEB.up(count)]
    # A few of them are enough: what is stored has the rest.
    return bool(rounded) and looks_rounded(rounded + rounded[:1] * 20)

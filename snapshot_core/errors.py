"""The errors people meet. Each message names the place and the remedy.

TruegrowthError
|-- SettingsError       a setting is unknown or bad; nothing was started
|-- InputError          a file or an argument is wrong; nothing wrong was written
|-- Busy                another capture of the account is running
|-- ClockError          the machine's clock was never set
|-- NotFound            no such account, video or user
|-- StoreError          the database cannot be reached or is not set up
|-- LoginNeeded         nobody is logged in, or the login has ended
|-- NotAllowed          whoever is logged in is not on the list
`-- SourceError         a source could not be read; `permanent` stops retries
    `-- NoSuchProfile   the platform has no account of that handle or link
"""

from typing import Final

SET_UP: Final = "python -m snapshot_core setup"
"""The command that makes a database and its tables, or brings them up to date."""


class TruegrowthError(Exception):
    """Something a person can mend; ``str(error)`` says how."""


class SettingsError(TruegrowthError):
    """A setting is unknown or has a bad value."""


class InputError(TruegrowthError):
    """A file, a form field or an argument is wrong."""


class Busy(TruegrowthError):
    """Another capture of this account is running."""


class ClockError(TruegrowthError):
    """The machine's clock cannot be right."""


class NotFound(TruegrowthError):
    """No such account, video or user."""


class StoreError(TruegrowthError):
    """The database is away, full or not set up."""


class LoginNeeded(TruegrowthError):
    """Nobody is logged in, or the login has ended."""


class NotAllowed(TruegrowthError):
    """Whoever is logged in may not be here."""


class SourceError(TruegrowthError):
    """A source could not be read.

    ``permanent``: trying again will not help until the user acts.
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class NoSuchProfile(SourceError):
    """A platform says that it has no account of the handle or link that it was asked for."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)

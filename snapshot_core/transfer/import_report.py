"""What became of a file."""

from dataclasses import dataclass, field

from snapshot_core.formats.captures import FileCapture, Refusal, Refusals
from snapshot_core.transfer.import_merge import Merged, lines_of


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The rows of an account that were not dealt with. Importing again completes them."""

    account: str
    rows: int
    message: str


@dataclass(slots=True)
class ImportReport:
    """What became of a file.

    Every row read is added, already there, a duplicate, set aside, refused or unfinished.
    """

    rows_read: int
    duplicates: int
    """Rows that repeat an earlier row of the file."""
    refused: Refusals
    """By line; nothing of these rows was stored."""
    notices: list[str]
    added: int = 0
    already_there: int = 0
    captures_added: int = 0
    set_aside: int = 0
    """Rows of an export that say nothing yet: a count it does not know, a day that goes on."""
    reported_days: int = 0
    """Amounts by day that were stored, or corrected."""
    accounts_added: list[str] = field(default_factory=list)
    unfinished: list[Unfinished] = field(default_factory=list)

    @property
    def dealt_with(self) -> bool:
        """Whether any row was compared with what is stored."""
        return bool(self.added or self.already_there or self.reported_days or self.refused)

    def include(self, merged: Merged, account: str, *, made: bool) -> None:
        """Add what became of the rows of one account, which may have been ``made`` for them."""
        self.added += merged.added
        self.already_there += merged.already_there
        self.captures_added += merged.captures_added
        self.refused = self.refused.with_more(merged.refused)
        if made:
            self.accounts_added.append(account)


def refusals(capture: FileCapture, error: Exception) -> list[Refusal]:
    """That the database has no place for a capture, for each of its lines."""
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    message = (
        f"the database refuses the rows of this snapshot ({reason}): correct or leave them out"
    )
    return [Refusal(line, message) for line in lines_of(capture)]

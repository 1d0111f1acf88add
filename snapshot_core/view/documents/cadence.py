"""How often an account is read and what that takes: ``cadence --json``."""

from pydantic import Field

from snapshot_core.view.cadence import CadenceView
from snapshot_core.view.documents.fields import AccountName, CadenceName, copied, document


@document
class DayPlan:
    """What is read in the 24 hours from now."""

    cadence: CadenceName
    complete: int = Field(description="Snapshots of all videos.")
    recent: int = Field(description="Snapshots of the newest page.")
    calls: int | None = Field(description="Of the platform; null where they are not counted.")
    bytes: int = Field(description="That are stored, about.")


@document
class Cadence:
    """The cadence of an account, and what each that it may have takes."""

    account: AccountName
    cadence: CadenceName
    calls_allowed: int | None = Field(
        description="A day, by the platform, to all accounts of the installation together."
    )
    plans: tuple[DayPlan, ...]

    @classmethod
    def of(cls, view: CadenceView) -> "Cadence":
        """The document of a view."""
        return cls(
            account=view.account.name,
            cadence=view.cadence,
            calls_allowed=view.calls_a_day,
            plans=tuple(copied(DayPlan, plan) for plan in view.plans),
        )

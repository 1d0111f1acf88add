"""How often an account is read: the names that people choose among."""

from typing import Final

from snapshot_core.windows import HOUR

ADAPTIVE: Final = "adaptive"
NIGHTLY: Final = "nightly"

CADENCE_HOURS: Final = {ADAPTIVE: 6, NIGHTLY: 24, "6h": 6, "3h": 3, "hourly": 1}
"""By name, hours between two complete captures at the most. An adaptive one reads more often
while there is more to see (see `snapshot_core.capture.cadence`)."""


def cadence_seconds(cadence: str) -> int:
    """Seconds between two complete captures; those of nightly for a name of a newer version."""
    return CADENCE_HOURS.get(cadence, CADENCE_HOURS[NIGHTLY]) * HOUR

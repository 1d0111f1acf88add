"""How an account stands, as a chip: the same on every page."""

from typing import Final

from snapshot_core.view.account_state import AccountState
from snapshot_core.view.wording.health import Tone, state_tone, state_word
from ui.html import ChipKind, chip

_KINDS: Final[dict[Tone, tuple[ChipKind, str]]] = {
    "good": ("more", "✓ "),
    "late": ("less", "! "),
    "bad": ("bad", "✕ "),
    "quiet": ("", ""),
}
"""The colour, and the mark that says the same without it."""


def state_chip(state: AccountState) -> str:
    """The chip of a state."""
    kind, mark = _KINDS[state_tone(state)]
    return chip(f"{mark}{state_word(state)}", kind)

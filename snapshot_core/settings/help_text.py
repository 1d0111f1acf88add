"""The settings as ``--help`` shows them: what docs/settings.md has as a table, without Markdown."""

import re
from collections.abc import Iterable
from textwrap import fill
from typing import Final

from snapshot_core.settings.declaration import Setting

WIDTH_CHARACTERS: Final = 100
INDENT: Final = 6 * " "


def settings_help(settings: Iterable[Setting]) -> str:
    """Each setting with its default and its meaning, some lines each."""
    return "\n".join(
        f"  {each.name} (default: {_plain(each.default)})\n"
        + fill(
            _plain(each.meaning),
            WIDTH_CHARACTERS,
            initial_indent=INDENT,
            subsequent_indent=INDENT,
            break_on_hyphens=False,
        )
        for each in settings
    )


def _plain(markdown: str) -> str:
    return re.sub(r"\[([^]]*)\]\(([^)]*)\)", r"\1 (docs/\2)", markdown).replace("`", "")

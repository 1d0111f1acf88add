"""What a setting is, and how a class of settings declares its own.

A class of settings is a frozen dataclass whose fields are made by `setting`. Loading, ``--help``,
the documentation and the messages of errors all read what stands there, and nothing else.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from textwrap import fill, indent
from typing import Any, Final

from snapshot_core.errors import SettingsError

_DECLARED: Final = "setting"
_HELP_CHARACTERS: Final = 94
"""Of a line, beside the spaces before it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, as its field declares it."""

    name: str
    """Its name in the environment."""
    parse: Callable[[str], Any]
    """The value of a text. Raises ValueError with what is wrong and the remedy."""
    meaning: str
    """For people, in Markdown."""
    default: str
    """What holds where it is not set, in Markdown too."""
    group: str
    """What it belongs to, where that takes all of its needed settings or none."""
    needed: bool
    """Whether its group takes it."""


def setting(
    name: str,
    parse: Callable[[str], Any],
    meaning: str,
    *,
    default: str | None = None,
    shown: str | None = None,
    secret: bool = False,
    group: str = "",
    needed: bool = True,
) -> Any:
    """A field that declares a setting; for ``group`` and ``needed`` see `Setting`.

    ``default`` is parsed as a given value is; without one the value is None. ``shown`` tells
    people the default in other words. ``secret`` keeps the value out of ``repr``.
    """
    shown = shown or (f"`{default}`" if default else "none")
    value = None if default is None else parse(default)
    metadata = {_DECLARED: Setting(name, parse, meaning, shown, group, needed)}
    return field(default=value, repr=not secret, metadata=metadata)


def declared_in(section: type) -> dict[str, Setting]:
    """The settings that a class of settings declares, by the names of its fields."""
    declared = {each.name: each.metadata.get(_DECLARED) for each in fields(section)}
    return {attribute: setting for attribute, setting in declared.items() if setting}


def values_of(section: type, environment: Mapping[str, str]) -> dict[str, Any]:
    """The values that ``environment`` has for the fields of ``section``. Raises `SettingsError`."""
    values = {}
    for attribute, declared in declared_in(section).items():
        if declared.name in environment:
            try:
                values[attribute] = declared.parse(environment[declared.name])
            except ValueError as error:
                raise SettingsError(f"{declared.name} {error}") from None
    return values


def settings_help(settings: Iterable[Setting]) -> str:
    """The settings as ``--help`` shows them: docs/settings.md's table without Markdown."""
    return "\n".join(
        f"  {each.name} (default: {_plain(each.default)})\n"
        + indent(fill(_plain(each.meaning), _HELP_CHARACTERS, break_on_hyphens=False), "      ")
        for each in settings
    )


def _plain(markdown: str) -> str:
    return re.sub(r"\[([^]]*)\]\(([^)]*)\)", r"\1 (docs/\2)", markdown).replace("`", "")

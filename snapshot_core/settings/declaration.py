"""What a setting is, and how a class of settings declares its own.

A class of settings is a frozen dataclass whose fields are made by `setting`. Loading, ``--help``,
the documentation and the messages of errors all read what stands there, and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeVar

from snapshot_core.errors import SettingsError

_DECLARED: Final = "setting"

T = TypeVar("T")


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
    group: str = ""
    """What it belongs to, where that takes all of its needed settings or none."""
    needed: bool = False


def setting(
    name: str,
    parse: Callable[[str], Any],
    meaning: str,
    *,
    default: str | None = None,
    unset: Any = None,
    shown: str | None = None,
    secret: bool = False,
    group: str = "",
    needed: bool = False,
) -> Any:
    """A field that declares a setting; for ``group`` and ``needed`` see `Setting`.

    ``default`` is parsed as a given value is; without one the value is ``unset``. ``shown`` tells
    people the default in other words. ``secret`` keeps the value out of ``repr``.
    """
    if shown is None:
        shown = "none" if default is None else f"`{default}`"
    declared = Setting(name, parse, meaning, shown, group, needed)
    value = unset if default is None else parse(default)
    return field(default=value, repr=not secret, metadata={_DECLARED: declared})


def declared_in(section: type) -> dict[str, Setting]:
    """The settings that a class of settings declares, by the names of its fields."""
    return {
        each.name: each.metadata[_DECLARED]
        for each in fields(section)
        if _DECLARED in each.metadata
    }


def values_of(section: type, given: Mapping[str, str]) -> dict[str, Any]:
    """The values for the fields of ``section`` that are ``given``, by environment name.

    Raises `SettingsError`.
    """
    values = {}
    for attribute, declared in declared_in(section).items():
        if declared.name in given:
            try:
                values[attribute] = declared.parse(given[declared.name])
            except ValueError as error:
                raise SettingsError(f"{declared.name} {error}") from None
    return values

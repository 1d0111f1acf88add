"""Reading the settings: once at the start, from the environment and from ``.env`` beside app.py.

The environment wins over the file, and an empty value is no value. Nothing here is read at
import; whoever starts the program loads the settings and hands the result down.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from typing import Final

from dotenv.parser import parse_stream

from snapshot_core.errors import SettingsError
from snapshot_core.settings.declaration import Setting, declared_in, values_of
from snapshot_core.settings.parsers import ROOT
from snapshot_core.settings.table import Settings
from snapshot_core.zones import zone_of_machine

ENV_FILE: Final = ROOT / ".env"

_PREFIX: Final = "TRUEGROWTH_"


def all_settings(sections: Iterable[type]) -> list[Setting]:
    """Every setting there is: the program's own, then those of ``sections``."""
    return [each for table in (Settings, *sections) for each in declared_in(table).values()]


def load(
    sections: Sequence[type],
    environ: Mapping[str, str] | None = None,
    env_file: Path | None = ENV_FILE,
) -> Settings:
    """The settings in ``environ`` (the process's own if None) and in ``env_file``, if it exists.

    ``sections``: the classes of the sources' settings. Raises `SettingsError`, one line, for an
    unknown ``TRUEGROWTH_`` name, a bad value or a file that cannot be read.
    """
    environment = {**_read_env_file(env_file), **(os.environ if environ is None else environ)}
    declared = all_settings(sections)
    _refuse_unknown(environment, [each.name for each in declared])
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    _refuse_half_groups(declared, given)
    return Settings(
        **{"time_zone": zone_of_machine(environment), **values_of(Settings, given)},
        sections=tuple(section(**values_of(section, given)) for section in sections),
    )


def _read_env_file(file: Path | None) -> dict[str, str]:
    if file is None or not file.is_file():
        return {}
    try:
        with file.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file} cannot be read ({type(error).__name__}). "
            "Make it a UTF-8 text file that this user may read, or remove it."
        ) from None
    for binding in bindings:
        # The library skips such a line with a warning: a setting that is silently not set.
        if binding.error or (binding.key is not None and binding.value is None):
            raise SettingsError(
                f"{file}, line {binding.original.line}: not a setting. "
                "Write NAME=value, or begin the line with # to keep a note."
            )
    return {binding.key: binding.value or "" for binding in bindings if binding.key is not None}


def _refuse_unknown(environment: Mapping[str, str], known: list[str]) -> None:
    for name in sorted(environment):
        if name.startswith(_PREFIX) and name not in known:
            near = get_close_matches(name, known, 1, 0.0)[0]
            raise SettingsError(
                f"{name} is not a setting. Did you mean {near}? If not, remove it. "
                f"Known: {', '.join(known)}."
            )


def _refuse_half_groups(declared: Iterable[Setting], given: Mapping[str, str]) -> None:
    """Some settings are of use together only: half of those of logins would protect nothing."""
    for group, members in groupby(declared, lambda each: each.group):
        settings = list(members)
        present = [each.name for each in settings if each.name in given]
        needed = [each.name for each in settings if each.needed]
        missing = [name for name in needed if name not in given]
        if group and present and missing:
            raise SettingsError(
                f"{present[0]} is set and {missing[0]} is not. "
                f"{group} need all of: {', '.join(needed)}."
            )

"""The sources by name, in the order in which people choose among them. A new one is a line here."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

from snapshot_core.errors import InputError, NotFound
from snapshot_core.growth.rounding import EXACT, WEB, Roundings
from snapshot_core.names import as_typed
from snapshot_core.settings.declaration import Setting
from snapshot_core.settings.loading import ENV_FILE, all_settings, load
from snapshot_core.settings.table import Settings
from snapshot_core.sources.contract import Address, AddressSource, Source
from snapshot_core.sources.links import link_in

_MODULES: Final = (
    "tiktok_public.source",
    "tiktok.source",
    "youtube.source",
    "imported_file",
    "sample",
)
"""Each has its source as ``SOURCE``."""

SOURCES: Final[dict[str, Source]] = {
    module.SOURCE.name: module.SOURCE
    for module in (import_module(f"snapshot_core.sources.{name}") for name in _MODULES)
}
"""Those with empty ``scopes`` cannot be captured, only imported."""


def source(name: str) -> Source:
    """The source called ``name``. Raises `NotFound`."""
    if name not in SOURCES:
        known = ", ".join(sorted(SOURCES))
        raise NotFound(f"there is no source {name!r}: use one of {known}")
    return SOURCES[name]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source that may have the account that somebody typed."""

    source: AddressSource
    address: Address


def recognise(text: str) -> list[Candidate]:
    """Where the account may be that a handle or a link names, by its form alone.

    A link is of one platform, a bare handle may be of several. Raises `InputError` for what can
    name no account, saying what to type.
    """
    text = as_typed(text)
    sources = [each for each in SOURCES.values() if isinstance(each, AddressSource)]
    candidates = [
        Candidate(each, address)
        for each in sources
        if (address := each.recognise(text)) is not None
    ]
    if certain := [candidate for candidate in candidates if candidate.address.certain]:
        return certain
    if candidates:
        return candidates
    platforms = " or ".join(each.platform for each in sources)
    if link_in(text) is not None:
        raise InputError(f"That is no link to a {platforms} account. Check the link.")
    raise InputError(
        "That is neither a handle nor a link. A handle has no spaces, like @creator; a link is "
        f"the address of a {platforms} profile or video."
    )


def roundings_of(name: str, *, rounded: bool) -> Roundings:
    """How the counters of an account of the source called ``name`` are rounded.

    ``rounded``: whether its readings are those of TikTok's public profiles, as those of an imported
    file may be.
    """
    if rounded:
        return WEB
    return Roundings(SOURCES[name].metrics) if name in SOURCES else EXACT


def keep_days(settings: Settings) -> dict[str, int]:
    """Days for which readings are kept, by the sources that do not keep them for ever."""
    each = {
        name: known.keep_days(settings.section(known.settings)) for name, known in SOURCES.items()
    }
    return {name: days for name, days in each.items() if days is not None}


def load_settings(
    environ: Mapping[str, str] | None = None, env_file: Path | None = ENV_FILE
) -> Settings:
    """The installation's settings, with those of every source (see `settings.loading.load`)."""
    return load(_sections(), environ, env_file)


def declared_settings() -> list[Setting]:
    """Every setting that `load_settings` reads, in the order of the documentation."""
    return all_settings(_sections())


def _sections() -> list[type]:
    return list(dict.fromkeys(each.settings for each in SOURCES.values()))

"""The sources by name, as `accounts.source` holds them. A new one is one line here."""

from typing import Final

from snapshot_core.errors import NotFound
from snapshot_core.sources.contract import Source
from snapshot_core.sources.imported_file import ImportedFile
from snapshot_core.sources.sample import Sample
from snapshot_core.sources.tiktok.source import TikTok
from snapshot_core.sources.tiktok_public.source import Public
from snapshot_core.sources.youtube.source import YouTube

_ALL: Final[tuple[Source, ...]] = (Sample(), TikTok(), Public(), YouTube(), ImportedFile())

SOURCES: Final[dict[str, Source]] = {each.name: each for each in _ALL}
"""Those with empty ``scopes`` cannot be captured, only imported."""


def source(name: str) -> Source:
    """The source called ``name``. Raises `NotFound`."""
    try:
        return SOURCES[name]
    except KeyError:
        known = ", ".join(sorted(SOURCES))
        raise NotFound(f"there is no source {name!r}: use one of {known}") from None

"""Time zones by their IANA names, and the machine's own."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

UTC: Final = ZoneInfo("UTC")
ETC: Final = Path("/etc")


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo | None:
    """The time zone with this IANA name, None where there is none."""
    # ZoneInfo answers a wrong name in three ways, among them with an error about a folder.
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def first_zone(names: Iterable[str | None], otherwise: ZoneInfo) -> ZoneInfo:
    """The zone of the first of ``names`` that is one, the most particular first."""
    for name in names:
        if name and (zone := zone_named(name)) is not None:
            return zone
    return otherwise


def zone_of_machine(environ: Mapping[str, str], etc: Path = ETC) -> ZoneInfo:
    """What ``TZ`` says, else /etc/timezone, else the target of /etc/localtime, else UTC.

    A rule such as ``CET-1CEST`` in ``TZ`` has no IANA name, so the next place is asked.
    """
    for name in (environ.get("TZ", ""), _first_line(etc / "timezone"), _target(etc / "localtime")):
        if name and (zone := zone_named(_after_database(name.removeprefix(":")))) is not None:
            return zone
    return UTC


def _first_line(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip().partition("\n")[0]
    except (OSError, UnicodeDecodeError):
        return ""


def _target(link: Path) -> str:
    """Where the link leads, by its own words: the file there may be a link to an older name."""
    try:
        return str(link.readlink())
    except OSError:
        return ""


def _after_database(path: str) -> str:
    """``Europe/Berlin`` of ``/usr/share/zoneinfo/posix/Europe/Berlin``; a name stays itself."""
    name = path.rpartition("zoneinfo/")[2]
    return name.removeprefix("posix/").removeprefix("right/")

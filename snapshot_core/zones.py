"""The machine's own time zone, by its IANA name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

ETC: Final = Path("/etc")


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone with this IANA name, None where there is none."""
    # ZoneInfo answers a wrong name in three ways, among them with an error about a folder.
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def zone_of_machine(environ: Mapping[str, str], etc: Path = ETC) -> ZoneInfo:
    """What ``TZ`` says, else /etc/timezone, else the target of /etc/localtime, else UTC.

    A rule such as ``CET-1CEST`` in ``TZ`` has no IANA name, so the next place is asked.
    """
    for name in (environ.get("TZ", ""), _first_line(etc / "timezone"), _target(etc / "localtime")):
        if name and (zone := zone_named(_after_database(name.removeprefix(":")))) is not None:
            return zone
    return ZoneInfo("UTC")


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

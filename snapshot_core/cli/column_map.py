"""``--map``: which column of a table is which, as it is typed in a shell."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from snapshot_core.cli.context import Usage
from snapshot_core.formats.mapped.names import ACCOUNT
from snapshot_core.formats.spreadsheet.table import folded
from snapshot_core.metrics import COUNTERS, VIDEO_METRICS

FIELDS: Final = {
    "video": "video_id",
    "at": "captured_at",
    "published": "published_at",
    "title": "title",
    "account": ACCOUNT,
    **{metric: metric for metric in COUNTERS},
}
"""What may be mapped, by its key."""
MAX_COLUMNS_NAMED: Final = 20

_PAIR: Final = re.compile(
    r'(?P<key>[^=,"]*+)=\s*+(?:"(?P<quoted>(?:[^"]|"")*+)"\s*+|(?P<plain>[^",][^,]*+)?+)(?:,|\Z)'
)
_PLACE: Final = re.compile(r"#(\d{1,4})")


def columns_of(text: str, header: Sequence[str]) -> dict[str, int]:
    """The position of the column of each field in ``text``, such as ``video=Clip,views=Plays``.

    A column whose name has a comma in it stands between quotation marks, and one without a name of
    its own is called by its place, as in ``#3``. Raises `Usage` with what there is.
    """
    columns: dict[str, int] = {}
    text, position = text.strip(), 0
    while position < len(text):
        pair = _PAIR.match(text, position)
        if pair is None:
            raise Usage(
                f"--map cannot be read from {text[position:]!r} on: write key=column, with commas "
                'between, as in video=Clip,views="Plays, all"'
            )
        key, quoted = pair["key"].strip(), pair["quoted"]
        field = _field_of(key)
        if field in columns:
            raise Usage(f"--map names {key} twice: keep one of them")
        column = (pair["plain"] or "") if quoted is None else quoted.replace('""', '"')
        columns[field] = _position_of(key, column.strip(), header)
        position = pair.end()
    return columns


def written(columns: Mapping[str, int], header: Sequence[str]) -> str:
    """``columns`` as they are typed, with ``COLUMN`` for those that have to be filled in."""
    keys = {field: key for key, field in FIELDS.items()}
    named = {keys[field]: _column(at, header) for field, at in columns.items()}
    if not set(named) & set(COUNTERS):
        named[VIDEO_METRICS[0]] = "COLUMN"
    if set(named) & set(VIDEO_METRICS):
        named.setdefault("video", "COLUMN")
    return ",".join(f"{key}={named[key]}" for key in FIELDS if key in named)


def column_names(header: Sequence[str]) -> str:
    """The columns of a table, as they are told."""
    names = [repr(name) if name else f"#{place}" for place, name in enumerate(header, start=1)]
    more = len(names) - MAX_COLUMNS_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f"Columns: {', '.join(names[:MAX_COLUMNS_NAMED])}{rest}."


def _field_of(key: str) -> str:
    name = key.lower()
    if name in FIELDS:
        return FIELDS[name]
    if name in FIELDS.values():  # as a readings file calls it
        return name
    raise Usage(
        f"{key!r} is no key of --map{_similar(name, list(FIELDS))} Keys: {', '.join(FIELDS)}."
    )


def _position_of(key: str, name: str, header: Sequence[str]) -> int:
    exact = [at for at, column in enumerate(header) if column == name]
    alike = [at for at, column in enumerate(header) if folded(column) == folded(name)]
    places = exact or alike
    if len(places) == 1 and name:
        return places[0]
    if len(places) > 1 and name:
        numbers = " and ".join(f"#{place + 1}" for place in places)
        raise Usage(
            f"{len(places)} columns are called {name!r}: give the place of one, {numbers}, as in "
            f"{key}=#{places[0] + 1}"
        )
    place = _PLACE.fullmatch(name)
    if place is not None and 1 <= int(place[1]) <= len(header):
        return int(place[1]) - 1
    raise Usage(
        f"There is no column {name!r} for {key}{_similar(name, header)} {column_names(header)}"
    )


def _similar(name: str, names: Sequence[str]) -> str:
    by_folded = {folded(each): each for each in names if each}
    close = get_close_matches(folded(name), list(by_folded), n=1, cutoff=0.6)
    return f": did you mean {by_folded[close[0]]!r}?" if close else "."


def _column(position: int, header: Sequence[str]) -> str:
    """A column as it is typed."""
    name = header[position]
    if not name or list(map(folded, header)).count(folded(name)) > 1:
        return f"#{position + 1}"
    plain = not re.search(r'[,"]', name) and name == name.strip()
    return name if plain else '"' + name.replace('"', '""') + '"'

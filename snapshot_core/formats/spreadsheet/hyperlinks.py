"""The addresses of videos behind the cells of a sheet, which show something else."""

from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import iterparse

from snapshot_core.formats.cells import (
    PLATFORM_ID,
    is_cut,
    is_link,
    is_short_link,
    video_in_link,
)
from snapshot_core.formats.csv_text import Row

_SIGNS: Final = (b"yperlink", b"YPERLINK")
"""What a sheet with links has somewhere."""
_FORMULA: Final = "HYPERLINK("

Links = dict[tuple[int, int], str]
"""Addresses by row (from 1) and column (from 0)."""


def video_links(page: Any) -> Links:
    """The addresses of videos behind the cells of a sheet that openpyxl has opened to read."""
    archive, part = page.parent._archive, page._worksheet_path
    data = archive.read(part)
    if not any(sign in data for sign in _SIGNS):
        return {}
    targets = _targets(archive, part)
    with archive.open(part) as file:
        links = dict(_links(file, targets))
    return {at: link for at, link in links.items() if video_in_link(link) or is_short_link(link)}


def linked_columns(links: Links, rows: list[Row]) -> list[int]:
    """The columns in which a link says more than the text that is shown, ascending."""
    return sorted(
        {
            column
            for line, cells in rows
            for column, text in enumerate(cells)
            if (line, column) in links and not _names_video(text)
        }
    )


def with_links(line: int, cells: list[str], columns: list[int], links: Links) -> list[str]:
    """The cells of a row, and after them the links of some columns where their text is no id."""
    more = [
        cells[column] if _names_video(cells[column]) else links.get((line, column), "")
        for column in columns
    ]
    return [*cells, *more]


def _names_video(text: str) -> bool:
    return is_link(text) or (PLATFORM_ID.fullmatch(text) is not None and not is_cut(text))


def _targets(archive: Any, part: str) -> dict[str, str]:
    """The addresses that a sheet's links refer to, by their ids."""
    from openpyxl.packaging.relationship import get_dependents, get_rels_path  # late

    path = get_rels_path(part)
    if path not in archive.namelist():
        return {}
    related = get_dependents(archive, path)
    return {each.Id: each.Target for each in related if each.TargetMode == "External"}


def _links(file: Any, targets: dict[str, str]) -> Iterator[tuple[tuple[int, int], str]]:
    from openpyxl.utils.cell import coordinate_to_tuple  # late

    for _, element in iterparse(file):
        name = element.tag.rpartition("}")[2]
        address: str | None = None
        if name == "c":
            formula = next((e.text for e in element if e.tag.rpartition("}")[2] == "f"), None)
            if formula and formula.lstrip("=").upper().startswith(_FORMULA):
                address = f"={formula.lstrip('=')}"
            at = element.get("r")
        elif name == "hyperlink":
            related = (value for key, value in element.items() if key.rpartition("}")[2] == "id")
            address = targets.get(next(related, ""))
            at = element.get("ref", "").partition(":")[0]
        if address and at:
            row, column = coordinate_to_tuple(at)
            yield (row, column - 1), address
        if name in ("row", "hyperlink"):
            element.clear()

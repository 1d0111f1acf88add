"""Tables in the files people have: a CSV, a workbook (xlsx), or a zip of them.

Nothing is unpacked to disk, and of a hostile file no more is read than of a sane one: a zip, and
the workbooks in it, share one budget.
"""

import struct
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from snapshot_core.errors import InputError
from snapshot_core.formats.spreadsheet.table import Bundle, Table, csv_table, explained, folded
from snapshot_core.formats.spreadsheet.workbook import book_tables, checked

__all__ = ["Bundle", "Table", "folded", "tables_of"]

MEMBERS: Final = 200
"""Files in a zip, with those in its workbooks."""
DIRECTORY: Final = 1 << 20
"""Bytes of a zip's list of files."""
UNPACKED: Final = 32 << 20
"""Bytes of all these files together, unpacked."""
_WORKBOOK: Final = "xl/workbook.xml"
"""What is in every workbook, and in no other zip."""


@dataclass(slots=True)
class _Budget:
    """What the file may still hold."""

    name: str
    """The file that was given."""
    members: int = MEMBERS
    unpacked: int = UNPACKED

    def spend(self, members: int, unpacked: int) -> None:
        """Raises `InputError` where there is not as much left."""
        self.members -= members
        self.unpacked -= unpacked
        if self.members < 0 or self.unpacked < 0:
            raise InputError(
                f"{self.name} holds more than {MEMBERS} files or {UNPACKED >> 20} MB: this is no "
                "export of TikTok Studio. Unpack it, save what is a workbook as CSV UTF-8, and "
                "import the tables one by one."
            )


def tables_of(path: Path) -> Bundle:
    """The tables of the file at ``path``. Raises `InputError` where nothing can be read."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
            if start[:2] == b"PK":
                return _unzipped(file, path.name)
        return Bundle([csv_table(path.name, lambda: path.open("rb"))], [], [])
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error


def _unzipped(file: IO[bytes], name: str) -> Bundle:
    """The tables of a zip, which may be a workbook."""
    budget = _Budget(name)
    bundle = Bundle([], [], [])
    with explained(name), _opened(file, name, budget) as archive:
        if _WORKBOOK in archive.namelist():
            bundle.tables.extend(_book(archive, name))
            return bundle
        for member in archive.infolist():
            if not member.is_dir():
                _take(archive, member, bundle, budget)
    return bundle


def _take(archive: ZipFile, member: ZipInfo, bundle: Bundle, budget: _Budget) -> None:
    """Add what one file of a zip holds."""
    own = member.filename.replace("\\", "/").rpartition("/")[2]
    if own.startswith(".") or member.filename.startswith("__MACOSX/"):
        return
    suffix = Path(own).suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        bundle.passed_over.append(own)
        return
    year, month, day = member.date_time[:3]
    with suppress(ValueError):  # a zip without a date has zeros there
        bundle.written.append(date(year, month, day))
    data = _read(archive, member)
    if suffix == ".csv":
        if data.strip():
            bundle.tables.append(csv_table(own, lambda: BytesIO(data)))
        return
    with explained(own), _opened(BytesIO(data), own, budget) as inner:
        if _WORKBOOK not in inner.namelist():
            raise InputError(f"{own} in {budget.name} is no workbook: unpack it and import that")
        bundle.tables.extend(_book(inner, own))


def _book(archive: ZipFile, name: str) -> list[Table]:
    files = {one.filename: _read(archive, one) for one in archive.infolist()}
    return book_tables(name, checked(files, name))


def _read(archive: ZipFile, member: ZipInfo) -> bytes:
    """As much as the zip says there is: `ZipFile.read` unpacks what there is beyond as well."""
    with archive.open(member) as file:
        return file.read(member.file_size)


def _opened(file: IO[bytes], name: str, budget: _Budget) -> ZipFile:
    """A zip that is no bomb and has no password."""
    end = file.seek(0, 2)
    file.seek(max(0, end - 65_557))
    tail = file.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) < found + 22:
        raise InputError(f"{name} is damaged or cut off: download it again")
    members, directory = struct.unpack("<HI", tail[found + 10 : found + 16])
    if directory > DIRECTORY or tail[max(0, found - 20) :].startswith(b"PK\x06\x07"):
        members = MEMBERS + 1  # the list is not what it says, or is in the form for huge zips
    budget.spend(members, 0)
    archive = ZipFile(file)
    listed = archive.infolist()
    budget.spend(len(listed) - members, sum(one.file_size for one in listed))
    if any(one.flag_bits & 1 for one in listed):
        raise InputError(f"{name} has a password: unpack it and import what is inside")
    if any(one.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for one in listed):
        raise InputError(f"{name} is packed in a rare way: unpack it and import the tables")
    return archive

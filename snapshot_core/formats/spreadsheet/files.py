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
from snapshot_core.formats.spreadsheet.table import FileContents, Table, csv_table, damage_explained
from snapshot_core.formats.spreadsheet.workbook import book_tables, repacked

MAX_FILES: Final = 200
"""Files in a zip, with those in its workbooks."""
MAX_DIRECTORY_BYTES: Final = 1 << 20
"""Of a zip's list of files."""
MAX_UNPACKED_BYTES: Final = 32 << 20
"""Of all these files together."""
_WORKBOOK: Final = "xl/workbook.xml"
"""What is in every workbook, and in no other zip."""


@dataclass(slots=True)
class _Budget:
    """What the file may still hold."""

    name: str
    """The file that was given."""
    members: int = MAX_FILES
    unpacked: int = MAX_UNPACKED_BYTES

    def spend(self, members: int, unpacked: int) -> None:
        """Raises `InputError` where there is not as much left."""
        self.members -= members
        self.unpacked -= unpacked
        if self.members < 0 or self.unpacked < 0:
            raise InputError(
                f"{self.name} holds more than {MAX_FILES} files or {MAX_UNPACKED_BYTES >> 20} MB: "
                "this is no export of TikTok Studio. Unpack it, save what is a workbook as CSV "
                "UTF-8, and "
                "import the tables one by one."
            )


def tables_of(path: Path) -> FileContents:
    """The tables of the file at ``path``. Raises `InputError` where nothing can be read."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
            if start[:2] == b"PK":
                return _unzipped(file, path.name)
        return FileContents([csv_table(path.name, lambda: path.open("rb"))])
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error


def _unzipped(file: IO[bytes], name: str) -> FileContents:
    """The tables of a zip, which may be a workbook, and of the zips in it."""
    budget = _Budget(name)
    contents = FileContents()
    with damage_explained(name), _opened(file, name, budget) as archive:
        if _WORKBOOK in archive.namelist():
            contents.tables.extend(_book(archive, name))
        else:
            _add_members(archive, contents, budget, inner=False)
    return contents


def _add_members(archive: ZipFile, contents: FileContents, budget: _Budget, *, inner: bool) -> None:
    for member in archive.infolist():
        if not member.is_dir():
            _add_member(archive, member, contents, budget, inner=inner)


def _add_member(
    archive: ZipFile, member: ZipInfo, contents: FileContents, budget: _Budget, *, inner: bool
) -> None:
    """Add what one file of a zip holds. ``inner``: of a zip in a zip, where zips stay closed."""
    name = member.filename.replace("\\", "/").rpartition("/")[2]
    if name.startswith(".") or member.filename.startswith("__MACOSX/"):
        return
    contents.names.append(name)
    suffix = Path(name).suffix.lower()
    if suffix == ".zip" and not inner:
        data = _read(archive, member)
        with damage_explained(name), _opened(BytesIO(data), name, budget) as zip_inside:
            _add_members(zip_inside, contents, budget, inner=True)
        return
    if suffix not in (".csv", ".xlsx"):
        contents.others.append(name)
        return
    year, month, day = member.date_time[:3]
    with suppress(ValueError):  # a zip without a date has zeros there
        contents.written_on.append(date(year, month, day))
    data = _read(archive, member)
    if suffix == ".csv":
        if data.strip():
            contents.tables.append(csv_table(name, lambda: BytesIO(data)))
        return
    with damage_explained(name), _opened(BytesIO(data), name, budget) as book:
        if _WORKBOOK not in book.namelist():
            raise InputError(f"{name} in {budget.name} is no workbook: unpack it and import that")
        contents.tables.extend(_book(book, name))


def _book(archive: ZipFile, name: str) -> list[Table]:
    files = {member.filename: _read(archive, member) for member in archive.infolist()}
    return book_tables(name, repacked(files, name))


def _read(archive: ZipFile, member: ZipInfo) -> bytes:
    """As much as the zip says there is: `ZipFile.read` unpacks what there is beyond as well."""
    with archive.open(member) as file:
        return file.read(member.file_size)


def _opened(file: IO[bytes], name: str, budget: _Budget) -> ZipFile:
    """A zip that is no bomb and has no password."""
    end = file.seek(0, 2)
    file.seek(max(0, end - 65_557))
    tail = file.read()
    end_record = tail.rfind(b"PK\x05\x06")
    if end_record < 0 or len(tail) < end_record + 22:
        raise InputError(f"{name} is damaged or cut off: download it again")
    members, directory = struct.unpack("<HI", tail[end_record + 10 : end_record + 16])
    if directory > MAX_DIRECTORY_BYTES or tail[max(0, end_record - 20) :].startswith(b"PK\x06\x07"):
        members = MAX_FILES + 1  # the list is not what it says, or is in the form for huge zips
    budget.spend(members, 0)
    archive = ZipFile(file)
    listed = archive.infolist()
    budget.spend(len(listed) - members, sum(member.file_size for member in listed))
    if any(member.flag_bits & 1 for member in listed):
        raise InputError(f"{name} has a password: unpack it and import what is inside")
    if any(member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for member in listed):
        raise InputError(f"{name} is packed in a rare way: unpack it and import the tables")
    return archive

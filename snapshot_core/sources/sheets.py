"""Tables in the files people have: a CSV, a workbook (xlsx), or a zip of them.

Nothing is unpacked to disk, and of a hostile file no more is read than of a sane one.
"""

import struct
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from snapshot_core.errors import InputError
from snapshot_core.sources.sheets_book import book_tables, check_markup
from snapshot_core.sources.sheets_table import Bundle, Open, Table, csv_table, explained, folded

__all__ = ["Bundle", "Table", "folded", "tables_of"]

MEMBERS: Final = 200
"""Files in a zip."""
DIRECTORY: Final = 1 << 20
"""Bytes of a zip's list of files."""
UNPACKED: Final = 32 << 20
"""Bytes of all files of a zip together, unpacked."""


def tables_of(path: Path) -> Bundle:
    """The tables of the file at ``path``. Raises `InputError` where nothing can be read."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start[:2] != b"PK":
            return Bundle([csv_table(path.name, lambda: path.open("rb"))], [], [])
        return _zip(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error


def _zip(path: Path) -> Bundle:
    with path.open("rb") as file:
        return _unzipped(file, path.name, lambda: path.open("rb"))


def _unzipped(file: IO[bytes], name: str, open_it: Open) -> Bundle:
    """The tables of a zip, which may be a workbook."""
    with explained(name), _opened(file, name) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        if "xl/workbook.xml" in archive.namelist():
            check_markup(archive, members, name)
            return Bundle(book_tables(name, open_it), [], [])
        bundle = Bundle([], [], [])
        for member in members:
            _take(archive, member, name, open_it, bundle)
        return bundle


def _take(archive: ZipFile, member: ZipInfo, name: str, open_it: Open, bundle: Bundle) -> None:
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
    data = archive.read(member)
    if suffix == ".csv":
        if data.strip():
            bundle.tables.append(csv_table(own, lambda: BytesIO(data)))
        return
    inner = _unzipped(BytesIO(data), own, lambda: BytesIO(data))
    bundle.tables.extend(inner.tables)


def _opened(file: IO[bytes], name: str) -> ZipFile:
    """A zip that is no bomb and has no password."""
    end = file.seek(0, 2)
    file.seek(max(0, end - 65_557))
    tail = file.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) < found + 22:
        raise InputError(f"{name} is damaged or cut off: download it again")
    members, directory = struct.unpack("<HI", tail[found + 10 : found + 16])
    archive = None
    if members <= MEMBERS and directory <= DIRECTORY:
        archive = ZipFile(file)
        sizes = [one.file_size for one in archive.infolist()]
        if len(sizes) <= MEMBERS and sum(sizes) <= UNPACKED:
            if any(one.flag_bits & 1 for one in archive.infolist()):
                raise InputError(f"{name} has a password: unpack it and import what is inside")
            if any(
                one.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for one in archive.infolist()
            ):
                raise InputError(f"{name} is packed in a rare way: unpack it and import the tables")
            return archive
    raise InputError(
        f"{name} holds more than {MEMBERS} files or {UNPACKED >> 20} MB: this is no export of "
        "TikTok Studio. Unpack it and import the tables one by one."
    )

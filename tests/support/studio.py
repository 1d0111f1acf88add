"""TikTok Studio exports as TikTok Studio writes them, to the byte: synthetic, since real ones may
not be passed on.

UTF-8 with a byte order mark, LF, every field quoted, no newline at the end; a zip stores or
deflates them; a workbook has its numbers as text.
"""

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook

CONTENT = (
    "Time",
    "Video title",
    "Video link",
    "Post time",
    "Total likes",
    "Total comments",
    "Total shares",
    "Total views",
)
OVERVIEW = ("Date", "Video Views", "Profile Views", "Likes", "Comments", "Shares")
FOLLOWERS = ("Date", "Followers", "Difference in followers from previous day")

MADE = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""When a workbook was made, as its properties say."""

# 22 November 2026, as the languages of the display write it.
LANGUAGES = {
    "English": ("November 22", "November 21", "February 28"),
    "British": ("22 November", "21 November", "28 February"),
    "Spanish": ("22 de noviembre", "21 de noviembre", "28 de febrero"),
    "Portuguese": ("22 de novembro", "21 de novembro", "28 de fevereiro"),
    "French": ("22 novembre", "21 novembre", "28 février"),
    "German": ("22. November", "21. November", "28. Februar"),
    "Italian": ("22 novembre", "21 novembre", "28 febbraio"),
    "Russian": ("22 ноября", "21 ноября", "28 февраля"),
    "Japanese": ("11月22日", "11月21日", "2月28日"),
    "Chinese": ("11月22日", "11月21日", "2月28日"),
    "Korean": ("11월 22일", "11월 21일", "2월 28일"),
    "Polish": ("22 listopada", "21 listopada", "28 lutego"),
    "Turkish": ("22 Kasım", "21 Kasım", "28 Şubat"),
    "Indonesian": ("22 November", "21 November", "28 Februari"),
    "Vietnamese": ("22 tháng 11", "21 tháng 11", "28 tháng 2"),
}


def video_id(uploaded: int, number: int = 7) -> str:
    """An id whose upper half is the instant of the upload."""
    return str((uploaded << 32) + number)


def link(uploaded: int, number: int = 7) -> str:
    return f"https://www.tiktok.com/@creator/video/{video_id(uploaded, number)}"


def export(header: Sequence[str], *rows: Sequence[object]) -> bytes:
    """A CSV as Studio writes it."""
    lines = [
        ",".join('"' + str(cell).replace('"', '""') + '"' for cell in cells)
        for cells in (header, *rows)
    ]
    return b"\xef\xbb\xbf" + "\n".join(lines).encode()


def zipped(
    files: dict[str, bytes], method: int = ZIP_STORED, day: tuple[int, int, int] = (1980, 1, 1)
) -> bytes:
    """A zip of files, written on ``day`` by its own word."""
    out = BytesIO()
    with ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            member = ZipInfo(name, (*day, 0, 0, 0))
            member.compress_type = method
            archive.writestr(member, data)
    return out.getvalue()


def workbook(header: Sequence[str], *rows: Iterable[object]) -> bytes:
    """A workbook of one sheet, all its cells text. The same one has the same bytes at any time."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    for cells in (header, *rows):
        sheet.append([str(cell) for cell in cells])
    out = BytesIO()
    book.save(out)
    with ZipFile(out) as archive:
        files = {
            name: MADE.sub(b"1980-01-01T00:00:00Z", archive.read(name))
            for name in archive.namelist()
        }
    return zipped(files, ZIP_DEFLATED)

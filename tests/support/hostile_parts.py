"""What hostile files are put together from: workbooks, zips and Parquet files that lie."""

import struct
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.parquet as pq

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TEXT_CELL = "<c t='inlineStr'><is><t>{}</t></is></c>"
HEADER = f"<row>{''.join(map(TEXT_CELL.format, ('video id', 'date', 'views')))}</row>"
ROW = "<row><c t='inlineStr'><is><t>v1</t></is></c><c s='1'><v>46000</v></c><c><v>5</v></c></row>"

CSV_HEADER = "account,video_id,title,published_at,captured_at,views\n"
AT = "2026-01-31T22:00:00Z"


def xml(root: str, body: str = "", more: str = "") -> bytes:
    return f'<?xml version="1.0"?><{root} {MAIN} {more}>{body}</{root}>'.encode()


def sheet(rows: str = HEADER + ROW, before: str = "", after: str = "") -> bytes:
    return xml("worksheet", f"{before}<sheetData>{rows}</sheetData>{after}")


def styles(formats: str = "", cells: str = '<xf numFmtId="14"/>') -> bytes:
    return xml(
        "styleSheet",
        f"<numFmts>{formats}</numFmts><fonts><font/></fonts><fills><fill><patternFill/></fill></fills>"
        f"<borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
        f'<cellXfs><xf numFmtId="0"/>{cells}</cellXfs>',
    )


def book(parts: Mapping[str, bytes] = {}, sheets: int = 1, more: str = "") -> bytes:
    """A workbook with these parts in place of its own; all its sheets are the first one."""
    listed = "".join(
        f'<sheet name="S{number}" sheetId="{number + 1}" r:id="rId1"/>' for number in range(sheets)
    )
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATED}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(
            {
                "worksheet": "worksheets/sheet1.xml",
                "styles": "styles.xml",
                "sharedStrings": "sharedStrings.xml",
            }.items(),
            1,
        )
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{kind}.{name}+xml"/>'
        for part, name in {
            "workbook": "sheet.main",
            "worksheets/sheet1": "worksheet",
            "styles": "styles",
            "sharedStrings": "sharedStrings",
        }.items()
    )
    files = {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="{kind}.rels"/>{types}</Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": xml(
            "workbook", f"<sheets>{listed}</sheets>{more}", f'xmlns:r="{RELATED}"'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>'
        ).encode(),
        "xl/worksheets/sheet1.xml": sheet(),
        "xl/styles.xml": styles(),
        "xl/sharedStrings.xml": xml("sst"),
    }
    return packed({**files, **parts})


def packed(files: Mapping[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def zeros(megabytes: int) -> bytes:
    """A zip of one CSV of so many zeros, which is not made in one piece."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as member:
        for _ in range(megabytes):
            member.write(b"0" * (1 << 20))
    return out.getvalue()


def lying(archive: bytes, size: int = 10) -> bytes:
    """A zip whose list says that its first file has that many bytes."""
    at = archive.index(b"PK\1\2") + 24
    return archive[:at] + struct.pack("<I", size) + archive[at + 4 :]


def overlapping(archive: bytes, times: int) -> bytes:
    """A zip whose list names its first file so many times."""
    start, end = archive.index(b"PK\1\2"), archive.index(b"PK\5\6")
    entries = archive[start:end] * times
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, times, times, len(entries), start, 0)
    return archive[:start] + entries + tail


def parquet(pieces: Iterator[pa.Table], **options: Any) -> bytes:
    """A Parquet file of a row group for each piece."""
    out, first = BytesIO(), next(pieces)
    with pq.ParquetWriter(out, first.schema, **options) as writer:
        for piece in (first, *pieces) if isinstance(pieces, list) else _chained(first, pieces):
            writer.write_table(piece)
    return out.getvalue()


def _chained(first: pa.Table, rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    yield first
    yield from rest


def readings(title: Any, rows: int) -> pa.Table:
    """A table of readings whose titles are given, with as many rows."""
    return pa.table(
        {
            "account": pa.array(["a"] * rows),
            "video_id": pa.array([f"v{number}" for number in range(rows)]),
            "title": title,
            "captured_at": pa.array([AT] * rows),
            "views": pa.array(range(rows)),
        }
    )


def footer_changed(file: bytes, before: int, after: int) -> bytes:
    """A Parquet file whose footer says ``after`` wherever it said ``before``."""
    length = int.from_bytes(file[-8:-4], "little")
    data, footer, end = file[: -8 - length], file[-8 - length : -8], file[-8:]
    old = _varint(before * 2)
    return data + footer.replace(old, _varint(after * 2, len(old))) + end


def _varint(number: int, length: int = 1) -> bytes:
    """A number as Thrift has it, in at least as many bytes."""
    digits: list[int] = []
    while number or len(digits) < length:
        digits.append(number & 127)
        number >>= 7
    return bytes([*(digit | 128 for digit in digits[:-1]), digits[-1]])

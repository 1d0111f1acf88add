"""Files that were made to do harm, none above a megabyte: what people and libraries trip over."""

import random
from collections.abc import Callable
from io import BytesIO
from typing import Final

import pyarrow as pa
import pyarrow.parquet

from tests.support.hostile_parts import (
    AT,
    CSV_HEADER,
    HEADER,
    ROW,
    TEXT_CELL,
    book,
    footer_changed,
    lying,
    overlapping,
    packed,
    parquet,
    readings,
    sheet,
    styles,
    xml,
    zeros,
)
from tests.support.studio import CONTENT, FOLLOWERS, OVERVIEW, export, link

MAX_BYTES: Final = 1_000_000

Make = Callable[[], bytes | str]

UNFOLDS = "\ufdfa"
"""One sign that is eighteen where it is taken apart."""
LAUGHS = "<!DOCTYPE w [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
OUTSIDE = "<!DOCTYPE w [<!ENTITY a SYSTEM 'file:///etc/passwd'>"


def _format(code: str, number: int = 170) -> str:
    return f'<numFmt numFmtId="{number}" formatCode="{code}"/>'


def _with_entity(declared: str, entity: str, encoding: str = "utf-8") -> bytes:
    body = sheet(HEADER + f"<row>{TEXT_CELL.format(f'&{entity};')}</row>").decode()
    declaration, _, rest = body.partition("?>")
    return f"{declaration} encoding='{encoding}'?>{declared}]>{rest}".encode(encoding)


def _dated(number: int) -> str:
    return f'<xf numFmtId="{number}"/>'


WORKBOOKS: Final[dict[str, Make]] = {
    "number format of brackets": lambda: book(
        {"xl/styles.xml": styles(_format("[" * 160_000), _dated(170))}
    ),
    "number format of quotes": lambda: book(
        {"xl/styles.xml": styles(_format("&quot;" * 100_000), _dated(170))}
    ),
    "number format in apostrophes": lambda: book(
        {"xl/styles.xml": styles(f"<numFmt numFmtId='170' formatCode='{'[' * 160_000}'/>")}
    ),
    "number formats in plenty": lambda: book(
        {
            "xl/styles.xml": styles(
                "".join(_format("[" * 1_900, 200 + n) for n in range(12_000)),
                "".join(_dated(200 + n) for n in range(12_000)),
            )
        }
    ),
    "number format in UTF-16": lambda: book(
        {
            "xl/styles.xml": styles(_format("[" * 160_000), _dated(170))
            .decode()
            .replace("?>", " encoding='utf-16'?>")
            .encode("utf-16")
        }
    ),
    "styles in plenty": lambda: book({"xl/styles.xml": styles(cells=_dated(14) * 400_000)}),
    "shared strings in plenty": lambda: book(
        {"xl/sharedStrings.xml": xml("sst", "<si><t>a</t></si>" * 200_000)}
    ),
    "shared string without end": lambda: book(
        {"xl/sharedStrings.xml": xml("sst", f"<si><t>{'a' * 30_000_000}</t></si>")}
    ),
    "shared string in pieces": lambda: book(
        {"xl/sharedStrings.xml": xml("sst", f"<si>{'<r><t>a</t></r>' * 200_000}</si>")}
    ),
    "shared strings that are not there": lambda: book(
        {"xl/worksheets/sheet1.xml": sheet("<row><c t='s'><v>999999</v></c></row>" * 9_000)}
    ),
    "merged cells": lambda: book(
        {
            "xl/worksheets/sheet1.xml": sheet(
                after="<mergeCells>"
                + "<mergeCell ref='A1:XFD1048576'/>" * 200_000
                + "</mergeCells>"
            )
        }
    ),
    "dimension that lies": lambda: book(
        {"xl/worksheets/sheet1.xml": sheet(before='<dimension ref="A1:XFD1048576"/>')}
    ),
    "row far below": lambda: book(
        {"xl/worksheets/sheet1.xml": sheet(HEADER + "<row r='999999999'><c><v>1</v></c></row>")}
    ),
    "cells far to the right": lambda: book(
        {"xl/worksheets/sheet1.xml": sheet(HEADER + "<row><c r='XFD1'><v>1</v></c></row>" * 19_000)}
    ),
    "columns in plenty": lambda: book(
        {"xl/worksheets/sheet1.xml": sheet(f"<row>{TEXT_CELL.format('a') * 200_000}</row>")}
    ),
    "rows in plenty": lambda: book({"xl/worksheets/sheet1.xml": sheet(HEADER + ROW * 80_000)}),
    "rows as many as are allowed": lambda: book(
        {"xl/worksheets/sheet1.xml": sheet(HEADER + ROW * 19_000)}
    ),
    "sheets that are all the same": lambda: book(
        {"xl/worksheets/sheet1.xml": sheet(HEADER + ROW * 9_000)}, sheets=20
    ),
    "sheets in plenty": lambda: book(sheets=50_000),
    "elements in elements": lambda: book(
        {"xl/worksheets/sheet1.xml": sheet("<a>" * 300_000 + "</a>" * 300_000)}
    ),
    "laughs": lambda: book({"xl/worksheets/sheet1.xml": _with_entity(LAUGHS, "i")}),
    "laughs in UTF-16": lambda: book(
        {"xl/worksheets/sheet1.xml": _with_entity(LAUGHS, "i", "utf-16")}
    ),
    "entity from outside": lambda: book({"xl/worksheets/sheet1.xml": _with_entity(OUTSIDE, "a")}),
    "attributes in plenty": lambda: book(
        {
            "xl/worksheets/sheet1.xml": sheet(
                "<row " + " ".join(f"a{n}='1'" for n in range(90_000)) + "></row>"
            )
        }
    ),
    "attribute without end": lambda: book(
        {"xl/worksheets/sheet1.xml": sheet(f"<row spans='{'1:' * 14_000_000}'></row>")}
    ),
    "number without end": lambda: book(
        {"xl/worksheets/sheet1.xml": sheet(f"{HEADER}<row><c><v>{'9' * 20_000_000}</v></c></row>")}
    ),
    "date beyond time": lambda: book(
        {"xl/worksheets/sheet1.xml": sheet(HEADER + "<row><c s='1'><v>1e300</v></c></row>" * 9_000)}
    ),
    "relations in plenty": lambda: book(
        {
            "xl/_rels/workbook.xml.rels": xml(
                "Relationships", '<Relationship Id="a" Type="b" Target="c"/>' * 150_000
            )
        }
    ),
    "relation to the outside": lambda: book(
        {
            "xl/_rels/workbook.xml.rels": xml(
                "Relationships", '<Relationship Id="rId1" Type="w" Target="/../../../etc/passwd"/>'
            )
        }
    ),
    "names in plenty": lambda: book(
        more="<definedNames>"
        + "<definedName name='a'>S0!$A$1</definedName>" * 150_000
        + "</definedNames>"
    ),
    "nothing in it": lambda: packed({"xl/workbook.xml": b""}),
}

ZIPS: Final[dict[str, Make]] = {
    "zeros": lambda: zeros(400),
    "zeros that are not mentioned": lambda: lying(zeros(400)),
    "one file named often": lambda: overlapping(zeros(25), 190),
    "files in plenty": lambda: overlapping(packed({"a.csv": b"a,b\n1,2\n"}), 15_000),
    "workbooks in a zip": lambda: packed(
        {f"{n}.xlsx": book({"xl/worksheets/sheet1.xml": sheet(ROW * 9_000)}) for n in range(20)}
    ),
    "zips in zips": lambda: packed({"a.zip": packed({"b.zip": zeros(50)}), "a.xlsx": zeros(30)}),
    "name without end": lambda: packed({"a" * 60_000 + ".csv": b"a,b\n"}),
    "list of the huge kind": lambda: packed({"a.csv": b"a,b\n"})[:-22]
    + b"PK\x06\x07" + bytes(16) + packed({"a.csv": b"a,b\n"})[-22:],
    "ends in plenty": lambda: packed({"a.csv": b"a,b\n"}) + b"PK\5\6" * 16_000,
    "cut off": lambda: zeros(30)[:-40],
    "password": lambda: packed({"a.csv": b"a,b\n"}).replace(b"PK\1\2\x14\x03\x14\0\0\0",
                                                            b"PK\1\2\x14\x03\x14\0\1\0"),
}  # fmt: skip


def _plain_titles(megabytes: int) -> bytes:
    """Long titles, each another, written out in one row group: some kB on disk."""
    out, writer = BytesIO(), None
    for start in range(0, megabytes * 16, 500):
        titles = pa.array([f"{start + number}{'0' * 60_000}" for number in range(500)])
        piece = readings(titles, 500).to_batches()[0]
        writer = writer or pa.parquet.ParquetWriter(
            out, piece.schema, use_dictionary=False, compression="zstd"
        )
        writer.write_batch(piece, row_group_size=1 << 20)
    assert writer
    writer.close()
    return out.getvalue()


def _footer_lies(file: bytes) -> bytes:
    """Of the same file, with row groups that are small by their own word."""
    about = pa.parquet.read_metadata(pa.BufferReader(file))
    for size in {about.row_group(n).total_byte_size for n in range(about.num_row_groups)}:
        file = footer_changed(file, size, 9)
    return file


def _one_title(length: int, rows: int) -> bytes:
    """One title, and a row number for each video: the titles stand there once."""
    title = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["x" * length])
    return parquet(iter([readings(title, rows)]), compression="zstd")


def _nested(depth: int) -> bytes:
    kind: pa.DataType = pa.int8()
    for _ in range(depth):
        kind = pa.list_(kind)
    return parquet(iter([pa.table({"account": pa.array([None], kind)})]))


def _noise(length: int) -> bytes:
    return b"PAR1" + random.Random(1).randbytes(length) + length.to_bytes(4, "little") + b"PAR1"


def _damaged(seed: int) -> bytes:
    chance, file = random.Random(seed), bytearray(_one_title(100, 2_000))
    for _ in range(40):
        file[chance.randrange(4, len(file) - 8)] = chance.randrange(256)
    return bytes(file)


PARQUET: Final[dict[str, Make]] = {
    "titles written out, footer lies": lambda: _footer_lies(_plain_titles(1_600)),
    "titles written out in one piece, footer lies": lambda: _footer_lies(_plain_titles(60)),
    "titles written out": lambda: _plain_titles(600),
    "one long title": lambda: _one_title(60_000, 50_000),
    "one title as long as is allowed": lambda: _one_title(9_900, 20_000),
    "rows that are not there": lambda: footer_changed(_one_title(9, 3_000), 3_000, 2**13 - 1),
    "rows in plenty": lambda: parquet(
        iter([pa.table({"account": pa.nulls(4_900_000, pa.string()),
                        "video_id": pa.nulls(4_900_000, pa.string()),
                        "captured_at": pa.nulls(4_900_000, pa.string()),
                        "views": pa.nulls(4_900_000, pa.int64())})])
    ),
    "columns in plenty": lambda: parquet(
        iter([pa.table({f"c{n}": pa.array([1]) for n in range(3_000)})])
    ),
    "lists in lists": lambda: _nested(90),
    "noise": lambda: _noise(500_000),
    "footer without end": lambda: b"PAR1" + b"\x15" * 900_000 + (899_000).to_bytes(4, "little")
    + b"PAR1",
    **{f"damage {seed}": lambda seed=seed: _damaged(seed) for seed in range(4)},  # type: ignore[misc]
}  # fmt: skip


def _table(*rows: str, header: str = "id,date,views") -> str:
    return "\n".join([header, *rows])


def _readings(rows: list[str]) -> str:
    return CSV_HEADER + "\n".join(rows)


TABLES: Final[dict[str, Make]] = {
    "date of blanks": lambda: _table(f"v1,2026-01-01 10:00{' ' * 20_000}x,5"),
    "dates of blanks": lambda: _table(*[f"v1,2026-01-01 10:00{' ' * 60_000}x,5"] * 15),
    "dates of blanks before an hour": lambda: _table(*[f"v1,May{' ' * 60_000}1x:00,5"] * 15),
    "dates of signs": lambda: _table(*[f"v1,{'1-' * 30_000},5"] * 15),
    "dates that unfold": lambda: _table(*[f"v1,{UNFOLDS * 20_000},5"] * 15),
    "numbers of digits": lambda: _table(*[f"v1,2026-01-01,{'9' * 60_000}"] * 15),
    "numbers of groups": lambda: _table(*[f'v1,2026-01-01,"{"1,111" * 12_000}x"'] * 15),
    "addresses on YouTube": lambda: _table(
        *[f"https://www.youtube.com/watch?{'v=aaaaaaaaaaa&' * 4_000} ,2026-01-01,5"] * 15
    ),
    "addresses on TikTok": lambda: _table(
        *[f"https://www.tiktok.com{'/video/123456789012345' * 2_500} ,2026-01-01,5"] * 15
    ),
    "quotation mark left open": lambda: _table('v1,"2026-01-01', *["a,b,c"] * 100_000),
    "quotation marks": lambda: '"' * 900_000,
    "quotation marks in lines": lambda: _table(*['""""""""'] * 90_000),
    "zeros": lambda: _table("v1,2026-01-01,5\0" * 10_000),
    "UTF-16": lambda: _table(*["v1,2026-01-01,5"] * 20_000).encode("utf-16"),
    "commas": lambda: "," * 900_000,
    "columns in plenty": lambda: _table(*["," * 30_000] * 25, header="," * 30_000),
    "rows of one sign": lambda: _table(*["x"] * 450_000),
    "rows of a reading without anything": lambda: CSV_HEADER + "x\n" * 450_000,
    "readings without an instant": lambda: CSV_HEADER + "a,b,c,,,5\n" * 90_000,
    "lines of blanks": lambda: _table(*[" " * 60_000] * 15),
    "line without end": lambda: "a" * 900_000,
    "returns alone": lambda: _table("v1,2026-01-01,5").replace("\n", "\r") * 20_000,
    "accounts in plenty": lambda: _readings([f"a{n},v,,,{AT},5" for n in range(24_000)]),
    "accounts as many as are allowed": lambda: _readings([f"a{n},v,,,{AT},5" for n in range(500)]),
    "snapshots in plenty": lambda: _readings(
        [f"a,v,,,20{n // 10_000 + 10}-01-01T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}Z,5"
         for n in range(24_000)]
    ),
    "readings that differ": lambda: _readings([f"a,v,,,{AT},{n}" for n in range(30_000)]),
    "ids of a spreadsheet": lambda: _readings([f"a,{'7' * 150}E+18,,,{AT},5"] * 4_500),
    "names of signs that cannot be seen": lambda: _readings([f"\x07\x1b[31m,v,,,{AT},5"] * 28_000),
    "titles as long as they may be": lambda: _readings(
        [f"a,v{n},{'x' * 9_900},,{AT},5" for n in range(95)]
    ),
    "instants with a fraction without end": lambda: _readings(
        [f"a,v,,,2026-01-31T22:00:00.{'0' * 60_000}{n}Z,5" for n in range(15)]
    ),
}  # fmt: skip


def _studio(title: str, rows: int, address: str = link(1_793_534_400)) -> str:
    head = ",".join(f'"{name}"' for name in CONTENT)
    row = f'"November 22","{title}","{address}","November 1","1","2","3","4"'
    return "\n".join([head, *[row] * rows])


EXPORTS: Final[dict[str, Make]] = {
    "titles of quotation marks": lambda: _studio('"' * 60_000, 15),
    "titles of links": lambda: _studio(f'",{link(1_793_534_400)},"' * 800, 15),
    "titles of lines": lambda: _studio('"\n' * 20_000, 15),
    "titles left open": lambda: "\n".join([_studio("a", 1), *['"a", "b'] * 90_000]),
    "addresses without end": lambda: _studio(
        "a", 15, "https://" + "/video/123456789012345" * 2_500
    ),
    "days backwards": lambda: export(
        OVERVIEW, *((f"May {30 - n % 30}", 1, 1, 1, 1, 1) for n in range(4_900))
    ),
    "days in no language": lambda: export(FOLLOWERS, *((UNFOLDS * 90, 1, 1),) * 1_500),
    "columns in plenty": lambda: ",".join([*CONTENT, *"x" * 30_000]) + "\n" + '"a"b,' * 150_000,
}  # fmt: skip

CORPUS: Final[dict[str, Make]] = {
    f"{name}.{suffix}": make
    for suffix, makes in {
        "xlsx": WORKBOOKS, "zip": ZIPS, "parquet": PARQUET, "csv": TABLES | {
            f"export, {name}": make for name, make in EXPORTS.items()
        },
    }.items()
    for name, make in makes.items()
}  # fmt: skip
"""Each by the name that it is uploaded under."""


def hostile_file(name: str) -> bytes:
    """The bytes of one of them."""
    data = CORPUS[name]()
    return data.encode() if isinstance(data, str) else data

"""What ``python -m benchmarks --json`` says to programs."""

import json
from pathlib import Path

import pytest

from benchmarks import Figure, Table, __main__, accuracy
from benchmarks.real_series import read
from snapshot_core.windows import DAY, HOUR, iso


def test_every_table_is_a_list_of_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = Table("Sizes", ("of", "bytes"), [("a night", "120")])
    promised = Table(
        "Speed", ("", "value", "target", "met"), [("a page", "3 ms", "<= 5 ms", "yes")]
    )
    measured = Table("Errors", ("of",), [], measured=(Figure("one", 0.25, "<= 0.1", False),))
    monkeypatch.setattr(__main__, "measure", lambda *_: [plain, promised, measured])
    assert __main__.main(["--json", "storage"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"name": "Sizes: a night: bytes", "value": "120", "target": None, "met": None},
        {"name": "a page", "value": "3 ms", "target": "<= 5 ms", "met": True},
        {"name": "one", "value": 0.25, "target": "<= 0.1", "met": False},
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten days of one made-up video that gains more by day, read every hour."""
    begin, count = 1_760_000_000 // DAY * DAY, 5_000
    rows = ["account,video_id,published_at,captured_at,views"]
    for hour in range(240):
        rows.append(f"a,v,{iso(begin - 90 * DAY)},{iso(begin + hour * HOUR)},{count}")
        count += 400 if 8 <= hour % 24 < 22 else 40
    (tmp_path / "youtube_hourly_readings.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def test_accuracy_reads_another_folder_of_series(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accuracy, "NIGHT_HOURS", (0,))
    nightly, four, *_ = accuracy.hourly_lines(folder)
    errors = {figure.name.rpartition(": ")[2]: figure.value for figure in nightly.figures()}
    assert isinstance(errors["Error median"], float)
    assert isinstance(errors["Line median"], float)
    assert errors["Error median"] < errors["Line median"] / 3
    assert len(four.ours) == len(nightly.ours) > 100


def test_a_series_is_what_was_read(folder: Path) -> None:
    (account,) = read("youtube_hourly_readings.csv", folder).values()
    assert account.counts.shape == (240, 1)
    assert account.counts[0, 0] == 5_000

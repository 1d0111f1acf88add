"""The rows of one capture: each video once, and none about which two rows differ."""

from dataclasses import dataclass, field
from typing import TypeAlias

from snapshot_core.formats.captures import FileCapture, ParsedFile, Refusal
from snapshot_core.formats.cells import Refused
from snapshot_core.readings import ProfileReading, VideoReading

Reading: TypeAlias = VideoReading | ProfileReading


@dataclass(slots=True)
class CaptureRows:
    """What a file says of one capture, so far."""

    capture: FileCapture
    first: dict[str, tuple[int, Reading]] = field(default_factory=dict)
    """Line and reading of the first row of each video; "" is the account itself."""
    disputed: set[str] = field(default_factory=set)
    """Videos of which two rows differ."""

    def add(self, line: int, reading: Reading, file: ParsedFile) -> None:
        """Add a reading, unless there is one of the same video already.

        Duplicates and refusals are noted in ``file``. Raises `Refused` where the rows differ.
        """
        video_id = reading.platform_id if isinstance(reading, VideoReading) else ""
        first_line, first = self.first.setdefault(video_id, (line, reading))
        if first is reading:
            return
        if video_id not in self.disputed:
            if _counts(first) == _counts(reading):
                file.duplicates += 1
                return
            # Nobody can tell which of the two is right, so neither is taken.
            self.disputed.add(video_id)
            file.refused.append(Refusal(first_line, _disagreement(line)))
            self.capture.refused += 1
        raise Refused(_disagreement(first_line))

    def finished(self) -> FileCapture | None:
        """The capture without its disputed rows; None where nothing is left of it."""
        for video_id in self.disputed:
            del self.first[video_id]
        for line, reading in self.first.values():
            if isinstance(reading, VideoReading):
                self.capture.readings.append((line, reading))
            else:
                self.capture.profile = reading if reading != ProfileReading() else None
                self.capture.profile_line = line
        return self.capture if self.first else None


def _counts(reading: Reading) -> object:
    return reading.counts if isinstance(reading, VideoReading) else reading


def _disagreement(line: int) -> str:
    return (
        f"says something else than line {line} about the same video at the same instant: "
        "both are left out; remove the wrong one"
    )

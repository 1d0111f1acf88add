"""What a library may do with a hostile file, as functions that a process can be asked to run."""

import os
import re
from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import process_time

from snapshot_core.errors import Busy


def size_of(path: Path, add: int) -> int:
    """What behaves."""
    return path.stat().st_size + add


def hang(path: Path) -> None:
    """Never give the interpreter's lock away again: no thread of the process runs any more."""
    re.fullmatch(r"(a+)+b", "a" * 64)


def fill_memory(path: Path) -> list[bytes]:
    pieces = []
    while True:
        pieces.append(b"x" * (16 << 20))


def fill_memory_at_once(path: Path) -> int:
    return len(bytes(64 << 30))


def abort(path: Path) -> None:
    os.abort()


def refuse(path: Path) -> None:
    raise Busy("somebody else is at it")


def fail(path: Path) -> None:
    raise ZeroDivisionError("a mistake of ours")


def print_a_lot(path: Path) -> str:
    print("noise" * 10_000, flush=True)
    os.write(1, b"more of it")
    return "an answer"


def answer_a_lot(path: Path) -> bytes:
    return bytes(64 << 20)


def store_slowly(path: Path, seconds: int, *, progress: Callable[[int, int], object]) -> str:
    """Say that the file is read, and take longer than reading may."""
    progress(0, 2)
    deadline = process_time() + seconds
    while process_time() < deadline:
        pass
    progress(1, 2)
    return "stored"


def store_in_steps(path: Path, *, progress: Callable[[int, int], object]) -> None:
    """Without end; says beside the file when it has tidied up."""
    try:
        for step in count():
            progress(step, step + 1)
    finally:
        path.with_suffix(".tidy").touch()

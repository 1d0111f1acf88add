"""Running what reads a foreign file in a process of its own, of bounded memory and time.

Whatever a library does with a hostile file, it does to that process alone. See
docs/decisions/foreign-files.md.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, TypeAlias, TypeVar

from snapshot_core.errors import InputError, TruegrowthError

T = TypeVar("T")
Progress: TypeAlias = Callable[[int, int], object]
"""Told how much is stored already, and of how much."""

BASE_SECONDS: Final = 10
SECONDS_PER_MB: Final = 3
"""Both of the processor, to read a file: a tenth of a second a MB is usual. A busy machine takes
longer, and that is nobody's fault."""
BASE_MEMORY_BYTES: Final = 1 << 30
MEMORY_PER_BYTE: Final = 16
"""Both to read and store a file, on top of the program itself: four to five a byte are usual."""
MAX_ANSWER_BYTES: Final = 16 << 20
"""Of one message."""
LEAVE_SECONDS: Final = 10
"""For it to end a step and tidy up, when whoever asked has gone. A step takes a second or so."""
LENGTH_BYTES: Final = 8
"""In front of each message: its length."""

_ROOT: Final = Path(__file__).resolve().parents[2]
_ENVIRONMENT: Final = {
    "PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH")))),
    # Threads of their own, and Arrow's allocator, claim more address space than all that is read.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What the process is asked to do: ``function(path, *arguments)``, within these limits."""

    function: Callable[..., Any]
    path: Path
    arguments: tuple[Any, ...]
    with_progress: bool
    seconds: int
    """Of the processor, to read the file: until the answer, or the first word on what is stored."""
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A word on how far the process is."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the function gave, or the error that a person can mend."""

    value: Any = None
    error: TruegrowthError | None = None
    out_of_memory: bool = False


def isolated(
    function: Callable[..., T], path: Path, *arguments: object, progress: Progress | None = None
) -> T:
    """``function(path, *arguments)``, run in a process of its own.

    With ``progress``, the function is also given one to call, by that name: the first call says
    that the file is read, and from then on only memory is bounded. All that passes between the
    two is pickled. Raises what the function raises of `TruegrowthError`, and `InputError` where
    it takes more than such a file should. What ``progress`` raises ends it between two steps.
    """
    try:
        megabytes = path.stat().st_size / (1 << 20)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    request = Request(
        function,
        path.absolute(),
        arguments,
        progress is not None,
        seconds=BASE_SECONDS + round(SECONDS_PER_MB * megabytes),
        memory_bytes=BASE_MEMORY_BYTES + round(MEMORY_PER_BYTE * megabytes) * (1 << 20),
    )
    value: T = _value(run(request, progress), path)
    return value


def run(request: Request, progress: Progress | None) -> Answer:
    """What a process of its own answers. Raises as `isolated` does."""
    with subprocess.Popen(
        # -P: no module is taken from the folder that the program happens to run in.
        [sys.executable, "-P", "-m", "snapshot_core.formats.isolated_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **_ENVIRONMENT},
        start_new_session=True,  # Ctrl-C reaches only us
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            with suppress(BrokenPipeError):  # it has ended already, and its status says how
                pickle.dump(request, process.stdin)
                process.stdin.close()
            for message in _messages(process.stdout):
                if isinstance(message, Answer):
                    return message
                if progress is not None:
                    _tell(progress, message, process)
            status = process.wait()
        finally:
            process.kill()
    if status == -signal.SIGXCPU:
        raise InputError(_too_much(request.path, "time"))
    if status < 0:  # killed, or a library that could not go on
        raise InputError(_too_much(request.path, "memory"))
    raise RuntimeError(f"reading a file ended with status {status}: the log says why")


def _tell(progress: Progress, message: Stored, process: subprocess.Popen[bytes]) -> None:
    try:
        progress(message.done, message.total)
    except BaseException:  # the page was left, say: killed now, it would leave its lease behind
        assert process.stdout
        process.stdout.close()  # its next word finds nobody, and it ends in order
        with suppress(subprocess.TimeoutExpired):
            process.wait(LEAVE_SECONDS)
        raise


def _messages(stream: IO[bytes]) -> Iterator[Stored | Answer]:
    while len(prefix := stream.read(LENGTH_BYTES)) == LENGTH_BYTES:
        length = int.from_bytes(prefix)
        if length > MAX_ANSWER_BYTES:
            raise RuntimeError(f"reading a file gave an answer of {length:,} bytes")
        yield pickle.loads(stream.read(length))


def _value(answer: Answer, path: Path) -> Any:
    if answer.out_of_memory:
        raise InputError(_too_much(path, "memory"))
    if answer.error is not None:
        raise answer.error
    return answer.value


def _too_much(path: Path, what: str) -> str:
    return (
        f"{path.name} takes far more {what} to read than a table of its size should: save it as "
        "CSV UTF-8, or in several files, and import that"
    )

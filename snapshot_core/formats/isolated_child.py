"""The process that `snapshot_core.formats.isolated` runs: it answers one request, and ends."""

import ctypes
import os
import pickle
import resource
import signal
import sys
from contextlib import suppress
from functools import partial
from math import ceil
from pathlib import Path
from time import process_time
from typing import IO, Final

from snapshot_core.errors import TruegrowthError
from snapshot_core.formats.isolated import (
    LENGTH_BYTES,
    MAX_ANSWER_BYTES,
    Answer,
    Progress,
    Request,
    Stored,
)

STEP_SECONDS: Final = 600
"""Of the processor, from one word on what is stored to the next."""
_DIE_WITH_PARENT: Final = 1
"""PR_SET_PDEATHSIG."""


def main() -> None:
    """Read a `Request` from stdin; write messages to stdout, the last of them an `Answer`."""
    _give_way()
    # What a library prints must not stand among the messages.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    request: Request = pickle.load(sys.stdin.buffer)  # imports what the function needs
    _set_limits(request)
    with suppress(BrokenPipeError):  # nobody waits for it any more
        _send(out, answer(request, partial(_tell, out)))
    os._exit(0)  # nobody waits for a million objects to be taken apart


def answer(request: Request, progress: Progress) -> Answer:
    """What the function that is asked for gives; it calls ``progress`` where that is wanted."""
    more = {"progress": progress} if request.with_progress else {}
    try:
        return Answer(request.function(request.path, *request.arguments, **more))
    except TruegrowthError as error:
        return Answer(error=error)
    except MemoryError:
        return Answer(out_of_memory=True)


def _tell(out: IO[bytes], done: int, total: int) -> None:
    _limit_time(STEP_SECONDS)
    _send(out, Stored(done, total))


def _send(out: IO[bytes], message: Stored | Answer) -> None:
    packed = pickle.dumps(message)
    assert len(packed) <= MAX_ANSWER_BYTES
    out.write(len(packed).to_bytes(LENGTH_BYTES) + packed)
    out.flush()


def _give_way() -> None:
    """End with whoever asked, and be the first that is killed where memory is short."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        with suppress(OSError):  # where a container forbids it
            Path("/proc/self/oom_score_adj").write_text("1000")


def _set_limits(request: Request) -> None:
    _limit_time(request.seconds)
    if sys.platform == "linux":  # elsewhere the limit does not hold
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        size = pages * resource.getpagesize() + request.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: int) -> None:
    """Be ended by the system after so many more seconds, whatever a library is busy with."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(process_time()) + seconds, most))


if __name__ == "__main__":
    main()

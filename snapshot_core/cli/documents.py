"""Views as programs get them: documents that ``--json`` prints. Growth's is the API's own."""

from typing import Any

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.view.health import Health
from snapshot_core.view.videos import VideoStory
from snapshot_core.windows import iso


def history_document(story: VideoStory) -> dict[str, Any]:
    """Every reading of a video, newest first, as the platform gave it. Unknown is null.

    ``doubts`` names the counters that growth leaves out, and why.
    """
    published_at = story.about.published_at
    return {
        "account": story.account.name,
        "video": story.about.platform_id,
        "title": story.about.title,
        "published_at": None if published_at is None else iso(published_at),
        "readings": [
            {
                "captured_at": iso(reading.captured_at),
                "capture": reading.status,
                **dict(zip(VIDEO_METRICS, reading.counts, strict=True)),
                "doubts": dict(reading.doubts),
            }
            for reading in reversed(story.readings)
        ],
    }


def status_document(health: Health) -> dict[str, Any]:
    """Accounts, the job and what is wrong. Instants are ISO 8601 in UTC; unknown is null."""
    job = health.job
    return {
        "timestamp": iso(health.now),
        "accounts": [
            {
                "account": one.account.name,
                "source": one.account.source,
                "last_capture": _iso(one.history.last_complete),
                "next_capture": _iso(one.next_capture),
                "last_attempt": _iso(one.account.attempted_at),
                "last_error": one.account.last_error,
                "paused": one.account.paused,
                "stale": one.stale,
                "gaps": [{"start": iso(gap.start), "end": iso(gap.end)} for gap in one.gaps],
            }
            for one in health.accounts
        ],
        "job": {
            "alive": job is not None and job.alive(health.now),
            "last_beat": _iso(job.beat_at if job else None),
            "next_run": _iso(job.next_run_at if job else None),
            "doing": job.doing if job else None,
        },
        "problems": [
            {"what": one.what, "remedy": one.remedy, "account": one.account}
            for one in health.problems
        ],
    }


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)

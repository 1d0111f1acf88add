"""The same fake TikTok and connected account as the sources' tests have."""

from tests.sources.conftest import clock, fake, here, stage, without_pauses

__all__ = ["clock", "fake", "here", "stage", "without_pauses"]

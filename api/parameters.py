"""Path and query parameters that several addresses share."""

from typing import Annotated, Literal, TypeAlias

from fastapi import Path, Query
from pydantic import Field

from snapshot_core.view.documents.fields import MetricName

Period: TypeAlias = Annotated[
    Literal["1", "7", "30", "24h", "7d", "30d"],
    Field(description="Days, or 24h, 7d, 30d.", examples=["7"]),
]
AccountName: TypeAlias = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="The name of an account. Without it: the only account, or all together.",
        examples=["creator_01"],
    ),
]
Sort: TypeAlias = Annotated[
    MetricName, Query(description="The counter whose growth decides the order.")
]
PlatformId: TypeAlias = Annotated[
    str,
    Path(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="The platform's id of the video.",
        examples=["7554971395553052634"],
    ),
]

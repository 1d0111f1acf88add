"""What the API is measured against: FastAPI alone, answering with a document it has at hand."""

import json
import os
from pathlib import Path
from typing import Any

from fastapi import FastAPI

DOCUMENT = "BENCHMARK_DOCUMENT"
"""Names the file with the JSON."""


def create() -> FastAPI:
    """For ``uvicorn benchmarks.api_bare:create --factory``."""
    document = json.loads(Path(os.environ[DOCUMENT]).read_text("utf-8"))
    app = FastAPI(openapi_url="/api/openapi.json")

    @app.get("/api/growth/{period}")
    async def growth(period: int) -> Any:
        return document

    return app

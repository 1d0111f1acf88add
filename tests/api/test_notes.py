"""Notes: written, listed and removed by a program."""

from starlette.testclient import TestClient

from snapshot_core.windows import iso
from tests.api.conftest import Api
from tests.support.staged import NOON


def writer(api: Api) -> TestClient:
    return api.client(api.token("read", "note"))


def test_what_is_written_is_listed_until_it_is_removed(api: Api) -> None:
    client = writer(api)
    new = {"day": "2026-11-20", "text": " New\ncamera ", "account": "creator_01"}
    written = client.post("/api/notes", json=new)
    assert written.status_code == 200
    note = {
        "id": 1, "account": "creator_01", "day": "2026-11-20", "text": "New camera",
        "created_at": iso(NOON),
    }  # fmt: skip
    assert written.json() == note
    assert written.headers["cache-control"] == "no-store"
    client.post("/api/notes", json={"day": "2026-11-22", "text": "Of all"}).raise_for_status()

    def texts(**query: str) -> list[str]:
        answer = client.get("/api/notes", params=query).raise_for_status()
        return [each["text"] for each in answer.json()["notes"]]

    assert texts() == texts(account="creator_01") == ["New camera", "Of all"]
    assert texts(start="2026-11-21") == ["Of all"]
    assert texts(end="2026-11-21") == ["New camera"]
    assert client.delete("/api/notes/1").json() == note
    assert texts() == ["Of all"]
    assert client.delete("/api/notes/1").status_code == 404


def test_what_cannot_be_a_note_is_refused_with_the_reason(sqlite_api: Api) -> None:
    client = writer(sqlite_api)
    for new in (
        {"day": "2026-11-20", "text": ""},
        {"day": "2026-11-20", "text": " \n "},
        {"day": "2026-11-20", "text": "x" * 201},
        {"day": "soon", "text": "x"},
        {"text": "x"},
    ):
        answer = client.post("/api/notes", json=new)
        assert answer.status_code == 422, new
        assert answer.headers["content-type"] == "application/problem+json"
    unknown = {"day": "2026-11-20", "text": "x", "account": "nobody"}
    assert client.post("/api/notes", json=unknown).status_code == 404
    assert client.get("/api/notes").json() == {"notes": []}

"""Tags by the API: given, shown, filtered by, and taken away."""

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from snapshot_core.view.documents.tags import Tags, VideoTags
from tests.api.conftest import NIGHTS, Api


@pytest.fixture
def tagger(api: Api) -> TestClient:
    return api.client(api.token("read", "tag"))


def test_a_tag_is_given_shown_and_taken_away(tagger: TestClient) -> None:
    given = tagger.put("/api/videos/v1/tags/Fern%20Series")
    assert given.json() == {"account": "creator_01", "video": "v1", "tags": ["fern series"]}
    assert given.headers["cache-control"] == "no-store"
    assert tagger.put("/api/videos/v1/tags/before%2Fafter").json()["tags"] == [
        "before/after",
        "fern series",
    ]
    answer = tagger.get("/api/videos/v1/tags")
    TypeAdapter(VideoTags).validate_python(answer.json())
    assert answer.json()["tags"] == ["before/after", "fern series"]
    assert tagger.get("/api/videos/v1/history").json()["tags"] == ["before/after", "fern series"]
    for _ in range(2):
        left = tagger.delete("/api/videos/v1/tags/before/after")
        assert left.json()["tags"] == ["fern series"]
    assert tagger.get("/api/videos/v1/tags").json()["tags"] == ["fern series"]


def test_videos_are_filtered_by_tag_and_add_up(tagger: TestClient) -> None:
    every = tagger.get("/api/videos").json()
    assert every["totals"]["videos"] == 10
    assert every["totals"]["share"] == 100
    for name in ("v1", "v3"):
        tagger.put(f"/api/videos/{name}/tags/birds").raise_for_status()
    tagged = tagger.get("/api/videos", params={"tag": "Birds"}).json()
    assert [video["video"] for video in tagged["videos"]] == ["v3", "v1"]
    assert {*tagged["videos"][0]["tags"], tagged["tag"]} == {"birds"}
    gained = 7 * (200 + 400)
    assert tagged["totals"]["growth"]["views"] == gained
    assert tagged["totals"]["videos"] == tagged["total"] == 2
    shares = [video["share"] for video in tagged["videos"]]
    assert sum(shares) == pytest.approx(tagged["totals"]["share"], abs=0.02)
    assert tagger.get("/api/videos", params={"tag": "kitchen"}).json()["videos"] == []
    tags = tagger.get("/api/tags").json()
    TypeAdapter(Tags).validate_python(tags)
    (birds,) = tags["tags"]
    assert birds == {**tagged["totals"], "tag": "birds"}


def test_engagement_is_of_the_totals(tagger: TestClient) -> None:
    videos = {each["video"]: each for each in tagger.get("/api/videos").json()["videos"]}
    counts = videos["v1"]["current"]
    interactions = counts["likes"] + counts["comments"] + counts["shares"]
    assert videos["v1"]["engagement"] == round(100 * interactions / counts["views"], 2)
    assert videos["v3"]["current"]["shares"] is None
    assert tagger.get("/api/videos/v1/history").json()["engagement"] == videos["v1"]["engagement"]


def test_readings_say_what_came_since_the_one_before(tagger: TestClient) -> None:
    readings = tagger.get("/api/videos/v1/history", params={"limit": NIGHTS}).json()["readings"]
    assert readings[0]["steps"]["views"] == 200
    assert readings[0]["per_hour"]["views"] == 8.33
    assert readings[-1]["steps"] == readings[-1]["per_hour"] == {}


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_only_a_token_for_tags_changes_them(sqlite_api: Api, method: str) -> None:
    for scope in ("read", "snapshot"):
        client = sqlite_api.client(sqlite_api.token(scope))
        assert client.request(method, "/api/videos/v1/tags/birds").status_code == 403
    tagger = sqlite_api.client(sqlite_api.token("tag"))
    assert tagger.get("/api/videos/v1/tags").status_code == 403
    assert tagger.request(method, "/api/videos/v1/tags/birds").status_code == 200


def test_what_cannot_be_is_refused(tagger: TestClient) -> None:
    assert tagger.put("/api/videos/nobody/tags/birds").status_code == 404
    refused = tagger.put("/api/videos/v1/tags/a,b")
    assert refused.status_code == 422
    assert "comma" in refused.json()["detail"]
    assert tagger.get("/api/videos", params={"tag": "a,b"}).json()["videos"] == []
    options = tagger.options("/api/videos/v1/tags/birds")
    assert options.headers["allow"] == "DELETE, OPTIONS, PUT"

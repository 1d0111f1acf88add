"""Which platform's account a handle or a link names, by its form alone."""

import pytest

from snapshot_core.errors import InputError
from snapshot_core.sources.registry import recognise

CHANNEL = f"UC{'c' * 22}"
TIKTOK = "public"


def named(text: str) -> list[tuple[str, str]]:
    return [(each.source.name, each.address.text) for each in recognise(text)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://www.tiktok.com/@creator", "@creator"),
        ("tiktok.com/@Creator?lang=en", "@creator"),
        ("HTTPS://M.TikTok.com/@creator/video/7312345678901234567?x=1", "@creator"),
        ("https://www.tiktok.com/%40creator", "@creator"),
        ("ｔｉｋｔｏｋ.com/@creator\u200b", "@creator"),
    ],
)
def test_a_link_of_tiktok_is_of_tiktok_alone(text: str, address: str) -> None:
    assert named(text) == [(TIKTOK, address)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://www.youtube.com/@creator/shorts", "@creator"),
        ("youtube.com/@%D0%B3%D0%BE%D0%BD%D1%87%D0%B0%D1%80", "@гончар"),
        (
            f"https://www.youtube.com/channel/{CHANNEL}",
            f"https://www.youtube.com/channel/{CHANNEL}",
        ),
        (CHANNEL, CHANNEL),
        ("https://youtu.be/dQw4w9WgXcQ?si=1", "https://youtu.be/dQw4w9WgXcQ?si=1"),
        ("youtube.com/watch?v=dQw4w9WgXcQ&t=3", "youtube.com/watch?v=dQw4w9WgXcQ&t=3"),
        ("m.youtube.com/shorts/dQw4w9WgXcQ", "m.youtube.com/shorts/dQw4w9WgXcQ"),
        ("@гончар", "@гончар"),
    ],
)
def test_what_only_youtube_has_is_of_youtube(text: str, address: str) -> None:
    assert named(text) == [("youtube", address)]


@pytest.mark.parametrize("text", ["@creator", "creator", "  @creator \n", "＠creator"])
def test_a_bare_handle_may_be_of_either_and_tiktok_comes_first(text: str) -> None:
    assert named(text) == [(TIKTOK, "@creator"), ("youtube", "@creator")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://vm.tiktok.com/ZM123/", "short link of TikTok"),
        ("https://www.tiktok.com/t/ZM123/", "short link of TikTok"),
        ("https://www.tiktok.com/foryou", "no address of a TikTok profile"),
        ("https://www.youtube.com/c/creator", "use the @handle"),
        ("https://www.youtube.com/watch?v=short", "of no channel"),
        ("https://www.instagram.com/creator", "no link to a TikTok or YouTube account"),
        ("https://tiktok.com.evil.example/@creator", "no link to a TikTok or YouTube account"),
        ("https://[::1/@creator", "no link to a TikTok or YouTube account"),
        ("two words", "neither a handle nor a link"),
        ("", "neither a handle nor a link"),
        ("@", "neither a handle nor a link"),
        ("javascript:alert(1)", "neither a handle nor a link"),
    ],
)
def test_what_names_no_account_is_refused_with_what_to_type(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        recognise(text)

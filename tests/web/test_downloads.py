"""Downloads of the served dashboard: whom they are computed for, and who can fetch them."""

import asyncio
import sqlite3

from tests.support.waiting import PATIENCE_SECONDS
from tests.web.shared import ANNA, BORIS, Installation, Tab, tab


def video_of(shared: Installation, email: str) -> int:
    path = shared.environ["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(path) as database:
        (number,) = database.execute(
            "SELECT video_id FROM videos WHERE platform_id = ?", (f"of-{email}",)
        ).fetchone()
    return int(number)


async def offered(page: Tab, video: int) -> str:
    """Open a video; the id under which its readings are offered."""
    await page.run("videos", f"video={video}")
    (button,) = page.drawn("download_button")
    return str(button.deferred_file_id)


async def computed(page: Tab, file_id: str, session_id: str) -> str:
    """The address of the file; empty where it was refused."""
    request = {"request_id": "7", "session_id": session_id, "deferred_file": {"file_id": file_id}}
    await page.send(backend_operation_request=request)
    response = await page.heard("backend_operation_response")
    return str(response.backend_operation_response.deferred_file.url)


async def fetched(shared: Installation, url: str, cookie: str) -> tuple[int, dict[str, str], bytes]:
    return await asyncio.to_thread(shared.ask, url, Cookie=cookie)


def test_the_owner_gets_the_file_and_no_cache_keeps_it(shared: Installation) -> None:
    anna = shared.cookie(ANNA)

    async def tried() -> None:
        async with tab(shared, anna) as page:
            file_id = await offered(page, video_of(shared, ANNA))
            url = await computed(page, file_id, page.session_id)
            # Others' runs, after which Streamlit would have deleted it.
            async with tab(shared, shared.cookie(BORIS)) as other:
                await other.run()
                await other.run()
            status, headers, body = await fetched(shared, url, anna)
            assert status == 200
            assert headers["cache-control"] == "no-store"
            assert b"of-anna" in body

    asyncio.run(tried())


def test_the_file_is_nobody_elses(shared: Installation) -> None:
    anna = shared.cookie(ANNA)

    async def tried() -> None:
        async with tab(shared, anna) as page:
            file_id = await offered(page, video_of(shared, ANNA))
            url = await computed(page, file_id, page.session_id)
            for cookie in ("", shared.cookie(BORIS), shared.cookie(ANNA, lasts=-1)):
                status, headers, body = await fetched(shared, url, cookie)
                assert status == 404
                assert b"of-anna" not in body
                assert headers["cache-control"] == "no-store"

    asyncio.run(tried())


def test_it_is_computed_for_the_session_that_offers_it_only(shared: Installation) -> None:
    async def tried() -> None:
        async with tab(shared, shared.cookie(ANNA)) as page:
            file_id = await offered(page, video_of(shared, ANNA))
            for cookie in (shared.cookie(BORIS), "", shared.cookie(ANNA)):
                async with tab(shared, cookie) as other:
                    for session_id in (other.session_id, page.session_id):
                        assert await computed(other, file_id, session_id) == ""
            assert await computed(page, "made-up", page.session_id) == ""
            assert await computed(page, file_id, page.session_id), "its owner still can"

    asyncio.run(tried())


def test_it_is_gone_with_the_tab(shared: Installation) -> None:
    anna = shared.cookie(ANNA)

    async def tried() -> None:
        async with tab(shared, anna) as page:
            file_id = await offered(page, video_of(shared, ANNA))
            url = await computed(page, file_id, page.session_id)
            assert (await fetched(shared, url, anna))[0] == 200
        while (await fetched(shared, url, anna))[0] == 200:
            await asyncio.sleep(0.02)  # the server hears of it in a moment
        async with tab(shared, anna) as other:
            assert await computed(other, file_id, other.session_id) == ""

    asyncio.run(asyncio.wait_for(tried(), PATIENCE_SECONDS))

"""A fake TikTok that speaks the Display API v2 and its OAuth.

It holds state (`tiktok_world`), counts calls in a sliding window, rotates refresh tokens, and
takes a challenge only in hexadecimal. `script` says how the next answers of an endpoint fail;
`mangle` rewrites an answer; `before` and `after` are called, in a thread, around each call.
"""

import json
import math
import secrets
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.fakes import tiktok_consent
from tests.fakes.scripted import Said, spoken
from tests.fakes.serve import Stage, serve
from tests.fakes.tiktok_world import FIELDS_OF, SCOPES, Code, Person, Token, Video

STATUS = {
    "access_token_invalid": 401,
    "scope_not_authorized": 401,
    "scope_permission_missed": 400,
    "invalid_params": 400,
    "rate_limit_exceeded": 429,
    "internal_error": 500,
}
VIDEO_FIELDS = set(Video("1", 0).shown(0))


@dataclass(frozen=True)
class Call:
    """A call as it came in."""

    endpoint: str
    at: float
    query: dict[str, str]
    body: dict[str, Any]
    token: str | None


class Refused(Exception):
    """An error of the platform: its code, and for OAuth a description."""


class TikTok:
    """The platform. Its clock is the test's."""

    def __init__(self, clock: Callable[[], float], *people: Person) -> None:
        self.clock = clock
        self.people = list(people)
        self.present: Person | None = people[0] if people else None
        """Who is logged in where the consent page is opened."""
        self.client_key, self.client_secret = "awkey1234567890", "secret-of-the-app"
        self.redirect_uris = {"http://127.0.0.1:8501/connect"}
        self.app_scopes = set(SCOPES)
        self.access_lives, self.refresh_lives = 2 * 3_600, 180 * 86_400
        self.refresh_slides = True
        """Whether a renewal's refresh token lives its whole life anew, or ends with the consent."""
        self.limit, self.window = 600, 60.0
        self.oauth_status = 200
        """Of OAuth's errors."""
        self.page_limit = 20
        """Videos of a page at most, whatever was asked for."""
        self.stuck_at: int | None = None
        """Videos after which the cursor stands still while there is said to be more."""
        self.before: Callable[[Call], object] = lambda _call: None
        self.after: Callable[[Call], object] = lambda _call: None
        self.mangle: dict[str, Callable[[dict[str, Any]], Any]] = {}
        self.calls: list[Call] = []
        self.sent_away = 0
        """Calls answered with 429."""
        self.codes: dict[str, Code] = {}
        self.access: dict[str, Token] = {}
        self.refresh: dict[str, Token] = {}
        self._said: dict[str, deque[Said | str]] = defaultdict(deque)
        self._times: dict[str, deque[float]] = defaultdict(deque)
        self.app = Starlette(
            routes=[
                Route("/v2/auth/authorize/", self._authorize, methods=["GET", "POST"]),
                Route("/{path:path}", self._api, methods=["GET", "POST"]),
            ]
        )

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve it; gives its address, for the API and for the consent page."""
        with serve(self.app) as base:
            yield base

    @contextmanager
    def on(self, stage: Stage) -> Iterator[None]:
        """Let a server that runs already serve it."""
        stage.app = self.app
        yield
        stage.app = None

    def script(self, endpoint: str, *answers: Said | str) -> None:
        """How the next calls of ``endpoint`` are answered; a text is an error's code."""
        self._said[endpoint].extend(answers)

    def quieten(self) -> None:
        """Forget what was scripted and not used, and answer as usual."""
        self._said.clear()
        self.mangle.clear()

    def called(self, endpoint: str) -> list[Call]:
        """The calls of one endpoint."""
        return [call for call in self.calls if call.endpoint == endpoint]

    def grant(
        self, person: Person, scopes: tuple[str, ...] = SCOPES, until: float | None = None
    ) -> dict[str, Any]:
        """A new pair of tokens, as the token call answers with."""
        now = self.clock()
        ends = now + self.refresh_lives if until is None else until
        access, refresh = f"act.{secrets.token_hex(16)}!4521.va", f"rft.{secrets.token_hex(16)}.va"
        self.access[access] = Token(person, scopes, now + self.access_lives)
        self.refresh[refresh] = Token(person, scopes, ends)
        return {
            "access_token": access,
            "expires_in": self.access_lives,
            "open_id": person.open_id,
            "refresh_expires_in": int(ends - now),
            "refresh_token": refresh,
            "scope": ",".join(scopes),
            "token_type": "Bearer",
        }

    def end_consent(self, person: Person) -> None:
        """The person takes the access back."""
        for tokens in (self.access, self.refresh):
            for one in [name for name, token in tokens.items() if token.person is person]:
                del tokens[one]

    async def _authorize(self, request: Request) -> Response:
        form = tiktok_consent.form_of(await request.body())
        asked = dict(request.query_params)
        if asked.get("client_key") != self.client_key:
            return HTMLResponse("<p>Something went wrong: client_key</p>", 400)
        if asked.get("redirect_uri") not in self.redirect_uris:
            return HTMLResponse("<p>Something went wrong: redirect_uri</p>", 400)
        wanted = tuple(asked.get("scope", "").split(","))
        assert self.present is not None
        if asked.get("response_type") != "code":
            return self._back(asked, error="unsupported_response_type")
        if not set(wanted) <= self.app_scopes:
            return self._back(asked, error="invalid_scope")
        if not self.present.target:
            return self._back(asked, error="access_denied", error_type="non_sandbox_target")
        if request.method == "GET":
            name = self.present.display_name
            return HTMLResponse(tiktok_consent.page("Truegrowth", name, wanted, asked))
        if form.get("answer") != ["allow"]:
            return self._back(asked, error="access_denied", error_description="User cancelled")
        granted = tuple(scope for scope in wanted if scope in form.get("granted", []))
        code = f"{secrets.token_hex(12)}*2!4512.va"
        challenge = asked.get("code_challenge", "")
        self.codes[code] = Code(
            self.present, granted, challenge, asked["redirect_uri"], self.clock() + 600
        )
        return self._back(asked, code=code, scopes=",".join(granted))

    def _back(self, asked: dict[str, str], **told: str) -> Response:
        told["state"] = asked.get("state", "")
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(told)}", 303)

    async def _api(self, request: Request) -> Response:
        endpoint = request.url.path.strip("/").removeprefix("v2/")
        call = await self._noted(request, endpoint)
        await run_in_threadpool(self.before, call)
        said = self._said[endpoint].popleft() if self._said[endpoint] else None
        true = None
        if not isinstance(said, Said) or said.is_true:
            true = self._answer(call, said if isinstance(said, str) else None)
        await run_in_threadpool(self.after, call)
        if isinstance(said, Said):
            return await spoken(said, true, request)
        assert true is not None
        return true

    async def _noted(self, request: Request, endpoint: str) -> Call:
        raw = await request.body()
        kind = request.headers.get("content-type", "")
        body: Any = {}
        if kind.startswith("application/x-www-form-urlencoded"):
            body = dict(parse_qsl(raw.decode(), keep_blank_values=True))
        elif kind.startswith("application/json"):
            body = json.loads(raw)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        query = dict(parse_qsl(urlsplit(str(request.url)).query))
        call = Call(endpoint, self.clock(), query, body, token if scheme == "Bearer" else None)
        self.calls.append(call)
        return call

    def _answer(self, call: Call, code: str | None) -> Response:
        oauth = call.endpoint.startswith("oauth/")
        headers = {}
        try:
            if (wait := self._turned_away(call.endpoint)) is not None:
                headers["retry-after"] = str(wait)
                raise Refused("rate_limit_exceeded")
            if code is not None:
                raise Refused(code)
            if call.endpoint == "oauth/revoke":
                self._revoke(call)
                return Response(status_code=200)
            if call.endpoint not in _ENDPOINTS:
                raise Refused("invalid_params", "No such endpoint.")
            data = _ENDPOINTS[call.endpoint](self, call)
            said = data if oauth else {"data": data, "error": _error("ok")}
            status = 200
        except Refused as refused:
            code, about = str(refused.args[0]), str(refused.args[-1])
            flat = {"error": code, "error_description": about, "log_id": "20261122"}
            said = flat if oauth else {"data": {}, "error": _error(code)}
            status = self.oauth_status if oauth else STATUS.get(code, 400)
            status = 429 if code == "rate_limit_exceeded" else status
        if call.endpoint in self.mangle:
            said = self.mangle[call.endpoint](said)
        return JSONResponse(said, status, headers)

    def _turned_away(self, endpoint: str) -> int | None:
        """Seconds to wait, if the window is full."""
        now, times = self.clock(), self._times[endpoint]
        while times and times[0] <= now - self.window:
            times.popleft()
        if len(times) >= self.limit:
            self.sent_away += 1
            return max(1, math.ceil(times[0] + self.window - now))
        times.append(now)
        return None

    def _app(self, form: dict[str, Any]) -> None:
        given = form.get("client_key"), form.get("client_secret")
        if given != (self.client_key, self.client_secret):
            raise Refused("invalid_client", "Client key or secret is incorrect.")

    def _token(self, call: Call) -> dict[str, Any]:
        form = call.body
        self._app(form)
        if form.get("grant_type") == "authorization_code":
            code = self.codes.pop(form.get("code", ""), None)
            if code is None or code.until <= self.clock():
                raise Refused("invalid_grant", "Authorization code is expired.")
            if form.get("redirect_uri") != code.redirect_uri:
                raise Refused("invalid_request", "Redirect_uri is not matched.")
            if not code.fits(form.get("code_verifier", "")):
                raise Refused("invalid_request", "Code verifier or code challenge is invalid.")
            return self.grant(code.person, code.scopes)
        if form.get("grant_type") == "refresh_token":
            old = self.refresh.pop(form.get("refresh_token", ""), None)
            if old is None or old.until <= self.clock():
                raise Refused("invalid_grant", "Refresh token is invalid or expired.")
            return self.grant(old.person, old.scopes, None if self.refresh_slides else old.until)
        raise Refused("unsupported_grant_type")

    def _revoke(self, call: Call) -> None:
        self._app(call.body)
        token = self.access.get(call.body.get("token", ""))
        if token is None or token.until <= self.clock():
            raise Refused("invalid_grant", "Access token is invalid or expired.")
        self.end_consent(token.person)

    def _holder(self, call: Call) -> Token:
        token = self.access.get(call.token or "")
        if token is None or token.until <= self.clock():
            raise Refused("access_token_invalid")
        return token

    def _user_info(self, call: Call) -> dict[str, Any]:
        token, wanted = self._holder(call), _wanted(call, set().union(*FIELDS_OF.values()))
        for scope, names in FIELDS_OF.items():
            if wanted & names and scope not in self.app_scopes:
                raise Refused("invalid_scope")
            if wanted & names and scope not in token.scopes:
                raise Refused("scope_not_authorized")
        return {"user": _only(token.person.shown(), wanted)}

    def _video_list(self, call: Call) -> dict[str, Any]:
        token, wanted = self._of_videos(call), _wanted(call, VIDEO_FIELDS)
        size, cursor = call.body.get("max_count", 10), call.body.get("cursor")
        if type(size) is not int or not 1 <= size <= 20 or type(cursor) not in (int, type(None)):
            raise Refused("invalid_params")
        every = token.person.listed()
        rest = [one for one in every if cursor is None or one.published_at * 1000 < cursor]
        shown = rest[: min(size, self.page_limit)]
        last = shown[-1].published_at * 1000 if shown else cursor or 0
        more = len(rest) > len(shown)
        if self.stuck_at is not None and len(every) - len(rest) >= self.stuck_at:
            shown, last, more = [], cursor or 0, True
        now = int(self.clock())
        videos = [_only(one.shown(now), wanted) for one in shown]
        return {"videos": videos, "cursor": last, "has_more": more}

    def _video_query(self, call: Call) -> dict[str, Any]:
        token, wanted = self._of_videos(call), _wanted(call, VIDEO_FIELDS)
        names = call.body.get("filters", {}).get("video_ids")
        if not isinstance(names, list) or not 1 <= len(names) <= 20:
            raise Refused("invalid_params")
        now = int(self.clock())
        found = [one for one in token.person.videos if one.there and one.id in names]
        return {"videos": [_only(one.shown(now), wanted) for one in found]}

    def _of_videos(self, call: Call) -> Token:
        token = self._holder(call)
        if "video.list" not in token.scopes:
            raise Refused("scope_not_authorized")
        return token


_ENDPOINTS: dict[str, Callable[[TikTok, Call], dict[str, Any]]] = {
    "oauth/token": TikTok._token,
    "user/info": TikTok._user_info,
    "video/list": TikTok._video_list,
    "video/query": TikTok._video_query,
}


def _wanted(call: Call, known: set[str]) -> set[str]:
    wanted = set(call.query.get("fields", "").split(","))
    if not wanted <= known:
        raise Refused("invalid_params")
    return wanted


def _only(shown: dict[str, object], wanted: set[str]) -> dict[str, object]:
    return {name: value for name, value in shown.items() if name in wanted}


def _error(code: str) -> dict[str, str]:
    return {"code": code, "message": "" if code == "ok" else code, "log_id": "20261122"}

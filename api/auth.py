"""Who calls: the one place where a request becomes a user.

Every handler takes the session of the caller as an argument, and every query binds its ``user_id``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVarTuple

from fastapi import Depends, HTTPException, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context
from api.responses import EncodedResponse, encode
from snapshot_core.identity.api_tokens import NOTE, READ, SNAPSHOT, TAG, claim
from snapshot_core.session import Session

Arguments = TypeVarTuple("Arguments")

ALLOWANCE: Final = "truegrowth.allowance"
"""Where in the scope of a request its session's `rate_limit.Allowance` is left for the answer."""

_scheme = HTTPBearer(
    auto_error=False,
    bearerFormat="tg_<user>_<number>_<secret>",
    description="A token from the Settings page, or from `python -m snapshot_core token create`.",
)
Given = Annotated[HTTPAuthorizationCredentials | None, Security(_scheme)]

MISSING: Final = "This needs a token: send it as `Authorization: Bearer <token>`."
WRONG: Final = "This token is not valid: it is mistyped, has ended or was revoked. Use another one."


@dataclass(frozen=True, slots=True)
class ApiSession(Session):
    """The session of a request; its accounts are those of within the last second."""

    state: bytes
    """Changes whenever anything about the accounts does."""
    context: Context
    request: Request

    @property
    def cache_key(self) -> tuple[Any, ...]:
        """What a response depends on beside the request: it is cached for as long as this stays."""
        return self.user.user_id, self.state, self.now // 60

    async def answer(
        self, document: Callable[["ApiSession", *Arguments], object], *arguments: *Arguments
    ) -> Response:
        """``document`` of this session and ``arguments``, cached; 304 where the client has it."""
        answers, key = self.context.answers, (*self.cache_key, document, *arguments)

        def compute() -> EncodedResponse:
            return answers.get_or_compute(key, lambda: encode(document(self, *arguments)))

        encoded = answers.get(key)
        if encoded is None:
            encoded = await self.context.read(compute)
        return encoded.reply(self.request)

    async def answer_uncached(self, compute: Callable[[], EncodedResponse]) -> Response:
        """What ``compute`` gives now; 304 where the client has it."""
        return (await self.context.read(compute)).reply(self.request)


async def reader(request: Request, given: Given) -> ApiSession:
    """Whoever shows a token with the scope ``read``."""
    return await _caller(request, given, READ)


async def snapshooter(request: Request, given: Given) -> ApiSession:
    """Whoever shows a token with the scope ``snapshot``."""
    return await _caller(request, given, SNAPSHOT)


async def note_writer(request: Request, given: Given) -> ApiSession:
    """Whoever shows a token with the scope ``note``."""
    return await _caller(request, given, NOTE)


async def tagger(request: Request, given: Given) -> ApiSession:
    """Whoever shows a token with the scope ``tag``."""
    return await _caller(request, given, TAG)


async def anyone(request: Request, given: Given) -> ApiSession | None:
    """Anybody; None where no token is shown. One that is shown must be good."""
    if "authorization" not in request.headers:
        return None
    return await _caller(request, given, READ)


Reader = Annotated[ApiSession, Depends(reader)]
Snapshooter = Annotated[ApiSession, Depends(snapshooter)]
NoteWriter = Annotated[ApiSession, Depends(note_writer)]
Tagger = Annotated[ApiSession, Depends(tagger)]
Anyone = Annotated[ApiSession | None, Depends(anyone)]


async def _caller(
    request: Request, given: HTTPAuthorizationCredentials | None, scope: str
) -> ApiSession:
    if given is None:
        raise HTTPException(401, MISSING, {"WWW-Authenticate": 'Bearer realm="truegrowth"'})
    context: Context = request.app.state.context
    now = context.clock()
    claimed = claim(given.credentials)
    known = await context.tokens.find(claimed, now) if claimed else None
    if known is None:
        challenge = 'Bearer realm="truegrowth", error="invalid_token"'
        raise HTTPException(401, WRONG, {"WWW-Authenticate": challenge})
    bearer = known.bearer
    token = bearer.user.user_id, bearer.token.token_id
    allowance = context.limits.take(token, now)
    request.scope[ALLOWANCE] = allowance
    context.tokens.used(bearer, now)
    if allowance.left < 0:
        detail = f"This token may make {allowance.limit:,} calls a minute. Wait for the next one."
        raise HTTPException(429, detail, {"Retry-After": str(allowance.reset)})
    if scope not in bearer.scopes:
        challenge = f'Bearer realm="truegrowth", error="insufficient_scope", scope="{scope}"'
        detail = f"This token has not the scope {scope!r}. Make one that has it."
        raise HTTPException(403, detail, {"WWW-Authenticate": challenge})
    user, accounts, state = bearer.user, known.accounts, known.state
    return ApiSession(
        context.settings, context.store, context.clock, now, user, accounts, state, context, request
    )

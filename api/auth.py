"""Who calls: the one place where a request becomes a user.

Every handler takes the session of the caller as an argument, and every query binds its ``user_id``.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, HTTPException, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from api.context import context_of
from snapshot_core.identity.api_tokens import READ, SNAPSHOT, claim
from snapshot_core.session import Session
from snapshot_core.store.accounts import Account

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
    """Changes with anything of the accounts."""

    @property
    def cache_key(self) -> tuple[Any, ...]:
        """What an answer depends on beside the question: it is kept for as long as this stays."""
        return self.user.user_id, self.state, self.now // 60

    def asked(self, name: str | None) -> Account | None:
        """The account called ``name``; without a name the only one there is, or None for all.

        Raises `NotFound`.
        """
        if name is None:
            return self.accounts[0] if len(self.accounts) == 1 else None
        return self.account(name)

    def chosen(self, name: str | None) -> list[Account]:
        """The account called ``name``, or each there is. Raises `NotFound`.

        For what is told of accounts one by one, as on the Health page.
        """
        account = self.asked(name)
        return list(self.accounts) if account is None else [account]


async def reader(request: Request, given: Given) -> ApiSession:
    """Whoever shows a token with the scope ``read``."""
    return await _caller(request, given, READ)


async def snapshooter(request: Request, given: Given) -> ApiSession:
    """Whoever shows a token with the scope ``snapshot``."""
    return await _caller(request, given, SNAPSHOT)


async def anyone(request: Request, given: Given) -> ApiSession | None:
    """Anybody; None where no token is shown. One that is shown must be good."""
    if "authorization" not in request.headers:
        return None
    return await _caller(request, given, READ)


Reader = Annotated[ApiSession, Depends(reader)]
Snapshooter = Annotated[ApiSession, Depends(snapshooter)]
Anyone = Annotated[ApiSession | None, Depends(anyone)]


async def _caller(
    request: Request, given: HTTPAuthorizationCredentials | None, scope: str
) -> ApiSession:
    if given is None:
        raise HTTPException(401, MISSING, {"WWW-Authenticate": 'Bearer realm="truegrowth"'})
    context = context_of(request)
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
        message = f"This token may make {allowance.limit:,} calls a minute. Wait for the next one."
        raise HTTPException(429, message, {"Retry-After": str(allowance.reset)})
    if scope not in bearer.scopes:
        challenge = f'Bearer realm="truegrowth", error="insufficient_scope", scope="{scope}"'
        message = f"This token has not the scope {scope!r}. Make one that has it."
        raise HTTPException(403, message, {"WWW-Authenticate": challenge})
    return ApiSession(
        context.settings,
        context.store,
        context.clock,
        now,
        bearer.user,
        known.accounts,
        known.state,
    )

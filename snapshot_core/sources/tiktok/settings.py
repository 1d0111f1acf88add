"""The settings of TikTok's API: the app that a self-hoster has made."""

from dataclasses import dataclass

from snapshot_core.settings import parsers
from snapshot_core.settings.declaration import setting


@dataclass(frozen=True, slots=True)
class TikTokSettings:
    """Addresses are without a slash at the end."""

    client_key: str | None = setting(
        "TRUEGROWTH_TIKTOK_CLIENT_KEY",
        str,
        "client key of your TikTok app: see [the guide](tiktok-app.md)",
    )
    client_secret: str | None = setting(
        "TRUEGROWTH_TIKTOK_CLIENT_SECRET", str, "client secret of your TikTok app", secret=True
    )
    redirect_uri: str | None = setting(
        "TRUEGROWTH_TIKTOK_REDIRECT_URI",
        parsers.address,
        "where TikTok sends the browser back to, exactly as registered with the app; without it, "
        "the address that the browser has the dashboard at, with `/connect`",
    )
    api_base: str = setting(
        "TRUEGROWTH_TIKTOK_API_BASE",
        parsers.base_address,
        "TikTok's API",
        default="https://open.tiktokapis.com",
    )
    auth_base: str = setting(
        "TRUEGROWTH_TIKTOK_AUTH_BASE",
        parsers.base_address,
        "TikTok's consent page",
        default="https://www.tiktok.com",
    )

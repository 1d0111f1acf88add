"""A real OpenID Connect provider on loopback, and the settings of an installation that uses it."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from tests.support.ports import wait_for
from tests.support.waiting import PATIENCE_SECONDS

CLIENT, SECRET = "truegrowth-tests", "client-secret-of-the-tests-8c1f"


@dataclass
class Provider:
    """The provider: whoever types a subject into its form is that person."""

    address: str

    def person(self, subject: str, **claims: object) -> None:
        """Somebody it knows, with the claims it makes of them."""
        body = json.dumps({"email_verified": True, **claims}).encode()
        request = urllib.request.Request(
            f"{self.address}/users/{quote(subject)}",
            body,
            {"Content-Type": "application/json"},
            method="PUT",
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS):
            pass

    def settings(self, port: int, allowed: str, **more: str) -> dict[str, str]:
        """The environment of a dashboard on ``port`` that ``allowed`` people may use."""
        return {
            "TRUEGROWTH_OIDC_METADATA_URL": f"{self.address}/.well-known/openid-configuration",
            "TRUEGROWTH_OIDC_CLIENT_ID": CLIENT,
            "TRUEGROWTH_OIDC_CLIENT_SECRET": SECRET,
            "TRUEGROWTH_OIDC_REDIRECT_URI": f"http://127.0.0.1:{port}/oauth2callback",
            "TRUEGROWTH_ALLOWED_USERS": allowed,
            **more,
        }


@contextmanager
def provider(port: int) -> Iterator[Provider]:
    """A provider on ``port`` whose ID tokens are good for an hour, or until a person's ``exp``."""
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "-e", "3600"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/.well-known/openid-configuration", running, 60)
            yield Provider(address)
        finally:
            running.terminate()

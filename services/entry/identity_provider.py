"""Signing in by OpenID Connect: where a browser is sent, and who comes back."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from itsdangerous import BadData, URLSafeSerializer
from joserfc.errors import JoseError
from pydantic import SecretStr
from starlette.requests import Request

from services.access.people import person_id
from services.entry.cookies import BEGUN_S
from services.entry.door import UnusableNameError, person_of
from services.platform.settings import Settings

BACK: Final = "/sign-in/provider/back"
"""Where the provider sends people back to."""

ANSWER_TIMEOUT_S: Final = 10.0
"""How long the provider may take for each answer; it takes tens of milliseconds."""

ASKED_MAX: Final = 16
"""People for whom the provider is asked at the same time; others wait."""

COOKIE_CHARACTERS_MAX: Final = 4_096
"""The longest cookie that is read, which is the longest that browsers keep."""

GROUPS_MAX: Final = 1_000
"""Groups of one person that are looked at."""

SCOPES: Final = ("openid", "profile", "groups")
"""What is asked for, as far as the provider has it."""

NONCE_BYTES: Final = 24
"""Random bytes that tie an ID token to a beginning. Of itself Authlib takes fewer than 128 bits."""

SIGNED_BY: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures that are taken, each with a key of the provider's own. Some providers offer `none`."""


class ProviderError(Exception):
    """Somebody could not be signed in; the message says why, for them and the audit."""


class ProviderAwayError(Exception):
    """The provider does not answer as it should."""


class Person(NamedTuple):
    """Who has come back: their id, which never changes, their name, and the groups they are in."""

    id: str
    name: str
    groups: tuple[str, ...]


class IdentityProvider:
    """The code flow with PKCE, by Authlib, which checks state, nonce and ID token.

    What a browser has begun is in a signed cookie of its own, so any process can finish it.
    `clock` returns the time.
    """

    def __init__(
        self, settings: Settings, secret: SecretStr, clock: Callable[[], datetime]
    ) -> None:
        self._issuer = settings.oidc_issuer
        self._back = f"{settings.entry_url}{BACK}"
        self._clock = clock
        self._asking = asyncio.Semaphore(ASKED_MAX)
        self._serializer = URLSafeSerializer(
            secret.get_secret_value(),
            salt="livecount sign-in at a provider",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
        self._client: StarletteOAuth2App = OAuth().register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            server_metadata_url=f"{self._issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"code_challenge_method": "S256", "timeout": ANSWER_TIMEOUT_S},
        )

    async def begin(self, request: Request) -> tuple[str, str]:
        """Returns where to send a browser, and what its cookie is to have.

        Raises ProviderAwayError.
        """
        request.scope["session"] = {}
        try:
            metadata = await self._metadata()
            offered = metadata.get("scopes_supported") or SCOPES
            scope = " ".join(each for each in SCOPES if each in offered)
            answer = await self._client.authorize_redirect(
                request, self._back, scope=scope, nonce=secrets.token_urlsafe(NONCE_BYTES)
            )
        except (AuthlibBaseError, httpx2.HTTPError, ValueError, RuntimeError) as error:
            raise ProviderAwayError(str(error) or repr(error)) from error
        begun = {"at_s": int(self._clock().timestamp()), "session": request.session}
        sealed: str | bytes = self._serializer.dumps(begun)
        return answer.headers["location"], sealed if isinstance(sealed, str) else sealed.decode()

    async def finish(self, request: Request, cookie: str) -> Person:
        """Returns who has come back with a request. Raises ProviderError and ProviderAwayError."""
        request.scope["session"] = self._begun(cookie)
        async with self._asking:
            try:
                await self._metadata()
                token = await self._client.authorize_access_token(request)
                claims = dict(token.get("userinfo") or {})
                if claims and "groups" not in claims:
                    claims |= await self._more(token, claims)
            except httpx2.HTTPError as error:
                raise ProviderAwayError(str(error) or repr(error)) from error
            except (AuthlibBaseError, JoseError, ValueError, KeyError, RuntimeError) as error:
                raise ProviderError(f"the provider's answer is not taken: {error!s}") from error
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject:
            raise ProviderError("the provider's answer is not taken: it names nobody")
        return _person(person_id(self._issuer, subject), claims)

    def _begun(self, cookie: str) -> dict[str, Any]:
        """Returns what a browser has begun; raises ProviderError if not here, or long ago."""
        presented = cookie[:COOKIE_CHARACTERS_MAX].encode("utf-8", "replace")
        try:
            begun = self._serializer.loads(presented)
            if begun["at_s"] + BEGUN_S > self._clock().timestamp():
                return dict(begun["session"])
        except (BadData, KeyError, TypeError) as error:
            raise ProviderError("this browser has not begun to sign in here; begin anew") from error
        raise ProviderError("signing in took too long; begin anew")

    async def _metadata(self) -> Mapping[str, Any]:
        """Returns what the provider says of itself, asked once.

        Of the signatures that it offers only those by its own keys stay. Raises ValueError if it
        is another, and httpx2.HTTPError.
        """
        metadata: dict[str, Any] = await self._client.load_server_metadata()
        if metadata.get("issuer") != self._issuer:
            raise ValueError(f"the provider names itself {metadata.get('issuer')!r}")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [
            each for each in offered if each in SIGNED_BY
        ] or ["RS256"]
        return metadata

    async def _more(self, token: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
        """Returns what the provider says of somebody beside their ID token, if it is of them."""
        if "userinfo_endpoint" not in await self._metadata():
            return {}
        found = dict(await self._client.userinfo(token=token))
        if found.get("sub") != claims.get("sub"):
            raise ValueError("the user info is somebody else's")
        return found


def _person(own_id: str, claims: Mapping[str, Any]) -> Person:
    groups = claims.get("groups")
    listed = groups[:GROUPS_MAX] if isinstance(groups, list) else ()
    for field in ("name", "preferred_username"):
        # Directories write departments in brackets, in which the log has the id.
        text = str(claims.get(field) or "").replace("(", "").replace(")", "")
        try:
            name = person_of(text)
            break
        except UnusableNameError:
            continue
    else:
        name = own_id
    return Person(own_id, name, tuple(each for each in listed if isinstance(each, str)))

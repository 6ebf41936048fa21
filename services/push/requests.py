"""What readers' pages send, and what they are answered."""

from __future__ import annotations

from typing import Annotated, Final

from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid.utils import b64urldecode
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from schemas.base import Model
from schemas.push_subscription import ABOUT_MAX, ENDPOINT_CHARACTERS_MAX, Following

BODY_MAX_BYTES: Final = 16_384
"""A subscription has some 600 bytes, and fifty things to follow have 14 kB at most."""


def _check_point(key: str) -> str:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b64urldecode(key.encode()))
    except ValueError as error:
        raise ValueError("not a public key of P-256") from error
    return key


Endpoint = Annotated[str, Field(max_length=ENDPOINT_CHARACTERS_MAX, pattern=r"^https?://[!-~]+$")]
Secret = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}={0,2}$")]


class BrowserKeys(BaseModel):
    """The keys of a browser's subscription (RFC 8291)."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", hide_input_in_errors=True)

    p256dh: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9_-]{87}={0,1}$"), AfterValidator(_check_point)
    ] = Field(description="The browser's public key, in base64url.")
    auth: Secret = Field(description="The browser's secret, in base64url.")


class BrowserSubscription(BaseModel):
    """A browser's `PushSubscription`, as its `toJSON()` gives it. What else is in it is ignored."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", hide_input_in_errors=True)

    endpoint: Endpoint = Field(description="Where the browser is reached.")
    keys: BrowserKeys


class _Request(Model):
    """A body, of which no secret is shown when it is refused."""

    model_config = ConfigDict(hide_input_in_errors=True)


class Subscribe(_Request):
    """Follows something, besides what the browser follows already, or with other kinds."""

    subscription: BrowserSubscription
    following: tuple[Following, ...] = Field(min_length=1, max_length=ABOUT_MAX)
    rehearsal: bool = Field(
        default=False,
        description="Whether the reader knows that this is a rehearsal; needed where it is one.",
    )


class Mine(_Request):
    """Whose subscription it is: only the browser and push know its secret."""

    endpoint: Endpoint
    auth: Secret


class Unsubscribe(Mine):
    """Ends following something, or everything."""

    about: Annotated[str, Field(max_length=250)] | None = Field(
        default=None, description="What is followed no more; everything if it is left out."
    )


class Renew(_Request):
    """A browser has made a new subscription in place of an old one, and follows the same."""

    old: Mine
    subscription: BrowserSubscription


class Followed(Model):
    """What a browser follows now."""

    following: tuple[Following, ...]


class Key(Model):
    """What a page needs before it can ask the browser to subscribe."""

    key: str = Field(description="The public key (VAPID), in base64url: `applicationServerKey`.")
    rehearsal: bool = Field(description="Whether notifications are those of a rehearsal.")


class Refused(Model):
    """Why a request was not carried out."""

    detail: str


def model_of(given: BrowserSubscription) -> dict[str, str]:
    """Returns endpoint and keys as `PushSubscription` has them, without padding."""
    return {
        "endpoint": given.endpoint,
        "p256dh": given.keys.p256dh.rstrip("="),
        "auth": given.keys.auth.rstrip("="),
    }

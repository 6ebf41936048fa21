"""The settings of traces."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, SecretStr


def check_traces_url(url: str) -> str:
    """Returns the address of a collector without a slash at its end; an empty one stays empty.

    Raises ValueError if it is none.
    """
    remedy = "give such as http://127.0.0.1:4318"
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError(f"{error}; {remedy}") from error
    if not url:
        return url
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"no address that begins with http:// or https://; {remedy}")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(
            f"has more than scheme, host and path; {remedy}, and a secret as LIVECOUNT_TRACES_TOKEN"
        )
    return url.rstrip("/")


class TraceSettings(BaseModel):
    """What a newsroom can set of traces."""

    traces_url: Annotated[str, AfterValidator(check_traces_url)] = Field(
        default="",
        description="The address of an OpenTelemetry collector to which traces are sent (OTLP over"
        " HTTP, `/v1/traces` is added), such as `http://127.0.0.1:4318`. If unset there are none.",
    )
    traces_token: SecretStr = Field(
        default=SecretStr(""),
        description="The bearer token that the collector asks for, if it does; for a secret file.",
    )

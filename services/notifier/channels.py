"""Channels: who is told what, and where, from one TOML file."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from schemas.alert import Kind
from schemas.base import Model
from services.platform.refusal import refusals

CHANNELS_MAX = 200
"""Channels of one notifier; each holds a queue and a connection."""


class ChannelsError(ValueError):
    """A channels file that cannot be used. Holds every fault found, a line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Channel(Model):
    """One receiver. It is live, and never given rehearsal alerts, unless marked otherwise."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
    url: str = Field(default="", repr=False, description="An Apprise URL, such as console://.")
    webhook: str = Field(default="", repr=False, description="An http(s) URL that takes JSON.")
    secret: str = Field(default="", repr=False, description="Signs the webhook; whsec_ and base64.")
    rehearsal: bool = Field(default=False, description="Takes rehearsal alerts as well.")
    kinds: tuple[Kind, ...] = Field(default=(), description="Empty: all kinds.")
    councils: tuple[str, ...] = Field(
        default=(), description="Ids, GSS codes or names, as `barnet`; empty: all."
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if bool(self.url) == bool(self.webhook):
            raise ValueError("url: give either url or webhook")
        if self.webhook and not self.webhook.startswith(("http://", "https://")):
            raise ValueError("webhook: no http:// or https:// URL; for others use url")
        if self.secret and not self.webhook:
            raise ValueError("secret: signs webhooks alone; leave it out")
        return self

    def summary(self) -> str:
        """Returns in words what the channel is given; never its URL, which can hold a secret."""
        how = "signed webhook" if self.secret else "webhook" if self.webhook else "Apprise"
        modes = "live and rehearsal" if self.rehearsal else "live"
        kinds = ", ".join(self.kinds) or "all kinds"
        councils = ", ".join(self.councils) or "all councils"
        return f"{how}; {modes}; {kinds}; {councils}"


CONSOLE = Channel(name="console", url="console://", rehearsal=True)
"""What a newcomer has: lines on standard output, rehearsals included."""

_CHANNEL: TypeAdapter[Channel] = TypeAdapter(Channel)


def load_channels(
    file: Path | None, environment: Mapping[str, str] = os.environ
) -> tuple[Channel, ...]:
    """Returns the channels of a TOML file, in its order; the console alone without a file.

    A url, webhook or secret that reads `env:NAME` or `file:PATH` is taken from that variable
    or file. Raises ChannelsError with every fault found.
    """
    if file is None:
        return (CONSOLE,)
    tables = _tables(file)
    faults: list[str] = []
    channels: list[Channel] = []
    for place, table in enumerate(tables, 1):
        label = f"{file}: channel {table.get('name', place)!r}"
        try:
            channels.append(_CHANNEL.validate_json(json.dumps(_resolved(table, environment))))
        except ValidationError as error:
            faults += [f"{label}: {refusal}" for refusal in refusals(error)]
        except (OSError, KeyError, TypeError) as error:
            faults.append(f"{label}: {error.args[0] if error.args else error}")
    names = [channel.name for channel in channels]
    faults += [
        f"{file}: channel {name!r}: name is used twice; give each channel its own"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if faults:
        raise ChannelsError(faults)
    return tuple(channels)


def _tables(file: Path) -> list[dict[str, Any]]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ChannelsError([f"{file}: {error}"]) from error
    tables = content.pop("channels", [])
    faults = [f"{file}: {key}: unknown; write [[channels]] tables" for key in content]
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        faults.append(f"{file}: channels: write each channel as a [[channels]] table")
    elif not 1 <= len(tables) <= CHANNELS_MAX:
        faults.append(f"{file}: {len(tables)} channels; give 1 to {CHANNELS_MAX}")
    if faults:
        raise ChannelsError(faults)
    return list(tables)


def _resolved(table: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Returns a table with its secrets in place of the references to them."""
    resolved = dict(table)
    for field in ("url", "webhook", "secret"):
        reference = str(table.get(field, ""))
        if reference.startswith("env:"):
            variable = reference.removeprefix("env:")
            if variable not in environment:
                raise KeyError(f"{field}: environment variable {variable} is not set; set it")
            resolved[field] = environment[variable]
        elif reference.startswith("file:"):
            path = Path(reference.removeprefix("file:"))
            try:
                resolved[field] = path.read_text(encoding="utf-8").strip()
            except OSError as error:
                raise OSError(f"{field}: {path} cannot be read: {error.strerror}") from error
    return resolved

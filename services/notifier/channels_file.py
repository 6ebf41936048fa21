"""The channels file: TOML with one [[channels]] table for each channel."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from schemas.refusal import refusals
from services.notifier.channels import CONSOLE, Channel

CHANNELS_MAX = 200
"""Channels of one notifier; each has its queues and connections."""

FILE_MAX_BYTES = 1_048_576
"""The largest file, 1 MiB: 5 kB for each channel, several times what one has."""

SECRET_MAX_BYTES = 16_384
"""The largest secret in a file: a webhook's address has some hundred characters."""

_CHANNEL: TypeAdapter[Channel] = TypeAdapter(Channel)


class ChannelsError(ValueError):
    """A channels file that cannot be used. `faults` are all that were found, one line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load_channels(
    file: Path | None, environment: Mapping[str, str] = os.environ
) -> tuple[Channel, ...]:
    """Returns the channels of a TOML file in its order; without a file, only the console.

    A url, webhook or secret of the form `env:NAME` or `file:PATH` is read from that variable or
    file. A `page_url` above the tables applies to every channel without its own. Raises
    ChannelsError with every fault found.
    """
    if file is None:
        return (CONSOLE,)
    common, tables = _read(file)
    faults: list[str] = []
    channels: list[Channel] = []
    for number, table in enumerate(tables, 1):
        label = f"{file}: channel {table.get('name', number)!r}"
        try:
            resolved = _resolved(common | table, environment)
            channels.append(_CHANNEL.validate_json(json.dumps(resolved)))
        except ValidationError as error:
            faults += [f"{label}: {refusal}" for refusal in refusals(error)]
        except (OSError, LookupError) as error:
            faults.append(f"{label}: {error.args[0]}")
        except TypeError as error:
            faults.append(f"{label}: {error}; write text, numbers or lists")
    names = [channel.name for channel in channels]
    faults += [
        f"{file}: channel {name!r}: name is used twice; give each channel its own"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if faults:
        raise ChannelsError(faults)
    return tuple(channels)


def _read(file: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Returns the fields that apply to all channels, and the table of each channel."""
    try:
        content = tomllib.loads(_text(file, FILE_MAX_BYTES))
    except (OSError, ValueError) as error:
        raise ChannelsError([f"{file}: {error}"]) from error
    except RecursionError as error:
        raise ChannelsError([f"{file}: nested too deeply; this is no file of channels"]) from error
    tables = content.pop("channels", [])
    common = {"page_url": content.pop("page_url")} if "page_url" in content else {}
    faults = [f"{file}: {key}: unknown; write [[channels]] tables" for key in content]
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        faults.append(f"{file}: channels: write each channel as a [[channels]] table")
    elif not faults and not 1 <= len(tables) <= CHANNELS_MAX:
        faults.append(f"{file}: {len(tables)} channels; give 1 to {CHANNELS_MAX}")
    if faults:
        raise ChannelsError(faults)
    return common, list(tables)


def _resolved(table: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Returns a table with the references to secrets replaced by the secrets."""
    resolved = dict(table)
    for field in ("url", "webhook", "secret"):
        reference = str(table.get(field, ""))
        if reference.startswith("env:"):
            variable = reference.removeprefix("env:")
            if variable not in environment:
                raise LookupError(f"{field}: environment variable {variable} is not set; set it")
            resolved[field] = environment[variable]
        elif reference.startswith("file:"):
            path = Path(reference.removeprefix("file:"))
            try:
                resolved[field] = _text(path, SECRET_MAX_BYTES).strip()
            except OSError as error:
                raise OSError(f"{field}: {path} cannot be read: {error.strerror}") from error
            except ValueError as error:
                raise OSError(f"{field}: {path} is no secret: {error}") from error
    return resolved


def _text(file: Path, most_bytes: int) -> str:
    """Returns the text of a file. Raises OSError, and ValueError if it is too large or no UTF-8."""
    with file.open("rb") as opened:
        content = opened.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise ValueError(f"more than {most_bytes} bytes; name another file")
    return content.decode()

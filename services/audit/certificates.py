"""Certificates found by alert, in an archive or in Redis, and given to the checker."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from checker.check import MALFORMED, Log, check
from services.platform import redis
from services.platform.accounts import load_account_settings
from services.platform.names import Keys

_ALERT_ID: Final = re.compile("[0-9a-f]{32}")

LOG: Final = Path("log") / "declarations.jsonl"
ALERTS: Final = Path("alerts.jsonl")
"""Where an archive has its log and its alerts."""


class CertificatesError(Exception):
    """A certificate that is not there, or a file that cannot be used; the message names it."""


class Found(NamedTuple):
    """Certificates by what they were asked for as, and alerts by id; None if not known."""

    certificates: dict[str, Any]
    alerts: dict[str, Any] | None


async def checked(
    asked: Sequence[str], archive: Path | None, log: Path | None, say: Callable[[str], None]
) -> bool:
    """Says of each certificate whether it holds, and why or why not. Returns whether all do.

    `asked` are files, or ids of alerts, which are looked up in an archive if one is given, else in
    Redis. Raises CertificatesError, and RedisError.
    """
    if not asked and archive is None:
        raise CertificatesError("ALERT: give an alert's id, a file, or --archive")
    ids = [each for each in asked if _ALERT_ID.fullmatch(each)]
    if archive is None and ids:
        found = await _in_redis(ids)
    else:
        found = await asyncio.to_thread(_in_archive, ids, archive, every=not asked)
    certificates = found.certificates | {
        each: _json(Path(each)) for each in asked if each not in ids
    }
    source = archive / LOG if archive is not None and log is None else log
    known = await asyncio.to_thread(_log, source) if source is not None else None
    holds = True
    for name, certificate in certificates.items():
        told = found.alerts if archive is not None or name in ids else None
        faults, why = check(certificate, known, told)
        holds &= not faults
        say(f"{name}: {'does not hold' if faults else 'holds'}")
        for line in faults or why:
            say(f"  {line}")
    return holds


def _in_archive(ids: Sequence[str], archive: Path | None, *, every: bool) -> Found:
    if archive is None:
        return Found({}, None)
    places = sorted(archive.glob("alerts/*/certificate.json"))
    of = {path.parent.name: path for path in places}
    for each in ids:
        if each not in of:
            raise CertificatesError(f"{each}: has no certificate in {archive}")
    chosen = {name: path for name, path in of.items() if every or name in ids}
    try:
        with (archive / ALERTS).open(encoding="utf-8") as lines:
            alerts = {each["id"]: each for each in map(json.loads, lines)}
    except (OSError, *MALFORMED) as error:
        raise CertificatesError(f"{archive / ALERTS}: cannot be used: {error}") from error
    return Found({name: _json(path) for name, path in chosen.items()}, alerts)


async def _in_redis(ids: Sequence[str]) -> Found:
    settings = load_account_settings("audit")
    keys = Keys(settings.namespace)
    certificates: dict[str, Any] = {}
    alerts: dict[str, Any] = {}
    async with redis.connect(settings) as client:
        elections: Any = await client.smembers(keys.elections())
        for election in elections:
            councils: Any = await client.smembers(keys.councils(election.decode()))
            for council in councils:
                name = council.decode()
                stored: Any = await client.lrange(keys.certificates(name), 0, -1)
                wanted = [each for each in map(json.loads, stored) if each["alert"] in ids]
                if not wanted:
                    continue
                certificates |= {each["alert"]: each for each in wanted}
                told: Any = await client.lrange(keys.alerts(name), 0, -1)
                alerts |= {each["id"]: each for each in map(json.loads, told)}
    for each in ids:
        if each not in certificates:
            raise CertificatesError(
                f"{each}: Redis has no certificate of such an alert; an archive may have it"
            )
    return Found({each: certificates[each] for each in ids}, alerts)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CertificatesError(f"{path}: cannot be used: {error}") from error


def _log(path: Path) -> Log:
    try:
        with path.open(encoding="utf-8") as lines:
            return Log(lines)
    except (OSError, *MALFORMED) as error:
        raise CertificatesError(f"{path}: cannot be used: {error}") from error

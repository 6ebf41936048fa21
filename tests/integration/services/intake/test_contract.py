"""Intake answers as its OpenAPI document says, whatever it is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.platform.settings import Settings
from tests.support.contract import faults
from tests.support.intake_log import log
from tests.support.keys import added

Start = Callable[..., Any]


async def test_no_request_is_answered_otherwise_than_the_document_says(
    start: Start, settings: Settings, tmp_path: Path
) -> None:
    """What breaks a schema is refused, and nothing is taken without the key."""
    token = added(tmp_path / "keys.toml", "agency", trust="final")
    intake = await start(keys_file=str(tmp_path / "keys.toml"))
    document = (await intake.client.get("/openapi.json")).json()
    url = str(intake.client.base_url)

    authorised = {"Authorization": f"Bearer {token}"}
    assert await faults(document, url, tmp_path, "--checks=all", headers=authorised) == ""
    assert await log(settings)


async def test_without_a_key_everything_is_answered_as_described_and_nothing_is_taken(
    start: Start, settings: Settings, tmp_path: Path
) -> None:
    """The log stays empty."""
    added(tmp_path / "keys.toml", "agency", trust="final")
    intake = await start(keys_file=str(tmp_path / "keys.toml"))
    document = (await intake.client.get("/openapi.json")).json()
    url = str(intake.client.base_url)

    phases = "--phases=examples,fuzzing"
    assert await faults(document, url, tmp_path, "--checks=all", phases) == ""
    assert await log(settings) == []

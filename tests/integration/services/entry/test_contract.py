"""Whatever entry is asked, at any address that it has, it answers and does not fail."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from services.entry.app import create_app
from services.intake.producer import DeclarationProducer
from services.platform.health import Health
from services.platform.settings import Settings
from tests.support.checkout import CHECKOUT
from tests.support.contract import faults
from tests.support.entering import SAME_SITE, at_the_desk, entering
from tests.support.keys import added
from tests.support.polls import CON, LAB, ballot, opened, ward
from tests.support.sources import by, result

NORTHERN: Final = ballot("north")
CHECKS: Final = "--checks=not_a_server_error"
FORM: Final = "application/x-www-form-urlencoded"
TEMPLATES: Final = CHECKOUT / "services" / "entry" / "templates"


def described(app: FastAPI, **known: str) -> dict[str, Any]:
    """Returns an OpenAPI document of every route, which entry itself serves none of.

    Every form has the fields that any page has. `known` are values of fields that lead further.
    """
    every = FastAPI()
    for route in iter_route_contexts(app.routes):
        if route.path is not None and route.endpoint is not None:
            every.add_api_route(route.path, route.endpoint, methods=list(route.methods or ()))
    document = every.openapi()
    assert {"/", "/sign-in", "/sign-out", "/desk", "/desk/{ballot}"} <= document["paths"].keys()
    names = {
        name
        for template in TEMPLATES.rglob("*.html")
        for name in re.findall(r'name="([\w-]+)"', template.read_text())
    }
    fields = {name: {"type": "string"} for name in names}
    fields |= {name: {"type": "string", "enum": [value, ""]} for name, value in known.items()}
    form = {"schema": {"type": "object", "properties": fields}}
    for operations in document["paths"].values():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["examples"] = {"known": {"value": NORTHERN}}
            if method == "post":
                operation["requestBody"] = {"content": {FORM: form}}
    return document


@pytest.fixture
async def keys(settings: Settings, tmp_path: Path) -> Path:
    """The file of keys, with a ballot in the log that waits for the desk."""
    async with DeclarationProducer(settings) as producer:
        await producer.publish_all(
            [
                opened(ward("north", 1, {CON: 1, LAB: 1})),
                by("site", "second", result("north", 9, 5)),
            ]
        )
    return tmp_path / "keys.toml"


async def test_nobody_who_is_not_signed_in_makes_it_fail(
    settings: Settings, keys: Path, tmp_path: Path
) -> None:
    """No address answers with 5xx."""
    added(keys, "desk-1", role="desk")
    async with entering(settings, keys) as entry:
        document = described(create_app(entry.context, Health()))

        assert await faults(document, entry.url, tmp_path, CHECKS, headers=SAME_SITE) == ""


async def test_nobody_who_is_signed_in_makes_it_fail(
    settings: Settings, keys: Path, tmp_path: Path
) -> None:
    """No address answers with 5xx, and whoever asks is signed in to the end."""
    token = added(keys, "desk-1", role="desk")
    async with entering(settings, keys) as entry, at_the_desk(entry.url, token) as desk:
        form = await desk.form(NORTHERN)
        document = described(create_app(entry.context, Health()), **form)
        cookies = "; ".join(f"{each.name}={each.value}" for each in desk.client.cookies.jar)
        headers = SAME_SITE | {"Cookie": cookies}
        # A stream does not end by itself, and after signing out nobody is signed in.
        apart = r"--exclude-path-regex=/live$|/sign-out$"

        assert await faults(document, entry.url, tmp_path, CHECKS, apart, headers=headers) == ""
        assert (await desk.get("/desk")).url.path == "/desk"

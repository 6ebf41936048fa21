"""Notices for the notifier's unit tests."""

from __future__ import annotations

from typing import Any

from services.notifier.channels import Channel
from services.notifier.notice import Notice


def notice(**fields: Any) -> Notice:
    """Returns a notice of a control alert for Barnet, with some fields otherwise."""
    given: dict[str, Any] = {
        "id": "0" * 32,
        "type": "livecount.alert.v1",
        "kind": "control",
        "mode": "live",
        "line": "CON HOLD Barnet: 32 of 63",
        "payload": b"{}",
        "proof": ("The third seat in Childs Hill went by 9 votes.",),
        "council": "local.barnet.2014-05-22",
        "council_gss": "E09000003",
        "name": "Barnet",
        "ballots": frozenset({"local.barnet.childs-hill.2014-05-22"}),
        "parties": frozenset({"PP52"}),
    }
    return Notice(**(given | fields))


def channel(**fields: Any) -> Channel:
    """Returns a console channel, with some fields otherwise."""
    return Channel(**({"name": "desk", "url": "console://"} | fields))

"""A night on which one result is held, and another is disputed."""

from __future__ import annotations

from schemas.events import Event
from tests.support.polls import CON, LAB, opened, ward
from tests.support.sources import by, result

OPENING = opened(ward("north", 1, {CON: 1, LAB: 1}), ward("south", 1, {CON: 1, LAB: 1}))
NORTH = result("north", 900, 500)
"""What the only source of one ward says, which needs another to count."""

NIGHT: tuple[Event, ...] = (
    OPENING,
    by("site", "second", NORTH),
    by("agency", "final", result("south", 900, 500)),
    by("ann", "single", result("south", 500, 900)),
)

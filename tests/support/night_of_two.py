"""A live night of two sources that disagree, and of the desk that decides."""

from __future__ import annotations

from schemas.events import Event
from tests.support.polls import opened, ward
from tests.support.sources import by, content, decision, result

SWAPPED = result("beech", 700, 300)


def night_of_two() -> list[Event]:
    """Returns the events of a live night: three wards, one held, disputed and decided, corrected.

    Alerts are raised and withdrawn; what is said twice or waits raises none.
    """
    events: list[Event] = [
        opened(ward("ash"), ward("beech"), ward("cedar"), before="PP52"),
        by("agency", "single", result("ash", 400, 600)),
        by("stringer", "second", SWAPPED),
        by("agency", "single", result("beech", 300, 700)),
        by("agency", "single", result("beech", 300, 700)),
        decision("beech", ruling="accept", content=content(SWAPPED)),
        by("agency", "single", result("cedar", 450, 550)),
        by("stringer", "second", result("cedar", 450, 550)),
        decision("beech", revision=2, ruling="refuse", content=content(SWAPPED)),
    ]
    return [event.model_copy(update={"mode": "live"}) for event in events]

"""Several sources of the invented council: who says an event, and what the desk decides."""

from __future__ import annotations

from typing import Any

from election.council import Council
from election.declaration import declaration
from election.evidence.claim import content_of
from election.fold import Effects, apply
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.source import Trust
from schemas.ward import WardDeclared
from tests.support.polls import CON, COUNCIL, LAB, ballot, declared


def step(event: Event, council: Council | None) -> tuple[Council, Effects]:
    """Returns what an event leads to, which may be anything but a fault in the rules."""
    after, effects = apply(event, council)
    assert effects.failure is None, effects.failure
    return after, effects


def by(source: str, trust: Trust, event: Event) -> Event:
    """Returns an event as intake writes it for the key of a source."""
    return event.model_copy(update={"source_id": source, "trust": trust})


def result(name: str, con: int, lab: int, **more: Any) -> WardDeclared:
    """Returns a ward's result of two candidates."""
    return declared(name, [(CON, con), (LAB, lab)], **more)


def decision(name: str, revision: int = 1, **fields: Any) -> DeskDecided:
    """Returns a decision of the desk about a ward."""
    given = {"council": COUNCIL, "ballot_paper_id": ballot(name), "mode": "rehearsal"}
    return DeskDecided.model_validate(
        {**given, "revision": revision, "by": "desk", "reason": "sheet", **fields}
    )


def content(event: WardDeclared) -> str:
    """Returns the content id by which the desk names what was said."""
    return content_of(declaration(event))


def heard(*events: Event) -> tuple[Council, Effects]:
    """Returns the council after events, any of which may be held, and the effects of the last."""
    council: Council | None = None
    effects = Effects()
    for event in events:
        council, effects = apply(event, council)
        assert effects.failure is None
    assert council is not None
    return council, effects

"""Foreseen: what an event leads to in its council, in words for whoever says it.

It is what the fold will do with it, so nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from election.council import Council
from election.declaration import declaration
from election.evidence.claim import Evidence
from election.evidence.odd import odd
from election.evidence.whole import WholeEvidence
from election.fold import Effects, apply
from election.known_revision import known_revision
from election.text.doubts import not_counted
from schemas.council_result import CouncilDeclared
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.source import DEFAULT_SOURCE
from schemas.ward import WardDeclared

UNTIL: Final = "held until a second source says the same, or the desk accepts it"
"""What becomes of a word that is odd, and not of a source that is trusted as final."""


class Foreseen(NamedTuple):
    """A council after an event, and what speaks against the event, a line each."""

    council: Council
    warnings: tuple[str, ...]


def foreseen(event: Event, council: Council | None) -> Foreseen:
    """Returns what an event leads to in its council as it was before.

    Raises what `apply` raises.
    """
    after, effects = apply(event, council)
    return Foreseen(after, warnings_of(event, council, after, effects))


def warnings_of(
    event: Event, before: Council | None, after: Council, effects: Effects
) -> tuple[str, ...]:
    """Returns what speaks against an event that led from one state of its council to another.

    Each warning begins with what becomes of the event (`held`, `conflict`, `contradiction`,
    `parked`, `broken`, as the reject says it), or with `odd` if it counts nevertheless, and names
    field, value and remedy. An event that says again what is known is warned of as the first was.
    """
    odd_lines = _odd(event, before)
    found = [*_by_effects(event, after, effects, odd_lines), *_others(event, after)]
    told = "\n".join(found)
    found += [f"odd: {line}" for line in odd_lines if line not in told]
    found += _correction_of_nothing(event, before)
    return tuple(dict.fromkeys(found))


def _odd(event: Event, council: Council | None) -> tuple[str, ...]:
    """Returns what is odd about a result, or about a figure of the desk."""
    result = event.figure if isinstance(event, DeskDecided) else event
    if not isinstance(result, WardDeclared):
        return ()
    said = declaration(result)
    if not said.states_anything:
        return ()
    return odd(said, result.ballot_paper_id, council.wards if council is not None else {})


def _by_effects(
    event: Event, after: Council, effects: Effects, odd_lines: Iterable[str]
) -> list[str]:
    if effects.disputed:
        # The reject has both figures; here `_others` says whom it contradicts.
        return _lines("parked", effects.parked)
    if effects.aside is not None:
        return _aside(*effects.aside, odd_lines)
    if effects.changed:
        return []
    return _said_again(event, after, odd_lines)


def _said_again(event: Event, council: Council, odd_lines: Iterable[str]) -> list[str]:
    """Returns what there is to say of an event that changes nothing."""
    known = known_revision(event, council)
    if event.revision < known:
        text = (
            f"revision: {event.revision}, but revision {known} is known; this changes nothing, give"
            f" {known + 1} if it is newer"
        )
        return _lines("stale", text)
    aside = not_counted(event, council)
    return _aside(*aside, odd_lines) if aside is not None else []


def _aside(reason: str, text: str, odd_lines: Iterable[str]) -> list[str]:
    """Returns reason and text of a reject; of what is held because it is odd, what ends that."""
    is_odd = reason == "held" and text == "\n".join(odd_lines)
    return _lines(UNTIL if is_odd else reason, text)


def _lines(begin: str, text: str) -> list[str]:
    return [f"{begin}: {line}" for line in text.splitlines()]


def _others(event: Event, after: Council) -> Iterator[str]:
    """Yields which sources say something else: those of what stands, or those that dispute it.

    What they say is not told: whoever copies it would be no second source.
    """
    if not isinstance(event, WardDeclared | CouncilDeclared):
        return
    evidence, field = _said_of(event, after)
    if evidence is None:
        return
    source = event.source_id or DEFAULT_SOURCE
    others: Sequence[str] = ()
    if source in evidence.disputed:
        others = evidence.agreeing or evidence.sources
    elif source in evidence.agreeing:
        others = evidence.disputed
    if others:
        yield (
            f"conflict: {field}: {', '.join(others)} says something else; check every figure"
            " against the declaration, the desk has both side by side"
        )


def _said_of(
    event: WardDeclared | CouncilDeclared, council: Council
) -> tuple[Evidence | WholeEvidence | None, str]:
    """Returns what was said of the same as an event is about, and the field that may differ."""
    if isinstance(event, CouncilDeclared):
        return council.evidence, "seats"
    ward = council.wards.get(event.ballot_paper_id)
    return (ward.evidence if ward is not None else None), "candidates"


def _correction_of_nothing(event: Event, council: Council | None) -> Iterator[str]:
    if not isinstance(event, WardDeclared) or event.correction is None:
        return
    ward = council.wards.get(event.ballot_paper_id) if council is not None else None
    if ward is None or (ward.declared is None and ward.evidence is None):
        yield (
            f"odd: correction: {event.correction}, but nobody has declared"
            f" {event.ballot_paper_id}; check that it is the ballot that is corrected"
        )

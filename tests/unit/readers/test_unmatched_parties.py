"""Labels of an event that are in no register."""

from __future__ import annotations

from typing import Any

from readers.canonical_event import canonical_event
from readers.parties_file import shipped_register
from readers.unmatched_parties import NAMED_MAX, unmatched, warnings
from schemas.council import PartyStanding
from schemas.events import Event
from schemas.ward import Candidate
from tests.support.polls import as_a_whole, declared, noticed, opened, ward
from tests.support.sources import decision

REGISTER = shipped_register()


def of(*labels: str, **more: Any) -> Event:
    """Returns a result of people with these labels and no ids, as intake makes it."""
    people = tuple(Candidate(candidate=f"N. {label}", party=label, votes=9) for label in labels)
    event = declared("north", [("PP52", 9)], **more).model_copy(update={"candidates": people})
    return canonical_event(event, REGISTER)


def said(event: Event, *known: str) -> list[str]:
    """Returns the warnings of an event."""
    return list(warnings(event, unmatched(event, REGISTER, known), REGISTER))


def test_a_label_that_is_nobodys_is_named_with_the_party_it_resembles() -> None:
    """It is counted as a party of its own."""
    (found,) = said(of("Labor Party", "Labour Party", "Independent"))

    assert found.startswith("party: 'Labor Party' resembles Labour")
    assert "PP53" in found


def test_a_local_party_is_known_once_its_council_is_opened_with_it() -> None:
    """Until then it is worth a line."""
    (found,) = said(of("Barsetshire First"))

    assert found.startswith("party: 'Barsetshire First' is in no register and not among")
    assert said(of("Barsetshire First"), "Barsetshire First") == []


def test_an_opening_says_only_what_looks_like_a_large_party() -> None:
    """Local parties are what it is there to say."""
    local = PartyStanding(party_id="Barsetshire First")
    misspelt = PartyStanding(party_id="Conservatve")

    assert said(opened(ward("north")).model_copy(update={"standing": (local,)})) == []
    (found,) = said(opened(ward("north")).model_copy(update={"standing": (local, misspelt)}))
    assert found.startswith("party: 'Conservatve' resembles Conservative")


def test_every_kind_of_event_is_looked_at_and_a_few_labels_are_enough() -> None:
    """Whoever has more has the wrong column."""
    figure: Any = of("Barsetshire First")
    whole = as_a_whole({"Barsetshire First": 2})

    assert len(said(whole)) == 1
    assert len(said(decision("north", ruling="figure", figure=figure))) == 1
    assert said(noticed("north", "recount")) == []
    assert len(said(of(*(f"Party {number}" for number in range(99))))) == NAMED_MAX

"""Events of any sender with their parties as the register has them, so that the log has one id."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar, assert_never

from readers.party_id import canonical_party_id, is_party_id
from readers.party_register import Party, PartyRegister
from schemas.council import CouncilOpened, Nominee, OpenedWard, PartyStanding
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.party import NOC
from schemas.previous import PreviousParty
from schemas.ward import Candidate, WardDeclared, WardStatus

_Person = TypeVar("_Person", Candidate, Nominee, PreviousParty)
_Entry = TypeVar("_Entry", PartyStanding, PartySeats)


def canonical_event(event: Event, register: PartyRegister) -> Event:
    """Returns an event whose parties have the ids of the register; the same event if they have.

    A label that is nobody's stays, with one kind of apostrophe, dash and space. Raises
    OtherPartyError if an id and its label are two national parties, and
    pydantic.ValidationError if one party then stands in a list twice.
    """
    match event:
        case WardDeclared():
            candidates = _people(event.candidates, register, "")
            return event if candidates is event.candidates else _with(event, candidates=candidates)
        case CouncilOpened():
            return _opened(event, register)
        case CouncilDeclared():
            seats = _entries(event.seats, register, "")
            return event if seats is event.seats else _with(event, seats=seats)
        case WardStatus():
            return event
        case DeskDecided():
            figure = event.figure and canonical_event(event.figure, register)
            return event if figure is event.figure else event.model_copy(update={"figure": figure})
        case _:
            assert_never(event)


def _opened(event: CouncilOpened, register: PartyRegister) -> CouncilOpened:
    nation = event.council_gss[:1]
    update: dict[str, Any] = {
        "standing": _entries(event.standing, register, nation),
        "wards": _wards(event.wards, register, nation),
        "control_before": event.control_before and _key(event.control_before, register, nation),
        "control_history": tuple(
            each
            if (control := _key(each.control, register, nation)) == each.control
            else each.model_copy(update={"control": control})
            for each in event.control_history
        ),
    }
    changed = {name: new for name, new in update.items() if new != getattr(event, name)}
    return _with(event, **changed) if changed else event


def _wards(
    wards: tuple[OpenedWard, ...], register: PartyRegister, nation: str
) -> tuple[OpenedWard, ...]:
    return tuple(_previous(_nominated(ward, register, nation), register, nation) for ward in wards)


def _nominated(ward: OpenedWard, register: PartyRegister, nation: str) -> OpenedWard:
    if ward.candidates is None:
        return ward
    candidates = _people(ward.candidates, register, nation)
    same = candidates is ward.candidates
    return ward if same else ward.model_copy(update={"candidates": candidates})


def _previous(ward: OpenedWard, register: PartyRegister, nation: str) -> OpenedWard:
    """Returns a ward whose earlier polls have canonical parties."""
    if ward.previous is None:
        return ward
    polls = tuple(
        poll.model_copy(update={"parties": _people(poll.parties, register, nation)})
        for poll in ward.previous.polls
    )
    previous = ward.previous.model_copy(update={"polls": polls})
    return ward.model_copy(update={"previous": previous})


def _people(
    people: tuple[_Person, ...], register: PartyRegister, nation: str
) -> tuple[_Person, ...]:
    """Returns people with canonical parties; the same tuple if nothing differs."""
    found = tuple(_person(each, register, nation) for each in people)
    return people if all(map(_is, found, people)) else found


def _is(one: object, other: object) -> bool:
    return one is other


def _person(person: _Person, register: PartyRegister, nation: str) -> _Person:
    party = register.party(person.party_id, person.party, nation=nation)
    if party == (person.party_id, person.party):
        return person
    return replace(person, party_id=party.party_id, party=party.party)


def _entries(
    entries: tuple[_Entry, ...], register: PartyRegister, nation: str
) -> tuple[_Entry, ...]:
    found = tuple(_entry(each, register, nation) for each in entries)
    return entries if all(map(_is, found, entries)) else found


def _entry(entry: _Entry, register: PartyRegister, nation: str) -> _Entry:
    """Returns an entry whose key, an id or a label, is canonical."""
    if is_party_id(canonical_party_id(entry.party_id)):
        party = register.party(entry.party_id, entry.party, nation=nation)
    else:
        party = register.party("", entry.party_id, nation=nation)
    key, label = _parts(party, entry.party)
    if (key, label) == (entry.party_id, entry.party):
        return entry
    return entry.model_copy(update={"party_id": key, "party": label})


def _parts(party: Party, label: str) -> tuple[str, str]:
    return (party.party_id, party.party) if party.party_id else (party.party, label and party.party)


def _key(control: str, register: PartyRegister, nation: str) -> str:
    """Returns control with a canonical key."""
    if control == NOC:
        return control
    as_id = is_party_id(canonical_party_id(control))
    party = register.party(control if as_id else "", "" if as_id else control, nation=nation)
    return party.party_id or party.party


_Event = TypeVar("_Event", CouncilOpened, WardDeclared, CouncilDeclared)


def _with(event: _Event, **fields: Any) -> _Event:
    """Returns an event with other fields, checked as a whole; what it left out is still left out.

    Raises pydantic.ValidationError, as one party may now be listed twice.
    """
    stated = {name: getattr(event, name) for name in event.model_fields_set}
    return type(event).model_validate(stated | fields, strict=True)

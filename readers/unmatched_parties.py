"""Unmatched parties: labels and ids of an event that are in no register."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice
from typing import Final

from readers.party_id import canonical_party_id, is_party_id
from readers.party_label import lumps_parties
from readers.party_register import PartyRegister
from schemas.council import CouncilOpened, PartyStanding
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.refusal import shorten
from schemas.ward import WardDeclared

NAMED_MAX: Final = 5
"""Labels of one event that are looked at: to look for the party that one resembles takes some
8 ms, and who has more has the wrong column."""


def unmatched(event: Event, register: PartyRegister, known: Collection[str]) -> tuple[str, ...]:
    """Returns the labels, or ids, of an event that neither a register nor its council knows.

    `known` are the keys of the council's parties as far as it is opened. A local party is in no
    register, and known once its council is opened with it; so of an opening every label is
    returned that is in no register.
    """
    found = {
        party_id or label
        for party_id, label in _parties(event)
        if (party_id or label) not in known
        and not register.is_known(party_id, label)
        and not lumps_parties(party_id, label)
    }
    return tuple(islice(sorted(found), NAMED_MAX))


def warnings(event: Event, labels: Iterable[str], register: PartyRegister) -> Iterator[str]:
    """Yields what there is to say of labels that are in no register. Takes 8 ms for each.

    Of an opening only those that look like a large party are worth a line.
    """
    for label in labels:
        resembled = register.resembled(label)
        if resembled:
            yield (
                f"party: {shorten(label)} resembles {register.name(resembled)} ({resembled}), and"
                " is counted as a party of its own; give its party_id"
            )
        elif not isinstance(event, CouncilOpened):
            yield (
                f"party: {shorten(label)} is in no register and not among the parties of its"
                " council, and is counted as a party of its own; check it, or give its party_id"
            )


def _parties(event: Event) -> Iterable[tuple[str, str]]:
    """Returns id and label of every party that an event names; one of the two may be blank."""
    match event:
        case WardDeclared():
            return ((each.party_id, each.party) for each in event.candidates)
        case CouncilOpened():
            people = chain.from_iterable(ward.candidates or () for ward in event.wards)
            return chain(_keys(event.standing), ((each.party_id, each.party) for each in people))
        case CouncilDeclared():
            return _keys(event.seats)
        case DeskDecided():
            return _parties(event.figure) if event.figure is not None else ()
        case _:
            return ()


def _keys(entries: Iterable[PartyStanding | PartySeats]) -> Iterator[tuple[str, str]]:
    for each in entries:
        key = each.party_id
        yield (key, each.party) if is_party_id(canonical_party_id(key)) else ("", key)

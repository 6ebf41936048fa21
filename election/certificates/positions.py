"""Positions: where in the log the facts of a certificate are.

The rules know nothing of logs. Whoever counts one notes here, event by event, which offset each
fact of a council stands by.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from election.council import Council
from schemas.certificate import Certificate, Positions
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.events import Event

OPENED = "council.opened"
DECLARED = "council.declared"

Places = Mapping[str, int]
"""Offsets by ballot, and under OPENED and DECLARED those of the council itself."""

NO_PLACES: Places = MappingProxyType({})
"""Those of a council of which nothing is known."""


def places_after(
    places: Places, event: Event, before: Council | None, after: Council, offset: int
) -> Places:
    """Returns a council's places after an event that changed it, which is at this offset.

    A word that only confirms what stands moves nothing.
    """
    match event:
        case CouncilOpened():
            moved = before is None or before.opening is not after.opening
            name = OPENED
        case CouncilDeclared():
            moved = before is None or before.declared != after.declared
            name = DECLARED
        case _:
            name = event.ballot_paper_id
            was = before.wards.get(name) if before is not None else None
            now = after.wards.get(name)
            said_before = (was.declared, was.status) if was is not None else (None, None)
            said = (now.declared, now.status) if now is not None else (None, None)
            moved = said != said_before
    return {**places, name: offset} if moved or name not in places else places


def positioned(certificate: Certificate, partition: int, places: Places) -> Certificate:
    """Returns a certificate with the positions of its facts, unless one of them is not known.

    That is so if an older version of livecount has counted it.
    """
    whole = certificate.council_result is not None
    wards = [DECLARED] if whole else [ward.ballot_paper_id for ward in certificate.wards]
    needed = [OPENED, *wards]
    if any(name not in places for name in needed):
        return certificate
    positions = Positions(partition=partition, offsets={name: places[name] for name in needed})
    return certificate.model_copy(update={"positions": positions})

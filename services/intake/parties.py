"""The parties of declarations, as the register and the newsroom know them."""

from __future__ import annotations

from pydantic import ValidationError

from readers.canonical_event import canonical_event
from readers.findings import Findings
from readers.parties_file import read_register
from readers.party_register import OtherPartyError, PartyRegister
from schemas.events import Event
from schemas.refusal import refusal_of, refusals
from services.intake.parsing import RefusedError
from services.platform.settings import Settings


def load_register(settings: Settings) -> PartyRegister:
    """Returns the register of parties with what the newsroom's file adds to it, if it is set.

    Raises UnusableFilesError with every fault of that file.
    """
    findings = Findings()
    register = read_register(settings.parties_file, findings)
    findings.raise_if_unusable()
    return register


def with_known_parties(event: Event, register: PartyRegister) -> Event:
    """Returns an event with one id for each party; the same event if nothing differs.

    Raises RefusedError if an id and its label are two parties, or a list has one party twice.
    """
    try:
        return canonical_event(event, register)
    except OtherPartyError as error:
        raise RefusedError([refusal_of(error)]) from error
    except ValidationError as error:
        raise RefusedError(refusals(error)) from error

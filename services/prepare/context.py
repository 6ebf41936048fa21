"""Context: what every step of preparing needs."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from readers.party_register import PartyRegister
from services.prepare.todo import Todos


class Context(NamedTuple):
    """The day of the poll, the register of parties, and where what is to be done is noted."""

    poll: date
    register: PartyRegister
    todos: Todos

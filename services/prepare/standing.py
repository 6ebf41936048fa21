"""Standing: what each party holds, held and keeps in a council, and who controls it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from election.text.phrases import counted
from readers.party_label import lumps_parties
from readers.party_register import OtherPartyError, PartyRegister
from readers.public_sources.records import Composition, Councillor
from schemas.council import Cycle
from schemas.ids import is_by_election
from schemas.party import party_key
from schemas.spelling import compared
from services.prepare.context import Context
from services.prepare.councils import JoinedCouncil
from services.prepare.todo import Todos, said

_YEARS_SINCE: Final[dict[Cycle, int]] = {"all-out": 4, "halves": 2, "thirds": 1, "other": 1}
"""Years from one election of a council to the next at the soonest, by cycle."""

_ROLL: Final = "opencouncildata.co.uk, or the council's list of councillors"
_HISTORY: Final = "opencouncildata.co.uk, or the result of the last election"

_BY_DAYS: Final[dict[int, Cycle]] = {1: "all-out", 2: "halves", 3: "thirds"}
"""The cycle of a council, by the number of days on which councillors are up next."""

_CYCLES: Final[dict[str, Cycle]] = {
    "all": "all-out",
    "third": "thirds",
    "half": "halves",
}


@dataclass(slots=True)
class Held:
    """What one party holds; None is unknown."""

    party: str
    party_id: str
    eve: int | None = None
    last: int | None = None
    not_up: int | None = None


Standing = dict[str, Held]
"""The parties of a council by key, in order of their names."""


def cycle_of(council: JoinedCouncil, context: Context) -> Cycle:
    """Returns how much of a council is up, by the agency or by the terms of its councillors."""
    if council.ballots and all(map(is_by_election, council.ballots)):
        return "other"
    days = {each.next_election for each in council.councillors} - {None}
    by_roll = _BY_DAYS.get(len(days))
    if context.poll not in days:
        by_roll = None
    agency = council.agency
    by_agency = _CYCLES.get(agency.proportion.casefold()) if agency else None
    if agency and by_agency and by_roll and by_agency != by_roll:
        context.todos.conflict(
            "how much of the council is up differs",
            said(by_agency, agency.at),
            said(f"{len(days)} days on which councillors are up next", council.councillors[0].at),
            f"{by_agency} is written",
            council=council.shown,
            settles="cycle",
        )
    return by_agency or by_roll or "other"


def standing_of(council: JoinedCouncil, cycle: Cycle, context: Context) -> Standing:
    """Returns what the parties of a council hold. Adds what is not known, or differs."""
    reader = _Reader(council, context.register, context.todos)
    parties: dict[str, Held] = {}
    reader.add_roll(parties, context.poll)
    reader.add_agency(parties)
    reader.add_last_election(parties, last_election(council, context.poll, cycle))
    ordered = sorted(parties.items(), key=lambda item: (compared(item[1].party), item[0]))
    return dict(ordered)


def last_election(council: JoinedCouncil, poll: date, cycle: Cycle) -> Composition | None:
    """Returns a council's seats after its last election; None if no year can be that.

    Figures of later years have defections and by-elections in them.
    """
    return council.composition(poll.year - _YEARS_SINCE[cycle])


@dataclass(frozen=True, slots=True)
class _Reader:
    council: JoinedCouncil
    register: PartyRegister
    todos: Todos

    def add_roll(self, parties: dict[str, Held], poll: date) -> None:
        """Adds the seats on the eve of poll, and those that are not up."""
        lumped: list[Councillor] = []
        unknown: list[Councillor] = []
        for each in self.council.councillors:
            held = self._party(parties, each.party_id, each.party)
            if held is None:
                lumped.append(each)
                continue
            held.eve = (held.eve or 0) + 1
            held.not_up = held.not_up or 0
            if each.next_election is None or each.next_election < poll:
                unknown.append(each)
            elif each.next_election > poll:
                held.not_up += 1
        if lumped:
            self._lumped(len(lumped), lumped[0].party, str(lumped[0].at), "seats_eve_of_poll")
        if unknown:
            self.todos.add(
                "roll out of date",
                f"{len(unknown)} councillors are up next on no day, or on one before this poll",
                f"the first is {unknown[0].at}; whether they are up is not known",
                _ROLL,
                council=self.council.shown,
                settles="seats_not_up",
            )

    def add_agency(self, parties: dict[str, Held]) -> None:
        """Adds the agency's seats on the eve of poll where the roll has none of a council."""
        agency = self.council.agency
        for each in agency.parties if agency else ():
            held = self._party(parties, "", each.party)
            if agency is None or held is None or each.held is None:
                continue
            if not self.council.councillors:
                held.eve = each.held
            elif (held.eve or 0) != each.held:
                self.todos.conflict(
                    f"seats of {held.party} on the eve of poll differ",
                    said(held.eve or 0, self.council.councillors[0].at),
                    said(each.held, agency.at),
                    "the roll's number is written",
                    council=self.council.shown,
                    settles="seats_eve_of_poll",
                )

    def add_last_election(self, parties: dict[str, Held], found: Composition | None) -> None:
        """Adds the seats after the last election. Whoever is left of all seats held none."""
        if found is None:
            return
        lumped = 0
        for label, seats in found.seats:
            held = self._party(parties, "", label, add=bool(seats))
            if held is not None:
                held.last = (held.last or 0) + seats
            elif lumps_parties("", label):
                lumped += seats
        if lumped:
            self._lumped(lumped, "other", str(found.at), "seats_last_election")
        elif sum(seats for _, seats in found.seats) == found.total:
            for held in parties.values():
                held.last = held.last or 0

    def _party(
        self, parties: dict[str, Held], party_id: str, label: str, *, add: bool = True
    ) -> Held | None:
        """Returns what a party holds, to be added to; None if a label lumps several."""
        try:
            found = self.register.party(party_id, label, nation=self.council.nation)
        except OtherPartyError as error:
            self._unmatched(str(error), label)
            return None
        if lumps_parties(*found):
            return None
        if not found.party_id and not self.register.is_known(*found):
            self._unmatched("it is in no register, and is written as a local party", label)
        key = party_key(found.party_id, found.party)
        if key in parties or not add:
            return parties.get(key)
        name = self.register.name(found.party_id) or found.party
        return parties.setdefault(key, Held(name, key if found.party_id else ""))

    def _unmatched(self, why: str, label: str) -> None:
        self.todos.add(
            "party",
            f"the party {label!r} could not be matched",
            why,
            "search.electoralcommission.org.uk; say whose label it is in parties.csv",
            council=self.council.shown,
        )

    def _lumped(self, seats: int, label: str, where: str, settles: str) -> None:
        self.todos.add(
            "lumped",
            f"{counted(seats, 'seat')} under {label!r}: whose is not known; left out",
            where,
            _ROLL if settles == "seats_eve_of_poll" else _HISTORY,
            council=self.council.shown,
            settles=settles,
        )


def missing_baselines(standing: Standing) -> Iterable[tuple[str, str, str]]:
    """Yields what of a council's baselines nobody states: reason, field and where to look."""
    held = standing.values()
    if all(each.eve is None for each in held):
        yield "no seats on the eve of poll", "seats_eve_of_poll", _ROLL
    if all(each.last is None for each in held):
        yield "no baseline", "seats_last_election", _HISTORY

"""Who is one party in one council, of all that its files say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from readers.ballot import Ballot
from readers.councils import ListedCouncil
from readers.csv_table import Row
from readers.party_register import Party, PartyRegister
from readers.standing import StandingRow
from schemas.party import INDEPENDENT, NOC, party_key
from schemas.spelling import compared


class Written(NamedTuple):
    """A party as one row has it."""

    party: Party
    row: Row


@dataclass(frozen=True, slots=True)
class CouncilParties:
    """The parties of a council. `one` gives the party that another way of writing it stands for.

    A label without id is the party that has an id under the same label in this council, or that is
    registered under it. Spellings of a label that nobody has registered are one local party, under
    the spelling that comes first: in `standing.csv`, then in `results.csv`.
    """

    register: PartyRegister
    nation: str
    _one: dict[Party, Party]
    _local: dict[str, Party]

    def of(self, party: Party) -> Party:
        """Returns the party as this council has it."""
        if party in self._one:
            return self._one[party]
        return party if party.party_id else self._local.get(compared(party.party), party)

    def of_label(self, party_id: str, label: str) -> Party:
        """Returns the party with an id or a label as this council has it.

        Raises OtherPartyError if the two are those of two national parties.
        """
        return self.of(self.register.party(party_id, label, nation=self.nation))

    def of_ballot(self, ballot: Ballot) -> Ballot:
        """Returns a ballot with its parties as this council has them."""
        rows = tuple(
            row if row.unknown else row.of(self.of(Party(row.party_id, row.party)))
            for row in ballot.rows
        )
        same = all(one is other for one, other in zip(rows, ballot.rows, strict=True))
        return ballot if same else replace(ballot, rows=rows)

    def of_standing(self, standing: Iterable[StandingRow]) -> tuple[StandingRow, ...]:
        """Returns rows of `standing.csv` with their parties as this council has them."""
        return tuple(replace(row, party=self.of(row.party)) for row in standing)

    def of_control(self, control: Party | None) -> str | None:
        """Returns control as the schemas have it: a party key, NOC, or None if it is unknown."""
        if control is None or control.party_id == NOC:
            return control and NOC
        return party_key(*self.of(control))


def council_parties(
    council: ListedCouncil,
    standing: tuple[StandingRow, ...],
    ballots: tuple[Ballot, ...],
    register: PartyRegister,
) -> CouncilParties:
    """Returns who is one party in a council.

    Adds a finding where one label has two ids. If they are registered under one name, they are
    one party, under the first of them; if not, they stay two.
    """
    written = [Written(row.party, row.row) for row in standing]
    held = {each.party.party_id for each in written} | {
        council.control_before.party_id if council.control_before else ""
    }
    written += [
        Written(Party(row.party_id, row.party), row.row)
        for ballot in ballots
        for row in ballot.rows
        if not row.unknown
    ]
    first: dict[Party, Written] = {}
    for each in written:
        first.setdefault(each.party, each)
    distinct = [*first.values()]
    ids = _ids(distinct, register, held)
    one = {
        each.party: Party(ids[each.party.party_id], register.name(ids[each.party.party_id]))
        for each in distinct
        if each.party.party_id in ids
    }
    control = [council.control_before] if council.control_before else []
    local = _local([each.party for each in distinct], control, one, register)
    return CouncilParties(register, council.nation, one, local)


def _ids(written: list[Written], register: PartyRegister, held: set[str]) -> dict[str, str]:
    """Returns the id that stands for another one of the same party."""
    one: dict[str, str] = {}
    seen: list[Written] = []
    labels: dict[str, Written] = {}
    for each in written:
        party_id, label = each.party.party_id, compared(each.party.party)
        if not party_id or party_id in one or party_id == INDEPENDENT:
            continue
        twin = next((e for e in seen if register.same_name(e.party.party_id, party_id)), None)
        earlier = labels.setdefault(label, each) if label else each
        if earlier.party.party_id != party_id:
            together = register.same_name(earlier.party.party_id, party_id)
            matters = party_id in held or earlier.party.party_id in held
            _two_ids(each, earlier, together=together, matters=matters)
        if twin and twin.party.party_id != party_id and not _joint(twin.party.party_id, party_id):
            one[party_id] = twin.party.party_id
        else:
            seen.append(each)
    return one


def _joint(one: str, other: str) -> bool:
    """Returns whether two ids are counted together anyway, as Labour's and the joint one."""
    return party_key(one, "") == party_key(other, "")


def _two_ids(each: Written, earlier: Written, *, together: bool, matters: bool) -> None:
    if _joint(each.party.party_id, earlier.party.party_id):
        return
    other = f"{earlier.party.party_id} on line {earlier.row.line} of {earlier.row.file.name}"
    what = f"is of {each.party.party!r}, which has the id {other}"
    if together:
        each.row.warn("party_id", f"{what}; counted as one party", once=f"ids {other}")
    elif matters:
        each.row.fault("party_id", f"{what}; give the party one id")
    else:
        each.row.warn("party_id", f"{what}; counted as two parties", once=f"ids {other}")


def _local(
    written: list[Party], control: list[Party], one: dict[Party, Party], register: PartyRegister
) -> dict[str, Party]:
    """Returns the party that each compared label without an id stands for."""
    of_label: dict[str, Party] = {}
    for party in written:
        if party.party_id and party.party_id != INDEPENDENT:
            found = one.get(party, party)
            for name in (party.party, *register.names(party.party_id)):
                of_label.setdefault(compared(name), found)
    for party in (*written, *control):
        if not party.party_id:
            of_label.setdefault(compared(party.party), party)
    return of_label

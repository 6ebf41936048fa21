"""Opening: a council as `council.opened` has it, without its wards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from election.cached import kept
from election.rules.baseline import seats_before
from election.rules.majority import counted_under, majority
from schemas.compact import compact
from schemas.council import CouncilOpened
from schemas.events import encode_event
from schemas.party import wire_name

_DIGEST_BYTES = 16


@dataclass(frozen=True)
class Opening:
    """What stands of a council until a later revision replaces it.

    `opened` has no wards: each is kept with its ballot. `digest` tells another content of the
    same revision. `labels` names every party that stands or held seats.
    """

    opened: CouncilOpened
    digest: str
    labels: Mapping[str, str]

    @kept
    def majority(self) -> int:
        """The seats that control takes."""
        return majority(self.opened.seats_total)

    @kept
    def written(self) -> bytes:
        """The opening as JSON, for its council's state: written once, kept while it stands."""
        return _written(self)

    @kept
    def seats_eve_of_poll(self) -> Mapping[str, int | None]:
        """Each listed party's seats on the eve of poll; None where they are not stated."""
        return seats_before(self.opened.standing, "seats_eve_of_poll")

    @kept
    def seats_last_election(self) -> Mapping[str, int | None]:
        """Each listed party's seats at the last election; None where they are not stated."""
        return seats_before(self.opened.standing, "seats_last_election")

    @kept
    def wires(self) -> Mapping[str, str]:
        """Each of these parties as the wires print it."""
        return {party: wire_name(party, label) for party, label in self.labels.items()}

    @kept
    def before(self) -> str | None:
        """Control on the eve of poll as it was given; None where unknown. Never derived."""
        return _before(self.opened)


def _written(opening: Opening) -> bytes:
    facts = (opening.opened.model_dump_json(exclude_defaults=True), opening.digest, opening.labels)
    return compact(facts)


def _before(opened: CouncilOpened) -> str | None:
    return None if opened.control_before is None else counted_under(opened.control_before)


def opening(event: CouncilOpened) -> Opening:
    """Returns what is kept of an opened council."""
    described = [(party.party_id, party.party) for party in event.standing]
    described += [
        (nominee.party_id, nominee.party)
        for ward in event.wards
        for nominee in ward.candidates or ()
    ]
    return Opening(event.model_copy(update={"wards": ()}), digest(event), labels(described))


def digest(event: CouncilOpened) -> str:
    """Returns what two openings share that say the same, whoever sent them and whenever."""
    said = event.model_copy(update={"seq": None, "source": ""})
    return blake2b(encode_event(said), digest_size=_DIGEST_BYTES).hexdigest()


def labels(described: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Returns each party's name from pairs of id and label: the first label that it has.

    A party's own label goes before that of a joint candidacy.
    """
    own: dict[str, str] = {}
    joint: dict[str, str] = {}
    for party_id, label in dict.fromkeys(described):
        if label:
            key = counted_under(party_id, label)
            (joint if party_id and party_id != key else own).setdefault(key, label)
    return {**joint, **own}

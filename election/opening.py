"""Opening: a council as its `council.opened` event describes it, without its wards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from election.cached import cached_property
from election.rules.baseline import of_unlisted, seats_before, seats_defended
from election.rules.majority import counted_under, majority
from schemas.council import CouncilOpened
from schemas.events import encode_event
from schemas.party import wire_name

_DIGEST_BYTES = 16


@dataclass(frozen=True)
class Opening:
    """What is known of a council before its night, until a later revision replaces it.

    `opened` has no wards: each is stored with its ballot. `digest` differs if the content of
    the same revision differs. `labels` holds the name of every party that stands or held seats.
    """

    opened: CouncilOpened
    digest: str
    labels: Mapping[str, str]

    @cached_property
    def majority(self) -> int:
        """The number of seats that gives control."""
        return majority(self.opened.seats_total)

    @cached_property
    def seats_eve_of_poll(self) -> Mapping[str, int | None]:
        """Each listed party's seats on the eve of poll; None if they are not stated."""
        return seats_before(self.opened.standing, "seats_eve_of_poll")

    @cached_property
    def seats_last_election(self) -> Mapping[str, int | None]:
        """Each listed party's seats at the last election; None if they are not stated."""
        return seats_before(self.opened.standing, "seats_last_election")

    @cached_property
    def seats_defended(self) -> Mapping[str, int | None]:
        """Each listed party's seats that are up and were its own; None if they are not known."""
        return seats_defended(self.opened.standing, all_out=self.opened.cycle == "all-out")

    @cached_property
    def defended_by_unlisted(self) -> int | None:
        """What a party that is not listed defends: nothing, or None if that is not known."""
        return of_unlisted(self.seats_defended)

    @cached_property
    def wire_names(self) -> Mapping[str, str]:
        """Each of these parties as the wires print it."""
        return {party: wire_name(party, label) for party, label in self.labels.items()}

    @cached_property
    def control_before(self) -> str | None:
        """Control on the eve of poll as it was given, never derived; None if unknown."""
        given = self.opened.control_before
        return None if given is None else counted_under(given)


def opening(event: CouncilOpened) -> Opening:
    """Returns the part of an opening that is stored with the council itself."""
    described = [(party.party_id, party.party) for party in event.standing]
    described += [
        (nominee.party_id, nominee.party)
        for ward in event.wards
        for nominee in ward.candidates or ()
    ]
    return Opening(event.model_copy(update={"wards": ()}), digest(event), labels(described))


def digest(event: CouncilOpened) -> str:
    """Returns a hash of an opening's content, the same whoever sent it and whenever."""
    unsaid = {"seq": None, "source": "", "source_id": None, "trust": None}
    content = event.model_copy(update=unsaid)
    return blake2b(encode_event(content), digest_size=_DIGEST_BYTES).hexdigest()


def labels(described: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Returns each party's name from pairs of id and label: the first label that it has.

    A party's own label takes precedence over that of a joint candidacy.
    """
    own: dict[str, str] = {}
    joint: dict[str, str] = {}
    for party_id, label in dict.fromkeys(described):
        if label:
            key = counted_under(party_id, label)
            (joint if party_id and party_id != key else own).setdefault(key, label)
    return {**joint, **own}

"""A seeded stream of events that intake takes, at the bounds of the schemas and combined.

`tests.fuzz.values` draws each field from the models. Here it is only seen to that the fields go
together often enough: events of one council are about the same ballots, revisions follow each
other, parties meet, and sums fit. What the models refuse all the same is drawn again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from schemas.base import Mode
from schemas.council import CouncilOpened
from schemas.events import Event
from services.intake.message import Message
from tests.fuzz.door import RefusedEventError, accepted
from tests.fuzz.values import Draw, Size, drawer

COUNCILS = 6
"""Councils at a time. A new one replaces the oldest, so that a long run needs no more memory."""

EVENTS_OF_COUNCIL = 60
"""Events after which a council is replaced: enough to open, declare, correct and open again."""

LARGE = 0.004
"""How often an event has lists that are filled to their limits."""

LARGE_ENTRIES = (250, 500, 1_000, 4_000)
"""Entries of all lists of such an event: 4,000 long ones are more than a message has room for."""

UTMOST = 0.02
"""How often an event that is not large has the longest texts and the largest numbers only."""

SMALL_ENTRIES = 40
"""Entries of all lists of any other event."""

FEWER = {
    "ward.declared": 0.0,
    "council.opened": 0.8,
    "council.declared": 0.5,
    "ward.status": 0.7,
    "desk.decided": 0.9,
}
"""How often another event is drawn for one of a kind: many wards declare, and few are ruled out
or listed anew. A council is opened before most of its wards declare."""

LONG_CHARS = 20
"""Characters of a party's label that is longer than any id of the register."""

PARTIES = (
    {"party": "Conservative Party", "party_id": "PP52"},
    {"party": "Labour Party", "party_id": "PP53"},
    {"party": "Labour and Co-operative Party", "party_id": "joint-party:53-119"},
    {"party": "Independent", "party_id": ""},
    {"party": "independents", "party_id": ""},
    {"party": "Independent", "party_id": "ynmp-party:2"},
    {"party": "NOC", "party_id": ""},
    {"party": "PP53", "party_id": ""},
)
"""Parties that are counted under one key although they differ, or look like another."""

SEATS_MAX: int = CouncilOpened.model_json_schema()["properties"]["seats_total"]["maximum"]
"""Seats of the largest council that the schemas take."""

POLLS = ("2026-05-07", "2026-05-08")

SOURCES = ("agency", "stringer", "s" * 40)


@dataclass(slots=True)
class _Council:
    """One council of the stream: its ids, parties and wards, and the last revision of each fact."""

    id: str
    ballots: list[str]
    parties: list[dict[str, Any]]
    revisions: Counter[str] = field(default_factory=Counter)
    events: int = 0
    seats_total: int = 100
    wards: dict[str, dict[str, Any]] = field(default_factory=dict)


class Events:
    """Events of a seed, each as drawn and as intake takes it. `refused` counts the others.

    Without `sources` all are of the `default` source, whose key intake has without a file of keys.
    """

    def __init__(
        self, seed: str, namespace: str, mode: Mode = "rehearsal", *, sources: bool = True
    ) -> None:
        self._sources = sources
        self._chance = Random(seed)
        self._namespace = namespace
        self._mode = mode
        self._draw: Draw = drawer(Event)
        self._councils: list[_Council] = []
        self._made = 0
        self.refused: Counter[str] = Counter()

    def next(self) -> tuple[Event, Message]:
        """Returns the next event that intake takes, and its message."""
        while True:
            council = self._council()
            try:
                event, message = accepted(self._drawn(council), self._namespace)
            except RefusedEventError as error:
                self.refused[error.reason] += 1
                continue
            council.events += 1
            _remember(council, event)
            return event, message

    def forget(self, council: str) -> None:
        """Ends the events of a council; another takes its place."""
        self._councils = [each for each in self._councils if each.id != council]

    def _council(self) -> _Council:
        self._councils = [each for each in self._councils if each.events < EVENTS_OF_COUNCIL]
        while len(self._councils) < COUNCILS:
            self._councils.append(self._new_council())
        return self._chance.choice(self._councils)

    def _new_council(self) -> _Council:
        chance = self._chance
        self._made += 1
        name, poll = f"c{self._made}", chance.choice(POLLS)
        name += chance.choice(("", "", "-of-somewhere", "x" * 150))
        drawn = [self._party() for _ in range(3)]
        return _Council(
            f"local.{name}.{poll}",
            [f"local.{name}.{ward}.{poll}" for ward in ("ash", "beech", "cedar", "elm")],
            [*chance.sample(PARTIES, 4), *drawn],
        )

    def _party(self) -> dict[str, Any]:
        """Returns a party as the models have it, with a label and an id from their edges."""
        while True:
            drawn = self._draw(self._chance, Size(8))
            for each in (*drawn.get("candidates", ()), *drawn.get("seats", ())):
                if each.get("party") or each.get("party_id"):
                    return {name: each.get(name, "") for name in ("party", "party_id")}

    def _drawn(self, council: _Council) -> dict[str, Any]:
        large = self._chance.random() < LARGE
        utmost = self._chance.random() < (0.5 if large else UTMOST)
        entries = self._chance.choice(LARGE_ENTRIES) if large else SMALL_ENTRIES
        size = Size(entries, full=large, utmost=utmost)
        given = self._draw(self._chance, replace(size))
        fewer = FEWER | ({} if council.wards else {"council.opened": 0.0, "ward.declared": 0.6})
        while self._chance.random() < fewer[given["type"]]:
            given = self._draw(self._chance, replace(size))
        given |= {"council": council.id, "mode": self._mode}
        if given["type"] != "desk.decided":
            given |= self._source()
        self._revise(given, council)
        self._fit_parties(given, council, often=0.1 if large else 0.7)
        match given["type"]:
            case "council.opened":
                self._fit_opening(given, council)
            case "ward.declared":
                self._fit_ward(given, council.wards.get(given["ballot_paper_id"]))
                self._fit_result(given)
            case "ward.status":
                given["ballot_paper_id"] = self._ballot(council)
                if given.get("status") != "recount":
                    given.pop("recount", None)
            case "council.declared":
                self._fit_seats(given, council)
            case "desk.decided":
                self._fit_decision(given)
        return given

    def _source(self) -> dict[str, Any]:
        """Returns whose word it is; mostly a final one, as what waits meets little else."""
        chance = self._chance
        if not self._sources or chance.random() < 0.3:
            return {"source_id": None, "trust": None}
        if chance.random() < 0.5:
            return {"source_id": chance.choice(SOURCES), "trust": "final"}
        return {"source_id": chance.choice(SOURCES), "trust": chance.choice(("single", "second"))}

    def _revise(self, given: dict[str, Any], council: _Council) -> None:
        """Lets most revisions be the next one, and the reason for it fit."""
        chance = self._chance
        if given["type"] in {"ward.declared", "ward.status", "desk.decided"}:
            given["ballot_paper_id"] = self._ballot(council)
        known = council.revisions[_fact(given)]
        step = chance.random()
        if step < 0.8:
            given["revision"] = known + 1
        elif step < 0.9:
            given["revision"] = max(1, known + chance.choice((-1, 0, 2, 100)))
        if "correction" in given or given["type"] in {"ward.declared", "council.declared"}:
            revised = given.get("revision", 1) > 1
            given["correction"] = chance.choice(("transcription", "court")) if revised else None

    def _ballot(self, council: _Council) -> str:
        """Returns a ballot of the council: mostly a known one, sometimes nobody's."""
        chance = self._chance
        if chance.random() < 0.97:
            return chance.choice(council.ballots[:40])
        kind, name, poll = council.id.split(".")
        ward = chance.choice(("x", f"w{chance.randint(0, 999)}", "w" * 60, "a-b_c"))
        by = chance.choice(("", "", ".by"))
        return f"{kind}.{name}.{ward}{by}.{chance.choice((poll, '2026-06-11', '2026-05-07'))}"

    def _fit_parties(self, given: dict[str, Any], council: _Council, often: float) -> None:
        """Lets most candidates and seats be of the council's own parties, so that these meet."""
        groups = [given.get("candidates"), given.get("standing"), given.get("seats")]
        groups += [ward.get("candidates") for ward in given.get("wards") or ()]
        for group in groups:
            for each in group or ():
                if often < 0.5:
                    self._rename(each)
                if self._chance.random() < often:
                    party = self._chance.choice(council.parties)
                    key = party["party_id"] if "candidate" in each else _key(party)
                    each.update(party=party["party"], party_id=key)
        if given.get("control_before") and self._chance.random() < often:
            given["control_before"] = _key(self._chance.choice(council.parties))
        for name in ("standing", "seats"):
            if name in given:
                given[name] = list({each["party_id"]: each for each in given[name]}.values())

    def _rename(self, each: dict[str, Any]) -> None:
        """Lets a party of a long name be another one than all others, so that there are many."""
        tail = f"{self._chance.randint(0, 9_999):04}"
        for name in ("party", "party_id"):
            if len(each.get(name) or "") > LONG_CHARS:
                each[name] = each[name][: -len(tail)] + tail

    def _fit_opening(self, given: dict[str, Any], council: _Council) -> None:
        """Gives each ward a ballot of its own, and the council room for its seats."""
        kind, name, poll = council.id.split(".")
        wards = given.get("wards") or []
        fresh = [f"{kind}.{name}.w{place}.{poll}" for place in range(len(wards))]
        chosen = list(dict.fromkeys([*council.ballots, *fresh]))
        for ward, ballot in zip(wards, chosen, strict=False):
            ward["ballot_paper_id"] = ballot
            if ward.get("replaces"):
                ward["replaces"] = self._chance.choice(chosen[: len(wards)])
            self._fit_previous(ward, poll)
        self._share(given.get("standing") or (), "seats_not_up", 0.5)
        self._share(given.get("standing") or (), "seats_eve_of_poll", 0.1)
        self._share(given.get("standing") or (), "seats_last_election", 0.1)
        not_up = sum(each.get("seats_not_up") or 0 for each in given.get("standing") or ())
        if self._chance.random() < 0.6 or len(wards) > 10:
            for ward in wards:
                ward["seats_contested"] = self._chance.randint(1, 3)
        for ward in wards:
            before = (ward.get("previous") or {}).get("polls", ())
            parties = [each for poll in before for each in poll.get("parties", ())]
            self._share(parties, "seats", 1.0, ward["seats_contested"])
        up = sum(ward["seats_contested"] for ward in wards)
        spare = self._chance.choice((0, 0, 1, 2, given["seats_total"]))
        given["seats_total"] = max(1, min(SEATS_MAX, up + not_up + spare))

    def _fit_previous(self, ward: dict[str, Any], poll: str) -> None:
        """Lets a ward's earlier polls be before this one, and of changed boundaries no more."""
        previous = ward.get("previous")
        if not previous:
            return
        polls = {each["last_fought"]: each for each in previous["polls"]}
        earlier = [each for day, each in polls.items() if day < poll]
        if not previous["same_boundaries"]:
            for each in earlier:
                each.pop("parties", None)
        ward["previous"] = {**previous, "polls": earlier} if earlier else None

    def _fit_decision(self, given: dict[str, Any]) -> None:
        """Lets what the desk decides be of one kind, and its own figure of the same ballot."""
        if given["ruling"] not in {"accept", "refuse"}:
            given.pop("content", None)
        if given["ruling"] != "figure":
            given.pop("figure", None)
        elif given.get("figure"):
            same = {name: given[name] for name in ("council", "ballot_paper_id", "mode")}
            given["figure"] |= same
            self._fit_result(given["figure"])

    def _fit_result(self, given: dict[str, Any]) -> None:
        """Lets no more be elected than seats, and votes be close."""
        chance = self._chance
        people = given["candidates"]
        if chance.random() < 0.5:
            near = chance.choice((0, 1, 500, 2_000))
            for each in people:
                each["votes"] = max(0, near + chance.choice((0, 0, 1, -1, 8, 9, 10)))
        if chance.random() < 0.6:
            for each in people:
                each["elected"] = None
        places = given["seats_contested"]
        for each in people:
            if each.get("elected") is True:
                places -= 1
                each["elected"] = True if places >= 0 else None

    def _fit_ward(self, given: dict[str, Any], ward: dict[str, Any] | None) -> None:
        """Lets most results be of the seats of their ward, and of the people nominated there."""
        chance = self._chance
        if ward is None or chance.random() < 0.2:
            if chance.random() < 0.7:
                given["seats_contested"] = chance.randint(1, 3)
            return
        given["seats_contested"] = ward["seats_contested"]
        given["casual_vacancies"] = 0
        if ward["candidates"] and chance.random() < 0.9:
            given["candidates"] = [
                {name: nominee[name] for name in ("candidate", "party", "party_id")}
                | {"votes": chance.choice((0, 1, 500, 2_000))}
                for nominee in ward["candidates"]
            ]

    def _fit_seats(self, given: dict[str, Any], council: _Council) -> None:
        """Lets most results of whole councils have no more seats than their council."""
        if self._chance.random() < 0.8:
            for name in ("seats", "seats_won"):
                self._share(given["seats"], name, 1.0, council.seats_total)

    def _share(self, parties: Any, name: str, often: float, most: int = SEATS_MAX) -> None:
        """Makes the seats of some parties fit into a total, so that their sum is one."""
        if self._chance.random() >= often and sum(p.get(name) or 0 for p in parties) <= most:
            return
        left = most
        for each in parties:
            if each.get(name) is not None:
                each[name] = min(each[name], self._chance.randint(0, left))
                left -= each[name]


def _key(party: dict[str, Any]) -> str:
    key: str = party["party_id"] or party["party"]
    return key


def _fact(given: dict[str, Any]) -> str:
    """Returns what a revision is a revision of."""
    return f"{given['type']} {given.get('ballot_paper_id', '')}"


def _remember(council: _Council, event: Event) -> None:
    given = event.model_dump(include={"type", "ballot_paper_id", "revision"})
    known = council.revisions[_fact(given)]
    if known < event.revision <= known + 100:
        council.revisions[_fact(given)] = event.revision
    if event.type == "council.opened":
        council.seats_total = event.seats_total
        council.ballots = [ward.ballot_paper_id for ward in event.wards] or council.ballots
        council.wards = {ward.ballot_paper_id: ward.model_dump() for ward in event.wards}

"""What is said of one council in a night: truths and slips, and what the desk decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from election.declaration import declaration
from election.evidence.claim import content_of
from schemas.council import CouncilOpened, Nominee, OpenedWard
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.source import DEFAULT_SOURCE
from schemas.ward import WardDeclared, WardStatus
from tests.chaos import words
from tests.chaos.words import Ballot

BEGIN = datetime(2026, 4, 30, 21, tzinfo=UTC)
PARTIES = (("Conservative", "PP52"), ("Labour", "PP53"), ("Liberal Democrats", "PP90"))
OPENS, DESK = "wire", "newsdesk"
"""Who opens councils, and who decides."""

NUMBERING = frozenset({"wire", "stringer", DEFAULT_SOURCE})
"""Those who number their words. Of the others the latest stands."""


class Said(NamedTuple):
    """What somebody says."""

    source: str
    event: Event


class CouncilCourse:
    """What is said of one council in the course of its night."""

    def __init__(self, opened: CouncilOpened, ballots: list[Ballot], chance: Random) -> None:
        self._opened = opened
        self._ballots = ballots
        self._chance = chance
        self._notices: Counter[str] = Counter()
        self._decisions: Counter[str] = Counter()
        self._leader = 0

    def made(self, number: int) -> list[Said]:
        """Returns what is said, in order."""
        acts: tuple[tuple[Callable[[Ballot], list[Said]], int], ...] = (
            (self._true, 30),
            (self._slip, 24),
            (self._other_figures, 8),
            (self._impossible, 5),
            (self._partly, 4),
            (self._fuller, 7),
            (self._withdrawn, 3),
            (self._notice, 5),
            (self._moving_seats, 2),
            (self._reopened, 3),
            (self._decision, 6),
            (self._accepted_before_it_is_said, 3),
        )
        found: list[Said] = []
        while len(found) < number:
            if found and self._chance.random() < 0.06:
                found.append(self._chance.choice(found))
                continue
            (act,) = self._chance.choices([a for a, _ in acts], [often for _, often in acts])
            found += act(self._chance.choice(self._ballots))
        return found[:number]

    def _truth(self, ballot: Ballot) -> WardDeclared:
        """Returns what is true of a ballot; a recount finds something else now and then."""
        if ballot.truth is None or self._chance.random() < 0.1:
            self._leader ^= int(self._chance.random() < 0.5)
            ballot.truth = words.fresh(ballot, PARTIES[self._leader][1], self._chance)
        return ballot.truth

    def _by(self, ballot: Ballot, said: WardDeclared, source: str = "") -> list[Said]:
        """Returns a word of one of those who speak of a ballot, under its next revision."""
        chance = self._chance
        source = source or chance.choice(ballot.sources)
        given: dict[str, Any] = {
            "declared_at": BEGIN + timedelta(seconds=chance.randint(0, 36_000))
        }
        if source in NUMBERING:
            ballot.revisions[source] += 1
            given["revision"] = ballot.revisions[source]
            if given["revision"] > 1:
                given["correction"] = chance.choice(("transcription", None))
        event = said.model_copy(update=given)
        ballot.said.append(event)
        return [Said(source, event)]

    def _true(self, ballot: Ballot) -> list[Said]:
        return self._by(ballot, self._truth(ballot))

    def _slip(self, ballot: Ballot) -> list[Said]:
        true = self._truth(ballot)
        others = [each.truth for each in self._ballots if each is not ballot and each.truth]
        said = words.slip(true, others, self._chance)
        if said is None:
            return []
        named = next(each for each in self._ballots if each.id == said.ballot_paper_id)
        return self._by(named, said, self._chance.choice(ballot.sources))

    def _other_figures(self, ballot: Ballot) -> list[Said]:
        return self._by(ballot, self._other(ballot))

    def _other(self, ballot: Ballot) -> WardDeclared:
        return words.fresh(ballot, self._chance.choice(PARTIES)[1], self._chance)

    def _impossible(self, ballot: Ballot) -> list[Said]:
        return self._by(ballot, words.impossible(self._other(ballot), self._chance))

    def _partly(self, ballot: Ballot) -> list[Said]:
        return self._by(ballot, words.partly(self._truth(ballot)))

    def _fuller(self, ballot: Ballot) -> list[Said]:
        return self._by(ballot, words.fuller(self._truth(ballot), self._chance))

    def _withdrawn(self, ballot: Ballot) -> list[Said]:
        return self._by(ballot, words.withdrawn(self._truth(ballot)))

    def _notice(self, ballot: Ballot) -> list[Said]:
        status = self._chance.choice(("counting", "recount", "postponed"))
        return [Said(self._chance.choice(ballot.sources), self._status(ballot, status))]

    def _status(self, ballot: Ballot, status: Any) -> WardStatus:
        self._notices[ballot.id] += 1
        return WardStatus(
            council=ballot.council,
            ballot_paper_id=ballot.id,
            mode="rehearsal",
            revision=self._notices[ballot.id],
            status=status,
            recount=1 if status == "recount" else None,
        )

    def _moving_seats(self, ballot: Ballot) -> list[Said]:
        """Returns what moves seats, and is for sources that are `final`, by one that is not."""
        total = self._opened.seats_total
        event: Event = self._chance.choice(
            (
                self._status(ballot, "countermanded"),
                self._opened.model_copy(update={"revision": self._opened.revision + 1}),
                CouncilDeclared(
                    council=ballot.council,
                    mode="rehearsal",
                    seats=(PartySeats(party_id="PP90", seats=total),),
                ),
            )
        )
        return [Said("agency", event)]

    def _reopened(self, ballot: Ballot) -> list[Said]:
        """Returns the opening again, in which somebody may be missing who was nominated."""
        missing = self._chance.choice((None, ballot))
        wards = tuple(opened_ward(each, each.nominees[each is missing :]) for each in self._ballots)
        given = {"revision": self._opened.revision + 1, "wards": wards}
        self._opened = self._opened.model_copy(update=given)
        return [Said(OPENS, self._opened)]

    def _decision(self, ballot: Ballot) -> list[Said]:
        chance = self._chance
        ruling = chance.choice(("accept", "accept", "refuse", "clear", "figure"))
        if ruling == "figure":
            return [self._decided(ballot, ruling, figure=self._other(ballot))]
        if ruling == "clear":
            return [self._decided(ballot, ruling)]
        if not ballot.said:
            return []
        content = content_of(declaration(chance.choice(ballot.said)))
        return [self._decided(ballot, ruling, content=content)]

    def _accepted_before_it_is_said(self, ballot: Ballot) -> list[Said]:
        said = self._by(ballot, self._other(ballot))
        content = content_of(declaration(ballot.said[-1]))
        return [self._decided(ballot, "accept", content=content), *said]

    def _decided(self, ballot: Ballot, ruling: str, **given: Any) -> Said:
        # Two people at the desk decide at the same time now and then.
        self._decisions[ballot.id] += self._chance.random() < 0.9 or not self._decisions[ballot.id]
        decision = DeskDecided(
            council=ballot.council,
            ballot_paper_id=ballot.id,
            mode="rehearsal",
            revision=self._decisions[ballot.id],
            ruling=ruling,  # type: ignore[arg-type] # one of the four
            by="desk",
            reason="sheet",
            **given,
        )
        return Said(DESK, decision)


def opened_ward(ballot: Ballot, nominees: tuple[Nominee, ...]) -> OpenedWard:
    """Returns a ballot as its council is opened with it."""
    return OpenedWard(
        ballot_paper_id=ballot.id,
        ward=ballot.ward,
        seats_contested=ballot.seats,
        candidates=nominees,
    )

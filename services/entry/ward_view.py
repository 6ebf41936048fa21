"""What the pages of one ward show to a stringer: who stands, and their own word. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from election.council import Council
from election.ward import Ward
from schemas.ward import Status
from services.access.holder import Holder
from services.entry.figure import people_id
from services.entry.labels import is_in_wales
from services.entry.notice_form import known_notice, statuses_for
from services.entry.own_word import OwnState, known_revision, own_no_poll, own_word
from services.entry.read_back import Figures, figures_of
from services.entry.ward_list import Listed, listed_council, state_of_others
from services.entry.word_form import fields_to_type_again, nominees_of
from services.entry.wording import status_label
from services.review.comparison import party_label


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who stands: their name as on the ballot paper, and what their party is called."""

    name: str
    party: str


@dataclass(frozen=True, slots=True)
class Own:
    """A stringer's own word: what it says, what became of it, why it waits, and who seconds it.

    `is_no_poll` is whether it says that there is no poll.
    """

    figures: Figures
    state: OwnState
    why: tuple[str, ...]
    seconded_by: tuple[str, ...]
    is_no_poll: bool = False


@dataclass(frozen=True, slots=True)
class WardView:
    """A ward as its pages show it. `next` is the ward of the council that is expected next.

    `revision`, `notice` and `people_id` say what a form was made against; `type_again` are the
    fields of their word that another source states otherwise.
    """

    ballot_paper_id: str
    name: str
    council: str
    seats: int
    expected_at: datetime | None
    is_in_wales: bool
    is_stv: bool
    people: tuple[Person, ...]
    people_id: str
    revision: int
    notice: int
    statuses: tuple[Status, ...]
    state: str
    own: Own | None
    type_again: frozenset[str]
    next: Listed | None

    @property
    def has_sent(self) -> bool:
        """Whether there is a word of the stringer that was not taken back."""
        return self.own is not None and self.own.state != "taken back"

    @property
    def may_take_back(self) -> bool:
        """Whether that word counts no more once it is taken back: the desk's decision stands on."""
        is_decided = self.own is not None and self.own.is_no_poll and self.own.state == "counts"
        return self.has_sent and not is_decided


def ward_view(council: Council, ward: Ward, holder: Holder) -> WardView:
    """Returns what the pages of a listed ward show to a key's holder."""
    contest, people = ward.contest, nominees_of(ward)
    return WardView(
        ballot_paper_id=ward.ballot_paper_id,
        name=ward.name,
        council=council.name,
        seats=contest.seats if contest is not None else 1,
        expected_at=contest.expected_at if contest is not None else None,
        is_in_wales=is_in_wales(council),
        is_stv=ward.system == "stv",
        people=tuple(
            Person(each.candidate or "somebody", party_label(each.party_id, each.party))
            for each in people
        ),
        people_id=people_id(people),
        revision=known_revision(ward, holder.id),
        notice=known_notice(ward),
        statuses=statuses_for(council, ward, holder),
        state=state_of_others(ward),
        own=_own(council, ward, holder.id),
        type_again=fields_to_type_again(ward, holder.id),
        next=listed_council(council, holder.id).next,
    )


def _own(council: Council, ward: Ward, source: str) -> Own | None:
    no_poll = own_no_poll(ward, source)
    if no_poll is not None:
        sentence = f"{ward.name}: {status_label(no_poll.status)}"
        return Own(
            Figures(sentence), no_poll.state, tuple(no_poll.why.splitlines()), (), is_no_poll=True
        )
    word = own_word(ward, source)
    if word is None:
        return None
    figures = figures_of(word.said, council, ward)
    return Own(figures, word.state, tuple(word.why.splitlines()), word.seconded_by)

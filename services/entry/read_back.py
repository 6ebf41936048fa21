"""Read back: what a word says, by the rules of the count, before it is sent. No I/O."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from election.council import Council
from election.declaration import Declaration, declaration
from election.foreseen import foreseen
from election.rules.baseline import only_defender
from election.rules.majority import party_of
from election.story import story_of
from election.text.phrases import counted
from election.text.story import seat_changes
from election.ward import Ward
from schemas.party import wire_name
from schemas.ward import Candidate, WardDeclared
from services.entry.blind import without_words
from services.entry.word_form import Word
from services.entry.wording import status_label
from services.review.comparison import party_label


class Line(NamedTuple):
    """Somebody in a word: what they are called, their votes, and whether they are elected."""

    name: str
    votes: int | None
    elected: bool | None


class Figures(NamedTuple):
    """A word in a sentence, its people, and the sum of their votes; None if none are stated."""

    sentence: str
    people: tuple[Line, ...] = ()
    total: int | None = None


class ReadBack(NamedTuple):
    """What a word says, and what speaks against it, without what others say of the ballot."""

    figures: Figures
    warnings: tuple[str, ...] = ()


def read_back(event: Word, council: Council, ward: Ward) -> ReadBack:
    """Returns what an event says, beside its council as if nobody had spoken of its ballot."""
    if isinstance(event, WardDeclared):
        said = declaration(event)
        figures = figures_of(said, council, ward)
        if not said.states_anything:
            return ReadBack(figures)
    else:
        figures = Figures(f"{ward.name}: {status_label(event.status, event.recount)}")
    return ReadBack(figures, foreseen(event, without_words(council, ward)).warnings)


def figures_of(said: Declaration, council: Council, ward: Ward) -> Figures:
    """Returns what a result says of its ballot."""
    if not said.states_anything:
        return Figures(f"{ward.name}: nothing, as you take back what you sent")
    told = replace(ward, declared=said, evidence=None, fits=True)
    elected = told.result.elected if told.result is not None else (None,) * len(said.candidates)
    votes = [each.votes for each in said.candidates if each.votes is not None]
    return Figures(
        f"{ward.name}: {_won(told, said, council)}",
        tuple(
            Line(_name(each), each.votes, elected[place])
            for place, each in enumerate(said.candidates)
        ),
        sum(votes) if votes else None,
    )


def _name(each: Candidate) -> str:
    return f"{each.candidate or 'somebody'} ({party_label(each.party_id, each.party)})"


def _won(ward: Ward, said: Declaration, council: Council) -> str:
    """Returns who won a ward, such as `LAB gain from CON, majority 40`."""
    if ward.result is None:
        return "tied for the last seat, waiting for the lot" if ward.tied else "no result yet"
    names = {party_of(each): wire_name(party_of(each), each.party) for each in said.candidates}
    won = {party: seats for party, seats in ward.result.seats_won.items() if seats}
    is_only_seat = said.seats_contested == 1
    text = ", ".join(
        names[party] if is_only_seat else f"{names[party]} {seats}" for party, seats in won.items()
    )
    if ward.result.still_open:
        return f"{text}, {counted(ward.result.still_open, 'seat')} to come"
    since = _since_last_fought(ward, text)
    if since:
        text += since
    elif len(won) == 1:
        text += _change(next(iter(won)), council)
    return f"{text or 'no seat filled'}{_majority(ward, said)}"


def _since_last_fought(ward: Ward, winners: str) -> str:
    """Returns what follows the winners: who holds and gains seats; blank if that is not known.

    Of the only seat it is said of whoever has it: ` gain from CON`.
    """
    story = story_of(ward)
    changes = seat_changes(ward, story) if story is not None else ""
    if not changes:
        return ""
    rest = changes.removeprefix(winners)
    return rest if winners and rest != changes else f" ({changes})"


def _change(party: str, council: Council) -> str:
    """Returns whether a party holds or gains all seats of a ward; blank if that is not known."""
    if council.opening is None:
        return ""
    contests = [ward.contest for ward in council.wards.values() if ward.contest is not None]
    up = sum(contest.seats for contest in contests)
    before = only_defender(council.opening.opened.standing, up)
    if before is None:
        return ""
    name = wire_name(before, council.opening.labels.get(before, ""))
    return " hold" if before == party else f" gain from {name}"


def _majority(ward: Ward, said: Declaration) -> str:
    if ward.margin is None:
        return ""
    if any(each.tied_vote_winner for each in said.candidates):
        return ", by lot"
    if said.seats_contested == 1:
        return f", majority {ward.margin.votes:,}"
    return f", last seat by {counted(ward.margin.votes, 'vote')}"

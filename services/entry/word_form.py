"""Word form: what a stringer says in a form's fields, made into an event. No I/O.

Its results are made here, and its notices in `services.entry.notice_form`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from election.council import Council
from election.declaration import Declaration, declaration
from election.evidence.claim import Claim, content_of
from election.rules.result import is_tied
from election.text.phrases import counted
from election.ward import Ward
from schemas.council import Nominee
from schemas.ward import Candidate, WardDeclared, WardStatus
from services.access.holder import Holder
from services.entry.ballot_paper import in_order
from services.entry.figure import UnusableFigureError, figure_of, name_of, seats_of
from services.entry.notice_form import MEANWHILE, REPORTED, notice_of
from services.entry.own_word import OwnWord, own_claim, own_no_poll, own_word
from services.review.decision import MeanwhileError

_POLL: Final = {
    "num_turnout_reported": "ballots",
    "num_spoilt_ballots": "spoilt",
    "total_electorate": "electorate",
    "turnout_percentage": "turnout",
}
"""The figures of a poll, each with its field of the form."""

Word = WardDeclared | WardStatus
"""What a stringer says: a result, which may take back an earlier one, or how the count stands."""


def nominees_of(ward: Ward) -> list[Nominee]:
    """Returns who stands in the order of the ballot paper; empty if nominations are not known."""
    return in_order(ward.contest.nominees) if ward.contest is not None else []


def word_of(fields: Mapping[str, str], council: Council, ward: Ward, holder: Holder) -> Word:
    """Returns the event of what a form says, as the word of its holder.

    The same form gives the same event, and so does a form that says again what the holder says
    already. Raises UnusableFigureError, with a line for each fault, and MeanwhileError if another
    form was sent since this one was made.
    """
    match fields.get("say"):
        case "result":
            return _result(fields, council, ward, holder)
        case "withdraw":
            return _withdrawal(fields, council, ward, holder)
        case _:
            return notice_of(fields, council, ward, holder)


def fields_of(ward: Ward, source: str) -> dict[str, str]:
    """Returns the fields of a form that say what a source says of a ballot already.

    Those in which another source says something else are left out, so that they are typed again
    from the declaration and not from memory of either.
    """
    word = own_word(ward, source)
    if word is None or not word.said.states_anything:
        return {}
    again = _to_type_again(ward, word)
    return {name: value for name, value in _fields(ward, word.said).items() if name not in again}


def fields_to_type_again(ward: Ward, source: str) -> frozenset[str]:
    """Returns the names of the fields of a source's word that another source states otherwise.

    Of marks it is all or none, because of one that differs the other is known.
    """
    word = own_word(ward, source)
    return _to_type_again(ward, word) if word is not None else frozenset()


def _to_type_again(ward: Ward, word: OwnWord) -> frozenset[str]:
    names = {_POLL[figure] for figure in word.differing.figures if figure in _POLL}
    for place, each in _said_of(ward, word.said):
        if each in word.differing.votes:
            names.add(f"votes-{place}")
        if word.differing.marks:
            names |= {f"elected-{place}", f"lot-{place}"}
    return frozenset(names)


def _fields(ward: Ward, said: Declaration) -> dict[str, str]:
    fields: dict[str, str] = {}
    for place, number in _said_of(ward, said):
        each = said.candidates[number]
        if each.votes is not None:
            fields[f"votes-{place}"] = str(each.votes)
        if each.elected:
            fields[f"elected-{place}"] = "yes"
        if each.tied_vote_winner:
            fields[f"lot-{place}"] = "yes"
    poll = {field: getattr(said, figure) for figure, field in _POLL.items()}
    return fields | {name: str(value) for name, value in poll.items() if value is not None}


def _said_of(ward: Ward, said: Declaration) -> list[tuple[int, int]]:
    """Returns the place on the ballot paper, and that in a word, of each who is in both."""
    places = {
        (each.candidate, each.party, each.party_id): number
        for number, each in enumerate(said.candidates)
    }
    people = [(each.candidate, each.party, each.party_id) for each in nominees_of(ward)]
    return [(place, places[each]) for place, each in enumerate(people) if each in places]


def _result(
    fields: Mapping[str, str], council: Council, ward: Ward, holder: Holder
) -> WardDeclared:
    people = nominees_of(ward)
    said = figure_of(fields, council, ward, people)
    _check_whole(said, people, ward)
    return _numbered(said, fields, ward, holder)


def _check_whole(said: WardDeclared, people: list[Nominee], ward: Ward) -> None:
    """Raises UnusableFigureError if a figure is no result, or leaves unsaid who is elected.

    The returning officer says who is elected, and votes that have the wrong owners can be told from
    right ones by that alone: so with everybody's votes every seat is to be marked, unless a tie
    awaits the lot. Under STV seats may be marked as they are filled.
    """
    marked = sum(each.elected is True for each in said.candidates)
    if marked:
        _check_marks(marked, said, people, ward)
        return
    if ward.system == "stv":
        raise UnusableFigureError(
            "Mark who is elected: first preferences do not say it, as seats go by transfers."
        )
    missing = [
        name_of(person)
        for person, each in zip(people, said.candidates, strict=True)
        if each.votes is None
    ]
    if missing and len(people) > said.seats_contested:
        raise UnusableFigureError(
            f"Votes of {', '.join(missing)} are missing: give them, or mark who is elected."
        )
    if not any(each.votes for each in said.candidates):
        raise UnusableFigureError("Nobody has a vote: give the votes, or mark who is elected.")
    _check_marks(marked, said, people, ward)


def _check_marks(marked: int, said: WardDeclared, people: list[Nominee], ward: Ward) -> None:
    seats = said.seats_contested
    is_whole = all(each.votes is not None for each in said.candidates)
    if ward.system == "stv" or not is_whole or marked >= min(seats, len(people)):
        return
    if not is_tied(said.candidates, seats, ward.system):
        raise UnusableFigureError(
            f"Mark who is elected, as it is declared: {marked} of {counted(seats, 'seat')} marked."
            " It is checked against the votes."
        )


def _withdrawal(
    fields: Mapping[str, str], council: Council, ward: Ward, holder: Holder
) -> WardDeclared:
    """Returns a result without votes and marks, which takes back what the holder has said."""
    claim, no_poll = own_claim(ward, holder.id), own_no_poll(ward, holder.id)
    if claim is None and no_poll is None:
        raise UnusableFigureError("There is nothing to take back: you have sent nothing here.")
    if no_poll is not None and no_poll.state == "counts":
        raise UnusableFigureError(
            "It counts that there is no poll: tell the desk if that is wrong."
        )
    named = claim.said.candidates if claim is not None else nominees_of(ward)
    people = tuple(
        Candidate(candidate=each.candidate, party=each.party, party_id=each.party_id)
        for each in named
    )
    empty = WardDeclared(
        council=council.council,
        ballot_paper_id=ward.ballot_paper_id,
        mode=council.mode,
        seats_contested=claim.said.seats_contested if claim is not None else seats_of(ward),
        candidates=people or (Candidate(candidate=""),),
    )
    return _numbered(empty, fields, ward, holder)


def _numbered(
    said: WardDeclared, fields: Mapping[str, str], ward: Ward, holder: Holder
) -> WardDeclared:
    """Returns a result with the revision after that which its form was made against.

    What the holder says already keeps its revision, so that it is the same event.
    """
    claim = own_claim(ward, holder.id)
    known = claim.said.revision if claim is not None else 0
    revision = known
    is_said = claim is not None and own_no_poll(ward, holder.id) is None
    if claim is None or not is_said or not _is_said_by(claim, said):
        if fields.get("revision") != str(known):
            raise MeanwhileError(MEANWHILE)
        revision = known + 1
    numbered = said.model_copy(update={"revision": revision, "source": REPORTED})
    stamped = holder.stamped(numbered)
    assert isinstance(stamped, WardDeclared)  # noqa: S101 -- a stamp changes no event's kind
    return stamped


def _is_said_by(claim: Claim, said: WardDeclared) -> bool:
    return content_of(declaration(said)) == content_of(claim.said)

"""A call: what makes control certain, in words, before and after the last ward."""

from __future__ import annotations

from election.count import Count
from election.rules.majority import may_control
from election.text.flip import council_flip_texts, only_at
from election.text.phrases import counted, first_that_fits, went_by
from election.text.seats import (
    NO_MAJORITY_TOGETHER,
    PARTIES_SHOWN,
    seats_listed,
    short_of_majority,
    to_come,
)
from schemas.party import INDEPENDENT, NOC


def call(count: Count, room: int) -> str:
    """Returns why the control of a council is certain, and how close that was.

    A result has all seats. Before it, what is declared is called `so far`, and what can still
    come is said. What is certain before any vote says whether seats not up or nominations make
    it so. What does not fit into `room` characters is said more shortly.
    """
    if count.before_any_vote:
        return _with_rest(_from_the_opening(count), count)
    if count.control == NOC:
        settled_at = _settled_at(count)
        texts = (f"{_without_majority(count, shown)}{settled_at}" for shown in PARTIES_SHOWN)
        return first_that_fits(texts, room)
    text = f"{_with_majority(count)}{_settled_at(count)}"
    flips = council_flip_texts(count)
    return first_that_fits((*[f"{text}; {flip}" for flip in flips], text), room)


def _with_rest(text: str, count: Count) -> str:
    rest = to_come(count)
    return f"{text}, {rest}" if rest else text


def _from_the_opening(count: Count) -> str:
    control, of = count.control or NOC, f"majority {count.majority} of {count.seats_total}"
    if control == NOC:
        given = "the seats not up and " if count.tally.not_up else ""
        nobody = f"no party can reach {_majority(count)}"
        return f"certain before any vote: with {given}those who stand {nobody}"
    seats, party = count.ranges[control], count.wire(control)
    is_not_up = f"{counted(seats.not_up, f'{party} seat')} {'is' if seats.not_up == 1 else 'are'}"
    if seats.not_up >= count.majority:
        return f"certain before any vote: {is_not_up} not up, {of}"
    kept = f"{is_not_up} not up and " if seats.not_up else ""
    few = f"too few stand against {party} to keep it below {seats.least}"
    return f"certain before any vote: {kept}{few}, {of}"


def _with_majority(count: Count) -> str:
    seats = count.ranges[count.control or ""]
    if count.complete:
        return f"{seats.held} of {count.seats_total}, majority {count.majority}"
    sure = ""
    if seats.held < count.majority:
        more = seats.least - seats.held
        sure = f" and sure of {more} more, as too few stand against it"
    held = f"{seats.held} of {count.seats_total} so far{sure}, majority {count.majority}"
    return _with_rest(held, count)


def _without_majority(count: Count, shown: int) -> str:
    if count.complete:
        of = f"of {count.seats_total}, majority {count.majority}"
        text, short = f"{seats_listed(count, shown)} {of}", short_of_majority(count)
        return f"{text}, {short}" if short else text
    before = count.control_before
    reach = f"no party can reach {_majority(count)}"
    if before not in {None, NOC}:
        party = count.wire(before)
        reach = f"{party} cannot reach {_majority(count)}, nor can another party"
    return _with_rest(f"{reach}: so far {seats_listed(count, shown)}", count)


def _majority(count: Count) -> str:
    """Returns `43 of 84`, and of independents who can reach it, that they form no majority."""
    marked = count.opening.opened.independents_as_party
    seats = count.ranges.get(INDEPENDENT)
    of = f"{count.majority} of {count.seats_total}"
    if may_control(INDEPENDENT, independents_as_party=marked) or seats is None:
        return of
    return f"{of} ({NO_MAJORITY_TOGETHER})" if seats.best >= count.majority else of


def _settled_at(count: Count) -> str:
    """Returns the ward that made control certain, and how its last seat went.

    Its margin is left out beside voters of another ward, which would be taken for its own, and
    where it lies between two candidates of one party.
    """
    ward = count.wards.get(count.settled_at or "")
    if ward is None:
        return ""
    elsewhere = count.flip is not None and only_at(count.flip) != ward.ballot_paper_id
    if ward.margin is None or elsewhere or ward.margin.is_within_a_party:
        return f", settled at {ward.name}"
    went = went_by(ward.contribution.filled, ward.margin.votes)
    return f", settled at {ward.name}, where {went}"

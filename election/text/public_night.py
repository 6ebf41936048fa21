"""Marks that a night has passed, and digests of it, for the public."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import product
from typing import assert_never

from election.nation.part_sum import CouncilSum
from election.nation.since import CalledCouncil, Since
from election.text.nation import MarkFacts, all_councils, awaited_councils
from election.text.paragraph import fitting, number_of, place, sentences
from election.text.phrases import listed, spelled
from election.text.public_party import in_sentence
from schemas.party import NOC
from schemas.uk_time import UK_TIME

_CALLS_SHOWN = (6, 4, 3, 2, 1, 0)
"""The councils that change hands for which a paragraph has room, and how few it makes do with."""

_PARTIES_SHOWN = (3, 0)

_AWAITED_NAMED_MAX = 3

Who = Callable[[str | None], str]
"""Returns a party as the subject of a sentence."""


def milestone_paragraph(facts: MarkFacts) -> str:
    """Returns a mark that was passed, and the council that took the night past it."""
    now, council = _now(facts), facts.change.new
    mark, name = facts.mark, place(council.name)
    took = f"the latest figures from {name} took it there"
    is_first = mark.count == "councils" and facts.number == 1 and not mark.measure.possible
    controls = any(control == mark.party for _, control in council.sum.control)
    if is_first and controls and mark.party != NOC:
        first = f"{_party(facts)} have control of a first council{_in(facts)} in this election"
        return fitting((sentences(f"{first}: {name}"),))
    return fitting((sentences(now, took), sentences(now)))


def withdrawn_mark_paragraph(facts: MarkFacts) -> str:
    """Returns which mark is taken back, after which council, and where the number stands now."""
    lead = f"an earlier report is withdrawn: “{facts.mark.name}”"
    why = f"it no longer stands, after figures of {place(facts.change.new.name)} were corrected"
    now = _now(facts) if facts.number is not None else ""
    return fitting((sentences(lead, why, now), sentences(lead, why), sentences(lead)))


def _now(facts: MarkFacts) -> str:
    """Returns the number of a mark as a sentence, with the councils that it covers."""
    number, mark = facts.number or 0, facts.mark
    where = _in(facts)
    match mark.count:
        case "seats_won" | "seats_change":
            return _seats(facts, number, where)
        case "councils_decided":
            decided = f"{facts.part.councils.decided:,} of {all_councils(facts):,} councils"
            return f"control of {decided}{where} has been decided"
        case "councils_complete":
            complete = f"{facts.part.councils.complete:,} of {all_councils(facts):,} councils"
            return f"every seat is declared in {complete}{where}"
        case "councils_awaited":
            return _awaited(facts, number, where)
        case "councils" | "councils_change" | "councils_gained" | "councils_lost":
            return _without_party(facts, where) if mark.party == NOC else _councils(facts, where)
    assert_never(mark.count)


def _in(facts: MarkFacts) -> str:
    part = facts.mark.where
    match part.kind:
        case "night":
            return ""
        case "nation" | "region":
            return f" in {part.name}"
        case "authority_type" | "cycle":
            return f" ({part.name})"
    assert_never(part.kind)


def _party(facts: MarkFacts) -> str:
    return in_sentence(facts.mark.party, facts.change.night.labels.get(facts.mark.party, ""))


def _seats(facts: MarkFacts, number: int, where: str) -> str:
    who, mark = _party(facts), facts.mark
    of = facts.part.parties.get(mark.party)
    if mark.count == "seats_won":
        covers = of.seats_won_covers if of is not None else 0
        seats, councils = number_of(number, "seat"), number_of(covers, "council")
        return f"{who} have now won {seats}{where}, by the results of {councils}"
    eve = mark.baseline == "eve_of_poll"
    covers = 0
    if of is not None:
        covers = of.change_eve_of_poll_covers if eve else of.change_last_election_covers
    than = "before the election" if eve else "at the last election"
    if not eve and facts.part.councils.last_election_notional:
        than += ", on today's boundaries"
    only = f"counting {number_of(covers, 'council')} with a full result and known seats before"
    if not number:
        return f"{who} have as many seats as {than}{where}, {only}"
    more = "more" if number > 0 else "fewer"
    seats = number_of(abs(number), f"{more} seat")
    return f"{who} have {seats} than {than}{where}, {only}"


def _known_before(facts: MarkFacts) -> int:
    return sum(each for (before, _), each in facts.part.control.items() if before is not None)


def _councils(facts: MarkFacts, where: str) -> str:
    number, who, mark = facts.number or 0, _party(facts), facts.mark
    decided = f"{number_of(facts.part.councils.decided, 'council')} decided{where}"
    known = f"counting {number_of(_known_before(facts), 'council')} decided{where}"
    match mark.count:
        case "councils" if mark.measure.possible:
            return f"{who} can now control {number_of(number, 'council')}{where} at most"
        case "councils":
            return f"{who} have a majority in {spelled(number)} of {decided}"
        case "councils_gained":
            return f"{who} have taken control of {number_of(number, 'more council')}, {known}"
        case "councils_lost":
            return f"{who} have lost control of {number_of(number, 'council')}, {known}"
    if not number:
        return f"{who} have gained as many councils as they have lost, {known}"
    than = "more" if number > 0 else "fewer"
    return f"{who} control {number_of(abs(number), f'{than} council')} than before, {known}"


def _without_party(facts: MarkFacts, where: str) -> str:
    number, mark = facts.number or 0, facts.mark
    councils = number_of(number, "council")
    decided = f"{number_of(facts.part.councils.decided, 'council')} decided{where}"
    known = f"counting {number_of(_known_before(facts), 'council')} decided{where}"
    match mark.count:
        case "councils" if mark.measure.possible:
            return f"at most {councils}{where} can be without a majority for one party"
        case "councils":
            return f"no party has a majority in {spelled(number)} of {decided}"
        case "councils_gained":
            return f"one party had control of {councils} in which none has a majority now, {known}"
        case "councils_lost":
            return f"one party has won control of {councils} in which none had it before, {known}"
    than = "more" if number >= 0 else "fewer"
    councils = number_of(abs(number), f"{than} council")
    return f"{councils} than before are without a majority for one party, {known}"


def _awaited(facts: MarkFacts, number: int, where: str) -> str:
    of = f"{number_of(all_councils(facts), 'council')}{where}"
    if not number:
        return f"every seat is declared in all {of}"
    names = awaited_councils(facts) if number <= _AWAITED_NAMED_MAX else []
    which = f": {listed([place(name) for name in names])}" if names else ""
    return f"{spelled(number)} of {of} {'is' if number == 1 else 'are'} still to finish{which}"


def digest_paragraph(
    since: Since, at: datetime, councils: CouncilSum, to_come: int, who: Who
) -> str:
    """Returns what has changed in a night since its last digest.

    `councils` are all of the night, `to_come` those that are not complete. `who` returns a party
    as the subject of a sentence. It names as many councils that changed hands as there is room for.
    """
    return fitting(_digests(since, at, councils, to_come, who))


def _digests(
    since: Since, at: datetime, councils: CouncilSum, to_come: int, who: Who
) -> Iterator[str]:
    every = number_of(councils.complete + to_come, "council")
    finished = (
        f"{spelled(councils.complete)} of {every}" if councils.complete else f"none of the {every}"
    )
    lead = f"at {_time(at)}, {finished} had declared every seat"
    if since.start is not None and since.completed:
        is_all = 1 < len(since.completed) == councils.complete
        lead += f", {'all' if is_all else spelled(len(since.completed))} of them since"
        lead += f" {_time(since.start)}"
    reopened = ""
    if since.reopened:
        named = listed([place(name) for name in since.reopened[:2]])
        more = len(since.reopened) - 2
        others = f" and {spelled(more)} more" if more > 0 else ""
        reopened = f"the outcome in {named}{others} is no longer certain"
    kept = sum(1 for each in since.called if not each.is_change and each.before is not None)
    stayed = f"in {number_of(kept, 'council')}, control stays as it was"
    for calls, parties in product(_CALLS_SHOWN, _PARTIES_SHOWN):
        changes = _changes(since.called, calls, who)
        yield sentences(lead, *changes, stayed if kept else "", reopened, _won(since, parties, who))
    yield sentences(lead)


def _time(at: datetime) -> str:
    return f"{at.astimezone(UK_TIME):%H.%M}"


def _changes(called: Iterable[CalledCouncil], shown_max: int, who: Who) -> list[str]:
    """Returns who gained and lost which councils, a sentence for each pair of before and now."""
    changed = [each for each in called if each.is_change]
    moves: dict[tuple[str | None, str], list[str]] = {}
    for each in changed[:shown_max]:
        moves.setdefault((each.before, each.now), []).append(place(each.name))
    told = [_move(before, now, listed(names), who) for (before, now), names in moves.items()]
    more = len(changed) - shown_max
    if more > 0:
        others = "more councils" if more > 1 else "more council"
        told.append(f"{spelled(more)} {others if shown_max else others[5:]} changed hands")
    return told


def _move(before: str | None, now: str, names: str, who: Who) -> str:
    if now == NOC:
        return f"{who(before)} lost control of {names}"
    if before == NOC:
        return f"{who(now)} won control of {names}, where no party had a majority"
    return f"{who(now)} won {names} from {who(before)}"


def _won(since: Since, shown_max: int, who: Who) -> str:
    shown = [(party, seats) for party, seats in since.seats.items() if seats > 0][:shown_max]
    if not shown:
        return ""
    when = f"since {_time(since.start)}" if since.start is not None else "so far"
    (first, seats), *others = shown
    rest = [f"{who(party)} {number:,}" for party, number in others]
    return listed([f"{who(first)} have won {number_of(seats, 'seat')} {when}", *rest])

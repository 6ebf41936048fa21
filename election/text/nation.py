"""The line of a mark that the night has passed, of its withdrawal, and what each rests on."""

from __future__ import annotations

from typing import NamedTuple, assert_never

from election.nation.council_change import CouncilChange
from election.nation.mark import Mark, Measure
from election.nation.number import number_of_council
from election.nation.part_sum import NO_COUNCIL, PartSum
from election.nation.party_sum import NOTHING_OF_PARTY
from election.nation.place import Part
from election.text.party_name import party_name
from election.text.phrases import clipped, counted, first_that_fits, listed
from election.text.proof import PROOF_MAX_CHARACTERS

_COUNCILS_SHOWN_MAX = 12
"""The councils that a line of proof names, those that count most; the others are added up."""


class MarkFacts(NamedTuple):
    """A mark after a change, and the number that it is about; None if none is known any more."""

    change: CouncilChange
    mark: Mark
    number: int | None

    @property
    def part(self) -> PartSum:
        """The councils of the mark's part of the night."""
        return self.change.night.parts.get(self.mark.where, NO_COUNCIL)

    @property
    def party(self) -> str:
        """The mark's party as a sentence names it."""
        key = self.mark.party
        return party_name(key, self.change.night.labels.get(key, ""))


def milestone_text(facts: MarkFacts) -> str:
    """Returns the line of a mark that was passed, with the council that took the night past it."""
    with_council = f", with {facts.change.new.name}"
    now = f"{where_it_stands(facts)}{_in(facts.mark.where)}"
    texts = (f"{_title(facts)}: {now}{tail}." for tail in (with_council, ""))
    return clipped(first_that_fits(texts))


def withdrawn_text(facts: MarkFacts) -> str:
    """Returns the line that takes a mark back, with the council whose facts have changed."""
    after = f"after {facts.change.new.name} was corrected"
    now = f"{where_it_stands(facts)}{_in(facts.mark.where)}"
    texts = (f"WITHDRAWN: {_title(facts)}, {after}{tail}." for tail in (f"; now {now}", ""))
    return clipped(first_that_fits(texts))


def milestone_proof(facts: MarkFacts) -> tuple[str, ...]:
    """Returns what the line rests on: the number, the councils that count most, the count so far.

    One fact a line, each short enough for an alert.
    """
    councils, where = facts.part.councils, _in(facts.mark.where)
    lines = (
        f"{where_it_stands(facts)}{where}",
        _councils_that_count(facts),
        f"{councils.complete} of {_of_all(facts)} complete, {councils.decided} decided{where}",
    )
    return tuple(clipped(line, PROOF_MAX_CHARACTERS) for line in lines if line)


def where_it_stands(facts: MarkFacts) -> str:  # noqa: PLR0911 -- one a count
    """Returns a mark's number in words, with the councils that it covers."""
    number, who, mark = facts.number or 0, facts.party, facts.mark
    party = facts.part.parties.get(mark.party, NOTHING_OF_PARTY)
    councils = facts.part.councils
    known = sum(each for (before, _), each in facts.part.control.items() if before is not None)
    decided = f"over {counted(known, 'decided council')} whose control before is known"
    match mark.count:
        case "seats_won":
            covers = counted(party.seats_won_covers, "council")
            return f"{who} {counted(number, 'seat')} won in {covers}"
        case "seats_change":
            return f"{who} {signed_number(number)} {_seats_covered(facts)}"
        case "councils":
            return _controlled(facts)
        case "councils_change":
            return f"{who} {signed_number(number)} {decided}"
        case "councils_gained":
            return f"{who} {number:,} gained {decided}"
        case "councils_lost":
            return f"{who} {number:,} lost {decided}"
        case "councils_decided":
            return f"{councils.decided:,} of {_of_all(facts)}"
        case "councils_complete":
            return f"{councils.complete:,} of {_of_all(facts)}"
        case "councils_awaited":
            return f"{_awaited(facts)} to come of {_of_all(facts)}"
    assert_never(mark.count)


def signed_number(number: int) -> str:
    """Returns a change with its sign and separators: `+1,003`, `−6` with a minus sign, `±0`."""
    return f"+{number:,}" if number > 0 else f"−{-number:,}" if number else "±0"


def _title(facts: MarkFacts) -> str:
    return f"MILESTONE {facts.mark.name}"


def _in(part: Part) -> str:
    match part.kind:
        case "night":
            return ""
        case "nation" | "region":
            return f", in {part.name}"
        case "authority_type" | "cycle":
            return f" ({part.name})"
    assert_never(part.kind)


def _seats_covered(facts: MarkFacts) -> str:
    party = facts.part.parties.get(facts.mark.party, NOTHING_OF_PARTY)
    if facts.mark.baseline == "eve_of_poll":
        covers, baseline = party.change_eve_of_poll_covers, "the eve of poll"
    else:
        notional = facts.part.councils.last_election_notional
        covers = party.change_last_election_covers
        baseline = f"the last election{' (notional in some)' if notional else ''}"
    councils = counted(covers, "complete council")
    return f"over {councils} whose seats before are known, against {baseline}"


def _controlled(facts: MarkFacts) -> str:
    number, who, councils = facts.number or 0, facts.party, facts.part.councils
    decided = counted(councils.decided, "decided council")
    if not facts.mark.measure.possible:
        return f"{who} {number:,} of {decided}"
    held = sum(each for (_, now), each in facts.part.control.items() if now == facts.mark.party)
    return f"{who} {held:,} of {decided} and {number - held:,} not decided, at most {number:,}"


def _of_all(facts: MarkFacts) -> str:
    return counted(all_councils(facts), "council")


def all_councils(facts: MarkFacts) -> int:
    """Returns how many councils there are, by the newsroom's list if there is one."""
    expected = facts.change.plan.expected_in(facts.change.night.election)
    not_opened = [
        council
        for council, each in expected.items()
        if facts.mark.where in each.parts and council not in facts.change.night.councils
    ]
    return facts.part.councils.opened + len(not_opened)


def _awaited(facts: MarkFacts) -> str:
    """Returns the councils that are to come if there are few, or else how many."""
    if not facts.number or facts.number > _FEW:
        return f"{facts.number or 0:,}"
    return listed(awaited_councils(facts))


def awaited_councils(facts: MarkFacts) -> list[str]:
    """Returns the names of the councils that are not complete, in their order."""
    night, where = facts.change.night, facts.mark.where
    names = [
        each.name
        for each in night.councils.values()
        if where in each.parts and not each.sum.councils.complete
    ]
    expected = facts.change.plan.expected_in(night.election)
    names += [
        each.name
        for council, each in expected.items()
        if council not in night.councils and where in each.parts
    ]
    return sorted(names)


_FEW = 3
"""Councils that a line has room to name."""


def _councils_that_count(facts: MarkFacts) -> str:
    """Returns the councils that count most, with their numbers: `Leeds +5, York +3, 12 more`."""
    measure = facts.mark.measure
    if not measure.party or measure.needs_list:
        return ""
    each_counts = [
        (number, entry.name)
        for entry in facts.change.night.councils.values()
        if (number := number_of_council(measure, entry))
    ]
    ranked = sorted(each_counts, key=lambda each: (-abs(each[0]), each[1]))
    shown = [_counts(measure, *each) for each in ranked[:_COUNCILS_SHOWN_MAX]]
    more = len(ranked) - len(shown)
    return ", ".join([*shown, *([f"{more:,} more"] if more > 0 else [])])


def _counts(measure: Measure, number: int, name: str) -> str:
    if measure.counts.endswith("_change"):
        return f"{name} {signed_number(number)}"
    return f"{name} {number:,}" if measure.counts == "seats_won" else name

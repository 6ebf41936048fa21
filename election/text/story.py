"""A ward's story in words: who gained and held its seats, swing and turnout."""

from __future__ import annotations

from datetime import date

from election.rules.majority import counted_under, party_of
from election.story import Story, story_of
from election.text.phrases import clipped, listed
from election.text.proof import PROOF_MAX_CHARACTERS
from election.ward import Ward
from schemas.council import Nominee
from schemas.party import wire_name
from schemas.ward import Candidate

Names = dict[str, str]
"""Parties as the wires print them, by key."""


def story_line(ward: Ward, story: Story) -> str:
    """Returns a ward's story, such as `LAB gain 1 from LD since 6 May 2010; swing 3.2 …`.

    Says nothing of what is not known, and if boundaries have changed, that nothing is comparable.
    """
    days = listed([_day(day) for day in story.days])
    if not story.previous.same_boundaries:
        return f"boundaries have changed since {days}, so nothing is comparable"
    names = party_names(ward, story)
    changes = story.changes
    seats = f"last fought {days}"
    if changes is not None:
        since = "since" if any(changes.values()) else "last fought"
        seats = f"{seat_changes(ward, story)} {since} {days}"
    parts = [seats, _swing(story, names), _turnout(story)]
    return "; ".join(filter(None, parts))


def seat_changes(ward: Ward, story: Story) -> str:
    """Returns who gained seats of a ward from whom, or who held them; blank if that is unknown.

    Of several that gained and several that lost it is not said who gained from whom.
    """
    changes, held = story.changes, story.held
    if changes is None or held is None:
        return ""
    names = party_names(ward, story)
    is_only_seat = sum(held.values()) == 1
    gained = [(party, change) for party, change in changes.items() if change > 0]
    lost = [(party, -change) for party, change in changes.items() if change < 0]

    def each(parties: list[tuple[str, int]], verb: str) -> str:
        return listed(
            [
                f"{names[party]} {verb}{'' if is_only_seat else f' {seats}'}"
                for party, seats in parties
            ]
        )

    if not gained and not lost:
        return each([*held.items()], "hold")
    if not gained:
        return each(lost, "lose")
    if not lost:
        return each(gained, "gain")
    if len(gained) > 1 and len(lost) > 1:
        return f"{each(gained, 'gain')}, {each(lost, 'lose')}"
    return f"{each(gained, 'gain')} from {listed([names[party] for party, _ in lost])}"


def changed_hands(ward: Ward) -> str:
    """Returns who gained seats of a ward and since when; blank if nobody did, or it is unknown."""
    story = story_of(ward)
    if story is None or not any((story.changes or {}).values()):
        return ""
    days = listed([_day(day) for day in story.days])
    return f"{seat_changes(ward, story)} since {days}"


def story_proof(ward: Ward | None) -> str:
    """Returns a ward's story behind its name, as a fact behind an alert.

    Blank if it has none, and if nothing in it is comparable.
    """
    story = story_of(ward) if ward is not None else None
    if ward is None or story is None or not story.previous.same_boundaries:
        return ""
    return clipped(f"{ward.name}: {story_line(ward, story)}", PROOF_MAX_CHARACTERS)


def party_names(ward: Ward, story: Story) -> Names:
    """Returns every party of a ward's story as the wires print it, or as it was called there."""
    labels: Names = {}
    people: list[Candidate | Nominee] = [*(ward.declared.candidates if ward.declared else ())]
    people += ward.contest.nominees if ward.contest is not None else ()
    for each in people:
        labels.setdefault(party_of(each), each.party)
    for poll in story.previous.polls:
        for party in poll.parties:
            labels.setdefault(counted_under(party.party_id, party.party), party.party)
    return {party: wire_name(party, label) for party, label in labels.items()}


def _swing(story: Story, names: Names) -> str:
    found = story.swing
    if found is None:
        return ""
    away, towards = names[found.away_from], names[found.towards]
    points = float(round(found.points, 1))
    if not points:
        return f"no swing between {towards} and {away}"
    return f"swing {points} from {away} to {towards}"


def _turnout(story: Story) -> str:
    if story.turnout is None:
        return ""
    change = story.turnout_change
    text = f"turnout {round(story.turnout, 1)}%"
    if change is None:
        return text
    return f"{text} ({'+' if change > 0 else '−' if change < 0 else '±'}{abs(change)})"


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"

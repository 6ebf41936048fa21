"""What a council's page shows beyond what its totals say. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from schemas.council import ControlSpell
from schemas.totals import CouncilTotals, PartyTotals, WardTotals
from services.ticker.pages.party_style import PartyStyle, party_style

SegmentKind = Literal["not_up", "won", "open", "vacant"]

SEATS_DRAWN_APART = 130
"""Up to this many seats the bar shows each; the largest UK councils have 126 or fewer."""


RACE_ROOM = 1.04
"""A party's line is this much longer than the longest race, so that the majority line shows."""

LABEL_PERCENT_MIN = 9.0
"""A label needs this much of the bar: 26 pixels on the smallest phone."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of seats of one kind in the bar, placed in percent of its width."""

    kind: SegmentKind
    style: PartyStyle
    name: str
    seats: int
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Label:
    """A number and a name that stand over their part of the bar, where there is room."""

    seats: int
    name: str
    style: str
    at: float
    anchor: Literal["start", "end"]
    fits: bool


@dataclass(frozen=True, slots=True)
class SeatBar:
    """The whole council as one bar, with the majority line, in percent of its width."""

    segments: tuple[Segment, ...]
    labels: tuple[Label, ...]
    majority_at: float
    filled_to: float
    seat_lines: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A party's line: what it holds, the most it can reach, and where its wins come from."""

    party: PartyTotals
    style: PartyStyle
    not_up_width: float
    won_width: float
    possible_width: float
    majority_at: float
    won_in: tuple[tuple[WardTotals, int], ...]


def seat_bar(totals: CouncilTotals) -> SeatBar:
    """Returns the seat bar: parties by seats, each with its seats not up first; open seats last."""
    whole = max(totals.seats_total, 1)
    runs: list[tuple[SegmentKind, PartyStyle, str, int]] = []
    for party in totals.parties:
        style = party_style(party.party_id, party.party)
        runs.append(("not_up", style, party.party, party.seats_not_up))
        runs.append(("won", style, party.party, party.seats_won))
    filled = sum(party.seats for party in totals.parties)
    still_open = max(0, totals.seats_total - filled - totals.seats_vacant)
    runs.append(("open", party_style(None), "Still to be declared", still_open))
    runs.append(("vacant", party_style(None), "Vacant", totals.seats_vacant))
    segments: list[Segment] = []
    taken = 0
    for kind, style, name, seats in runs:
        if seats:
            left, width = _percent(taken, whole), _percent(seats, whole)
            segments.append(Segment(kind, style, name, seats, left, width))
            taken += seats
    lines = range(1, whole) if whole <= SEATS_DRAWN_APART else ()
    return SeatBar(
        tuple(segments),
        _labels(totals, still_open, whole),
        _percent(totals.majority, whole),
        _percent(filled, whole),
        tuple(_percent(seat, whole) for seat in lines),
    )


def _labels(totals: CouncilTotals, still_open: int, whole: int) -> tuple[Label, ...]:
    runs = [(party_style(party.party_id, party.party), party.seats) for party in totals.parties]
    runs.append((PartyStyle("to come", "open"), still_open))
    runs.append((PartyStyle("vacant", "open vacant"), totals.seats_vacant))
    labels: list[Label] = []
    taken = 0
    for style, seats in runs:
        if seats:
            fits = _percent(seats, whole) >= LABEL_PERCENT_MIN
            # The last label would run over the edge of a phone, so it ends where the bar ends.
            last = taken + seats == whole
            at = _percent(whole if last else taken, whole)
            anchor: Literal["start", "end"] = "end" if last else "start"
            labels.append(Label(seats, style.short, style.style, at, anchor, fits))
            taken += seats
    return tuple(labels)


def party_rows(totals: CouncilTotals, wards: Iterable[WardTotals]) -> list[PartyRow]:
    """Returns the lines of the parties in play, on one scale that holds the majority line.

    In play is who has a seat, had one, or can still get a majority; see `also_stood`.
    """
    decided = [ward for ward in wards if ward.seats_won]
    longest = max([totals.majority, *(party.best for party in totals.parties)], default=1) or 1
    scale = longest * RACE_ROOM
    return [
        PartyRow(
            party=party,
            style=party_style(party.party_id, party.party),
            not_up_width=_percent(party.seats_not_up, scale),
            won_width=_percent(party.seats_won, scale),
            possible_width=_percent(max(0, party.best - party.seats), scale),
            majority_at=_percent(totals.majority, scale),
            won_in=tuple(
                (ward, ward.seats_won[party.party_id])
                for ward in decided
                if ward.seats_won.get(party.party_id)
            ),
        )
        for party in totals.parties
        if _is_in_play(party)
    ]


def also_stood(totals: CouncilTotals) -> list[tuple[PartyTotals, PartyStyle]]:
    """Returns the parties that have no seat, had none and cannot get a majority."""
    return [
        (party, party_style(party.party_id, party.party))
        for party in totals.parties
        if not _is_in_play(party)
    ]


def _is_in_play(party: PartyTotals) -> bool:
    changes = (party.change_eve_of_poll, party.change_last_election)
    return bool(party.seats) or party.needs is not None or any(changes)


def why(totals: CouncilTotals) -> str:
    """Returns the explanation without the headline that stands above it."""
    return totals.explanation.removeprefix(f"{totals.headline}: ")


def deciders_left(
    totals: CouncilTotals, wards: Iterable[WardTotals]
) -> list[tuple[WardTotals, str]]:
    """Returns the wards that control can still hang on, each with who needs what there."""
    by_ballot = {ward.ballot_paper_id: ward for ward in wards}
    return [
        (by_ballot[decider.ballot_paper_id], decider.text)
        for decider in totals.deciders
        if decider.ballot_paper_id in by_ballot
    ]


@dataclass(frozen=True, slots=True)
class Spell:
    """A time under one control, placed on a line from the first year to this poll, in percent."""

    spell: ControlSpell
    style: PartyStyle
    left: float
    width: float


def history(totals: CouncilTotals) -> list[Spell]:
    """Returns who controlled the council when, the latest first."""
    spells = sorted(totals.control_history, key=lambda spell: spell.since)
    if not spells:
        return []
    first, poll = spells[0].since, int(totals.election.rpartition(".")[2][:4])
    years = max(poll - first, 1)
    placed = [
        Spell(
            spell=spell,
            style=party_style(spell.control, spell.party),
            left=_percent(spell.since - first, years),
            width=_percent((poll if spell.until is None else spell.until) - spell.since, years),
        )
        for spell in spells
    ]
    return placed[::-1]


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 3)

"""What a council's page computes from its totals: bars, rows and histories. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

from schemas.council import ControlSpell
from schemas.totals import CouncilTotals, PartyTotals
from schemas.ward_totals import WardTotals
from services.ticker.pages.local_parties import styles_among
from services.ticker.pages.party_style import PartyStyle, party_style

SegmentKind = Literal["not_up", "won", "open", "vacant"]

SEATS_DRAWN_APART_MAX: Final = 130
"""Up to this many seats, the bar shows each one; the largest UK councils have at most 126."""

RACE_SCALE: Final = 1.04
"""The width of a party's row, relative to the most seats in any of them. The margin keeps the
majority line in sight even if it is at that most."""

LABEL_PERCENT_MIN: Final = 9.0
"""A label needs this many percent of the bar: 26 pixels on the smallest phone."""

LETTER_PERCENT: Final = 2.4
"""A letter of a label takes so many percent of the narrowest bar that has labels above it, which is
18 times as wide as a letter is high."""

LETTER_ROOM_PERCENT_MIN: Final = 3.5
"""A local party's letter needs this many percent of the bar: 11 pixels on the smallest phone."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Adjacent seats of one kind in the bar; `left` and `width` are percent of the bar's width."""

    kind: SegmentKind
    style: PartyStyle
    name: str
    seats: int
    left: float
    width: float

    @property
    def has_room_for_letter(self) -> bool:
        """Whether the party has a letter that fits in here."""
        return bool(self.style.letter) and self.width >= LETTER_ROOM_PERCENT_MIN


@dataclass(frozen=True, slots=True)
class SegmentLabel:
    """A number and a name above a part of the bar; `fits` is false if there is no room for it.

    The name of a party whose short name is too long is its letter, if it has one.
    """

    seats: int
    name: str
    style: PartyStyle
    at: float
    anchor: Literal["start", "end"]
    fits: bool


@dataclass(frozen=True, slots=True)
class SeatBar:
    """A council's seats as one bar with the majority line; positions are percent of its width.

    `is_reached` is true if the majority line is at or within the seats of the largest party.
    """

    segments: tuple[Segment, ...]
    labels: tuple[SegmentLabel, ...]
    majority_at: float
    is_reached: bool
    filled_to: float
    seat_lines: tuple[float, ...]
    party_lines: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A party's row: what it holds, the most it can reach, and the wards where it has won seats.

    Widths and the majority line are percent of the row's width.
    """

    party: PartyTotals
    style: PartyStyle
    not_up_width: float
    won_width: float
    possible_width: float
    majority_at: float
    won_in: tuple[tuple[WardTotals, int], ...]


def seat_bar(totals: CouncilTotals) -> SeatBar:
    """Returns the seat bar: the parties in the order of the totals, then open and vacant seats.

    Of each party, the seats that are not up come first.
    """
    seats_total = max(totals.seats_total, 1)
    style_of = styles_among(totals.parties)
    runs: list[tuple[SegmentKind, PartyStyle, str, int]] = []
    for party in totals.parties:
        style = style_of(party.party_id, party.party)
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
            left, width = _percent(taken, seats_total), _percent(seats, seats_total)
            segments.append(Segment(kind, style, name, seats, left, width))
            taken += seats
    lines = range(1, seats_total) if seats_total <= SEATS_DRAWN_APART_MAX else ()
    ends = accumulate(party.seats for party in totals.parties)
    return SeatBar(
        segments=tuple(segments),
        labels=_labels(totals, still_open, seats_total),
        majority_at=_percent(totals.majority, seats_total),
        is_reached=any(party.seats >= totals.majority for party in totals.parties),
        filled_to=_percent(filled, seats_total),
        seat_lines=tuple(_percent(seat, seats_total) for seat in lines),
        party_lines=tuple(_percent(seat, seats_total) for seat in sorted({*ends} - {0})),
    )


def _labels(totals: CouncilTotals, still_open: int, seats_total: int) -> tuple[SegmentLabel, ...]:
    style_of = styles_among(totals.parties)
    runs = [(style_of(party.party_id, party.party), party.seats) for party in totals.parties]
    runs.append((PartyStyle("to come", "open"), still_open))
    runs.append((PartyStyle("vacant", "open vacant"), totals.seats_vacant))
    labels: list[SegmentLabel] = []
    taken = 0
    for style, seats in runs:
        if seats:
            share = _percent(seats, seats_total)
            is_long = len(style.short) * LETTER_PERCENT > share
            name = style.letter if is_long else style.short
            fits = share >= LABEL_PERCENT_MIN and bool(name)
            # The last label could extend beyond a phone's edge, so it ends where the bar ends.
            last = taken + seats == seats_total
            at = _percent(seats_total if last else taken, seats_total)
            anchor: Literal["start", "end"] = "end" if last else "start"
            labels.append(SegmentLabel(seats, name, style, at, anchor, fits))
            taken += seats
    return tuple(labels)


def party_rows(totals: CouncilTotals, wards: Iterable[WardTotals]) -> list[PartyRow]:
    """Returns the rows of the parties in play, all on one scale, which includes the majority.

    A party is in play if it has a seat, had one, or can still get a majority. The others are
    returned by `also_stood`.
    """
    with_winners = [ward for ward in wards if ward.seats_won]
    longest = max([totals.majority, *(party.best for party in totals.parties)], default=1) or 1
    scale = longest * RACE_SCALE
    style_of = styles_among(totals.parties)
    return [
        PartyRow(
            party=party,
            style=style_of(party.party_id, party.party),
            not_up_width=_percent(party.seats_not_up, scale),
            won_width=_percent(party.seats_won, scale),
            possible_width=_percent(max(0, party.best - party.seats), scale),
            majority_at=_percent(totals.majority, scale),
            won_in=tuple(
                (ward, ward.seats_won[party.party_id])
                for ward in with_winners
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
    before = (party.seats_eve_of_poll, party.seats_last_election)
    changes = (party.change_eve_of_poll, party.change_last_election)
    return bool(party.seats) or party.needs is not None or any(before) or any(changes)


def why(totals: CouncilTotals) -> str:
    """Returns the explanation without the headline, which the page shows above it."""
    return totals.explanation.removeprefix(f"{totals.headline}: ")


def deciders_left(
    totals: CouncilTotals, wards: Iterable[WardTotals]
) -> list[tuple[WardTotals, str]]:
    """Returns the wards that can still decide control, each with who needs what there."""
    by_ballot = {ward.ballot_paper_id: ward for ward in wards}
    return [
        (by_ballot[decider.ballot_paper_id], decider.text)
        for decider in totals.deciders
        if decider.ballot_paper_id in by_ballot
    ]


@dataclass(frozen=True, slots=True)
class PlacedSpell:
    """A spell of control, placed on a line from the first year to this poll, in percent."""

    spell: ControlSpell
    style: PartyStyle
    left: float
    width: float


def history(totals: CouncilTotals) -> list[PlacedSpell]:
    """Returns the council's earlier spells of control, latest first."""
    spells = sorted(totals.control_history, key=lambda spell: spell.since)
    if not spells:
        return []
    first, poll = spells[0].since, int(totals.election.rpartition(".")[2][:4])
    years = max(poll - first, 1)
    placed = [
        PlacedSpell(
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

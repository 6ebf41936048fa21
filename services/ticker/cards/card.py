"""Card: what the picture of a call says, before it is laid out. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from schemas.party import NOC
from schemas.totals import CouncilTotals
from schemas.uk_time import UK_TIME
from schemas.ward_totals import WardTotals
from services.ticker.cards.colours import colour_of
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import milliseconds
from services.ticker.pages.call import call, name_before
from services.ticker.pages.night_title import night_title
from services.ticker.pages.party_style import party_style
from services.ticker.pages.progress import progress
from services.ticker.pages.wording import count, dated, number, ward_state


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the bar: so many seats or councils, whose they are, and their colour."""

    number: int
    words: str
    colour: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a picture says: where, what, in a bar how much, and as of when.

    `marked` is where the line of the majority stands, from the left; 0 for none. `whole` is how
    many seats or councils the bar has; what `shares` leave of it is to come. `as_of` is blank
    where no time is known, as in a rehearsal.
    """

    kicker: str
    name: str
    headline: str
    shares: tuple[Share, ...]
    whole: int
    marked: int
    marked_words: str
    line: str
    as_of: str
    is_rehearsal: bool

    @property
    def version(self) -> str:
        """A hash of what the picture says, without the time: it changes when the count does."""
        said = repr(replace(self, as_of=""))
        return blake2b(said.encode(), digest_size=8).hexdigest()

    @property
    def alt(self) -> str:
        """What the picture says, as text for whoever cannot see it."""
        parts = [f"{each.number:,} {each.words}" for each in self.shares]
        said = [
            "Rehearsal, not a live count" if self.is_rehearsal else "",
            f"{self.name}: {self.headline.removeprefix(f'{self.name}: ')}",
            ", ".join(parts),
            self.line,
            self.as_of,
        ]
        return " ".join(f"{each.rstrip('.')}." for each in said if each)


def council_card(state: ElectionState, totals: CouncilTotals, wards: Iterable[WardTotals]) -> Card:
    """Returns the card of a council: its seats by party, and the majority."""
    declared = [ward.declared_at for ward in wards if ward.declared_at is not None]
    return Card(
        kicker=f"Council election, {night_title(state.election)}",
        name=totals.name,
        headline=call(totals),
        shares=_shares(
            (party.party_id, party.party, party.seats) for party in totals.parties if party.seats
        ),
        whole=totals.seats_total,
        marked=totals.majority,
        marked_words=f"{totals.majority} for a majority",
        line=". ".join(
            filter(
                None,
                (
                    _before(totals) if totals.control is None else _progress_of(totals),
                    _doubts(totals),
                ),
            )
        ),
        as_of=_as_of(state, declared, totals.mode == "rehearsal"),
        is_rehearsal=totals.mode == "rehearsal",
    )


def ward_card(state: ElectionState, totals: CouncilTotals, ward: WardTotals) -> Card:
    """Returns the card of a ward: its seats by party, and by how many votes the last went."""
    names = {party.party_id: party.party for party in totals.parties}
    people = [each.candidate for each in ward.candidates if each.elected]
    elected = f"Elected: {', '.join(people)}" if people else ward_state(ward)
    margin = "" if ward.margin is None else f"{count(ward.margin, 'vote')} between elected and not"
    return Card(
        kicker=f"{totals.name}, {count(ward.seats_contested, 'seat')}, "
        f"{night_title(state.election)}",
        name=ward.ward,
        headline=elected,
        shares=_shares((key, names.get(key, key), won) for key, won in ward.seats_won.items()),
        whole=ward.seats_contested,
        marked=0,
        marked_words="",
        line=". ".join(filter(None, (ward_state(ward) if people else "", margin))),
        as_of=_as_of(
            state, [ward.declared_at] if ward.declared_at else [], totals.mode == "rehearsal"
        ),
        is_rehearsal=totals.mode == "rehearsal",
    )


def night_card(state: ElectionState) -> Card:
    """Returns the card of a night: its councils by who controls them."""
    councils = state.opened()
    done = progress(councils, state.nation.night)
    controls: dict[str, int] = {}
    names: dict[str, str] = {}
    for totals in councils:
        if totals.decided and totals.control is not None:
            controls[totals.control] = controls.get(totals.control, 0) + 1
            names[totals.control] = totals.control_name
    ranked = sorted(controls.items(), key=lambda each: (each[0] == NOC, -each[1], each[0]))
    return Card(
        kicker="Local elections",
        name=night_title(state.election),
        headline=f"{number(done.decided)} of {count(done.councils, 'council')} decided",
        shares=_shares((key, names[key], councils_held) for key, councils_held in ranked),
        whole=max(done.councils, done.decided),
        marked=0,
        marked_words="",
        line=f"{number(done.wards_declared)} of {count(done.wards, 'ward')} declared, "
        f"{count(done.seats_declared, 'seat')} filled",
        as_of=_as_of(state, [], state.is_rehearsal),
        is_rehearsal=state.is_rehearsal,
    )


def _shares(parts: Iterable[tuple[str, str, int]]) -> tuple[Share, ...]:
    """Returns parts of a bar, of keys, names and numbers in their order."""
    found: list[Share] = []
    without_colour = 0
    for key, name, how_many in parts:
        style = party_style(key, name)
        words = "no overall control" if key == NOC else style.short or name
        found.append(Share(how_many, words, colour_of(key, without_colour)))
        without_colour += style.style == "other"
    return tuple(found)


def _before(totals: CouncilTotals) -> str:
    """Returns who had control before, beside a headline that says how far the count is."""
    if totals.control_before is None:
        return f"{totals.seats_total} seats"
    if totals.control_before == NOC:
        return "No overall control before"
    return f"{name_before(totals)} in control before"


def _progress_of(totals: CouncilTotals) -> str:
    if totals.as_a_whole or not totals.wards_total:
        return f"{totals.seats_total} seats"
    wards = count(totals.wards_total, "ward")
    if totals.wards_declared < totals.wards_total:
        return f"{totals.wards_declared} of {wards} declared"
    return f"All {wards} declared" if totals.wards_total > 1 else "The only ward declared"


def _doubts(totals: CouncilTotals) -> str:
    """Returns what is disputed, so that no picture goes round without it; blank for nothing."""
    if totals.disputed:
        return "The result is disputed"
    if totals.wards_disputed:
        return f"{count(totals.wards_disputed, 'ward')} disputed"
    return ""


def _as_of(state: ElectionState, declared: Sequence[datetime], is_rehearsal: bool) -> str:  # noqa: FBT001 -- as the card has it
    """Returns `as of 23 May 02.14 BST`, the time at which the feed was last written.

    In a rehearsal it is that of the last declaration, because the feed's times are not those of
    the night that is rehearsed.
    """
    if not is_rehearsal and (time_ms := milliseconds(state.at)):
        moment = datetime.fromtimestamp(time_ms / 1_000, UK_TIME)
    elif declared:
        moment = max(declared)
    else:
        return ""
    written = dated(moment)
    return f"as of {written} {moment.astimezone(UK_TIME):%Z}" if written else ""

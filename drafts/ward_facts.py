"""The facts of a council's wards: which was the closest, whose seats changed hands, who lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from drafts.bases import party_at, ward_basis, ward_name
from drafts.facts import Basis, Fact, Name, Number, Party, known, several
from schemas.alert import Alert
from schemas.party import INDEPENDENT, party_key
from schemas.totals import CouncilTotals
from schemas.ward import Candidate
from schemas.ward_totals import WardTotals

GAINS_SHOWN: Final = 3
"""Pairs of a winner and a loser of seats that a sentence names, those of most wards first."""

GAIN_WARDS_SHOWN: Final = 4
"""Wards that are named for such a pair."""

BEATEN_SHOWN: Final = 3
"""Notable candidates that a sentence names."""


def ward_facts(
    totals: CouncilTotals, wards: Sequence[WardTotals], alerts: Sequence[Alert]
) -> dict[str, Fact]:
    """Returns what is known of the wards of a council; `alerts` are its own, oldest first."""
    return _closest(totals, wards) | _gains(totals, wards) | _beaten(totals, wards, alerts)


def _closest(totals: CouncilTotals, wards: Sequence[WardTotals]) -> dict[str, Fact]:
    """Returns the ward in which a seat went to a candidate of one party by the fewest votes.

    Who is beaten is of another party. Nothing is known of it if any contest has no margin, as
    where first preferences do not decide, or votes are not all stated. Of equally close wards it
    is one that control hung on.
    """
    if any(each.margin is None for each in wards if _is_contested(each)):
        return {}
    hung_on = {flip.ballot_paper_id for flip in totals.flip_at}
    found = [
        (close.votes, ward.ballot_paper_id not in hung_on, ward.ward, ward, close)
        for ward in wards
        if ward.margin is not None and (close := _closest_in(ward)) is not None
    ]
    if not found:
        return {}
    *_, ward, close = min(found, key=lambda each: each[:3])
    winner, loser = ward.candidates[close.winner], ward.candidates[close.loser]
    at = (f"/candidates/{close.winner}/votes",), (f"/candidates/{close.loser}/votes",)
    return known(
        closest_ward=ward_name(ward),
        closest_margin=Number(close.votes, ward_basis(ward, *at)),
        closest_winner=Party(_key(winner), winner.party),
        closest_loser=Party(_key(loser), loser.party),
        closest_tied=not close.votes,
        closest_one_seat=ward.seats_contested == 1,
    )


def _is_contested(ward: WardTotals) -> bool:
    """Returns whether a ward is declared in which somebody stood and was not elected."""
    return ward.status == "declared" and any(not each.elected for each in ward.candidates)


class _Close(NamedTuple):
    """By how many votes one candidate of a ward was elected before another, by their places."""

    votes: int
    winner: int
    loser: int


def _closest_in(ward: WardTotals) -> _Close | None:
    """Returns the closest pair of a ward, one elected and one not, of two parties.

    None if there is none, and where somebody was elected with fewer votes than another.
    """
    people = [
        (place, each.votes, bool(each.elected), _key(each))
        for place, each in enumerate(ward.candidates)
        if each.votes is not None
    ]
    pairs = [
        _Close(votes - others, place, other)
        for place, votes, elected, party in people
        for other, others, other_elected, other_party in people
        if elected and not other_elected and party != other_party
    ]
    closest = min(pairs, default=None)
    return closest if closest is not None and closest.votes >= 0 else None


def _key(person: Candidate) -> str:
    named = person.party_id or person.party
    return party_key(person.party_id, person.party) if named else INDEPENDENT


def _gains(totals: CouncilTotals, wards: Sequence[WardTotals]) -> dict[str, Fact]:
    """Returns who took seats from whom, where one party gained in a ward and one other lost."""
    where: dict[tuple[str, str], list[WardTotals]] = {}
    labels: dict[str, str] = {}
    for ward in wards:
        changes = ward.story.parties if ward.story is not None else ()
        labels |= {each.party_id: each.party for each in changes}
        gained = [each.party_id for each in changes if (each.seats_change or 0) > 0]
        lost = [each.party_id for each in changes if (each.seats_change or 0) < 0]
        if len(gained) == len(lost) == 1:
            where.setdefault((gained[0], lost[0]), []).append(ward)
    ranked = sorted(where.items(), key=lambda each: (-len(each[1]), each[0]))
    of_totals = {each.party_id for each in totals.parties}

    def party(key: str) -> Party | None:
        return party_at(totals, key) if key in of_totals else Party(key, labels[key])

    gains = [
        known(
            gainer=party(gainer),
            loser=party(loser),
            wards=several([known(ward=ward_name(ward)) for ward in found[:GAIN_WARDS_SHOWN]]),
            among_others=len(found) > GAIN_WARDS_SHOWN,
        )
        for (gainer, loser), found in ranked[:GAINS_SHOWN]
    ]
    return known(gains=several(gains), more_gains=len(ranked) > GAINS_SHOWN)


def _beaten(
    totals: CouncilTotals, wards: Sequence[WardTotals], alerts: Sequence[Alert]
) -> dict[str, Fact]:
    """Returns the notable candidates who lost, as the alerts that still stand have them."""
    by_ballot = {ward.ballot_paper_id: ward for ward in wards}
    gone = {each.retracts for each in alerts if each.retracts}
    beaten = []
    for alert in alerts:
        ward = next((by_ballot[each] for each in alert.ballots if each in by_ballot), None)
        if ward is None and alert.cause in by_ballot:
            ward = by_ballot[alert.cause]
        if alert.kind != "notable_beaten" or alert.action != "raise" or alert.id in gone:
            continue
        if ward is not None:
            beaten += _beaten_in(totals, ward, alert)
    return known(beaten=several(beaten[:BEATEN_SHOWN]))


def _beaten_in(totals: CouncilTotals, ward: WardTotals, alert: Alert) -> list[dict[str, Fact]]:
    basis = Basis(
        "alert", alert.id, alert.cause_revision, f"/councils/{totals.council}#alert-{alert.id}"
    )
    for each in ward.candidates:
        office, found, _ = alert.text.partition(f" {each.candidate} beaten in {ward.ward}")
        if found and each.candidate and not each.elected:
            return [
                known(
                    person=Name(each.candidate, basis),
                    office=Name(office, basis),
                    ward=ward_name(ward),
                    party=Party(_key(each), each.party),
                )
            ]
    return []

"""The facts of a council's wards: which was the closest, whose seats changed hands, who lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from drafts.bases import party_at, ward_basis, ward_name
from drafts.facts import Basis, Fact, Name, Number, Party, known, several
from schemas.alert import Alert
from schemas.party import party_key
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
    return _closest(wards) | _gains(totals, wards) | _beaten(totals, wards, alerts)


def _closest(wards: Sequence[WardTotals]) -> dict[str, Fact]:
    """Returns the ward in which the fewest voters would have given a seat to another party."""
    close = [ward for ward in wards if ward.flip_at and ward.margin is not None]
    if not close:
        return {}
    ward = min(close, key=lambda each: (each.flip_at[0].voters, each.margin, each.ward))
    flip = ward.flip_at[0]
    at = "/flip_at/0/voters"
    return known(
        closest_ward=ward_name(ward),
        closest_voters=Number(flip.voters, ward_basis(ward, (at,))),
        closest_margin=Number(ward.margin or 0, ward_basis(ward, ("/margin",))),
        closest_winner=_party(flip.votes_from),
        closest_loser=_party(flip.votes_to),
        closest_tied=not ward.margin,
        closest_one_seat=ward.seats_contested == 1,
    )


def _party(people: Sequence[Candidate]) -> Party | None:
    """Returns the one party of some candidates; None if they are of several."""
    keys = {_key(each): each.party for each in people}
    if len(keys) != 1:
        return None
    ((key, label),) = keys.items()
    return Party(key, label)


def _key(person: Candidate) -> str:
    named = person.party_id or person.party
    return party_key(person.party_id, person.party) if named else "ynmp-party:2"


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

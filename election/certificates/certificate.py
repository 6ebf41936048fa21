"""Certificate: the facts that a call rests on, and the sum that makes it certain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from election.certificates.content import (
    content_of_council_result,
    content_of_no_poll,
    content_of_opening,
    content_of_result,
)
from election.certificates.sum import sum_line
from election.count import Count
from election.rules.majority import counted_under
from election.ward import Ward
from schemas.certificate import (
    Certificate,
    CouncilFact,
    OpeningFact,
    OpenParty,
    OpenWard,
    PartyRange,
    SeatsOf,
    WardFact,
    sha256_of,
)
from schemas.ids import election_of

_UNHASHED = "0" * 64
"""Stands where the hash will be until everything that it is taken of is there."""

OUTSIDE_HASH = frozenset({"sha256", "positions"})


def certificate(alert_id: str, kind: str, certain: str, count: Count) -> Certificate:
    """Returns the certificate of an alert that a count raises.

    `kind` is `control` or `incumbent_out`, and `certain` the control, or the party that is out.
    Positions are for whoever has the log. Lists are in the order of their ids.
    """
    opened, whole = count.opening.opened, count.council_result
    wards = [] if whole is not None else _counted(count.wards)
    facts = [fact for ward in wards if (fact := _fact(ward)) is not None]
    made = Certificate.model_validate(
        {
            "alert": alert_id,
            "kind": kind,
            "election": election_of(opened.council),
            "council": opened.council,
            "name": count.name,
            "certain": certain,
            "seats_total": count.seats_total,
            "majority": count.majority,
            "seats_vacant": opened.seats_vacant,
            "independents_as_party": opened.independents_as_party,
            "opening": OpeningFact(
                revision=opened.revision,
                sha256=sha256_of(content_of_opening(count.opening, count.wards.values())),
            ),
            "not_up": () if whole is not None else _not_up(count),
            "council_result": _council_fact(count),
            "wards": tuple(facts),
            "open_wards": tuple(found for ward in wards if (found := _open_ward(ward)) is not None),
            "unaccounted": count.unaccounted,
            "parties": _ranges(count),
            "sum": "",
            "sha256": _UNHASHED,
        }
    )
    made = made.model_copy(update={"sum": sum_line(made)})
    content = made.model_dump(mode="json", exclude=set(OUTSIDE_HASH))
    return made.model_copy(update={"sha256": sha256_of(content)})


def _counted(wards: Mapping[str, Ward]) -> list[Ward]:
    counted = (ward for ward in wards.values() if ward.counts and ward.contest is not None)
    return sorted(counted, key=lambda ward: ward.ballot_paper_id)


def _by_party(seats: Iterable[tuple[str, int]]) -> tuple[SeatsOf, ...]:
    """Returns seats by party, those of the same party added up, without parties that have none."""
    added: dict[str, int] = {}
    for party, number in seats:
        added[party] = added.get(party, 0) + number
    return tuple(SeatsOf(party_id=party, seats=n) for party, n in sorted(added.items()) if n)


def _not_up(count: Count) -> tuple[SeatsOf, ...]:
    return _by_party((party, each.not_up) for party, each in count.tally.parties.items())


def _council_fact(count: Count) -> CouncilFact | None:
    whole = count.council_result
    if whole is None:
        return None
    return CouncilFact(
        revision=whole.revision,
        sources=max(count.whole_sources, 1),
        sha256=sha256_of(content_of_council_result(whole)),
        final=whole.final,
        seats=_by_party((counted_under(party.party_id), party.seats) for party in whole.seats),
    )


def _fact(ward: Ward) -> WardFact | None:
    """Returns what a ward adds for certain, and what says so; None for one that is all open."""
    known, contributed = ward.evidence, ward.contribution
    won = _by_party((party, each.won) for party, each in contributed.parties.items())
    if ward.declared is not None and ward.result is not None and ward.fits:
        return WardFact(
            ballot_paper_id=ward.ballot_paper_id,
            ward=ward.name,
            basis="result",
            revision=ward.declared.revision,
            sources=1 if known is None else max(len(known.agreeing), 1),
            sha256=sha256_of(content_of_result(ward.ballot_paper_id, ward.declared)),
            seats=contributed.seats,
            won=won,
            still_open=contributed.still_open,
        )
    if not contributed.decided or ward.status is None:
        return None
    return WardFact(
        ballot_paper_id=ward.ballot_paper_id,
        ward=ward.name,
        basis="uncontested",
        revision=ward.status.revision,
        sources=1,
        sha256=sha256_of(content_of_no_poll(ward.ballot_paper_id)),
        seats=contributed.seats,
        won=won,
        still_open=0,
    )


def _open_ward(ward: Ward) -> OpenWard | None:
    """Returns what parties can win of a ward's open seats; None if it has none."""
    contributed, contest = ward.contribution, ward.contest
    if not contributed.still_open or contest is None:
        return None
    left: dict[str, int] = {}
    if not contributed.open_to_any:
        won = ward.result.seats_won if ward.result is not None else {}
        nominated = (contest.fielded or {}).items()
        left = {party: number - won.get(party, 0) for party, number in nominated}
    return OpenWard(
        ballot_paper_id=ward.ballot_paper_id,
        ward=ward.name,
        seats=contributed.still_open,
        open_to_any=contributed.open_to_any > 0,
        parties=tuple(
            OpenParty(
                party_id=party,
                candidates=number,
                most=contributed.parties[party].most,
                fewest=contributed.parties[party].fewest,
            )
            for party, number in sorted(left.items())
            if number > 0
        ),
    )


def _ranges(count: Count) -> tuple[PartyRange, ...]:
    """Returns the parties that hold a seat, or can win one that is not anyone's."""
    return tuple(
        PartyRange(
            party_id=party,
            party=count.names.get(party) or party,
            held=seats.held,
            least=seats.least,
            best=seats.best,
        )
        for party, seats in sorted(count.ranges.items())
        if seats.held or seats.best > count.open_to_any
    )

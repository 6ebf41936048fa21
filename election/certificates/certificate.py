"""Certificate: the facts that a call rests on, and the sum that makes it certain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from election.certificates.content import (
    content_of_council_result,
    content_of_no_poll,
    content_of_opening,
    content_of_result,
)
from election.certificates.sum import sum_line
from election.count import Count
from election.declaration import Declaration
from election.rules.majority import counted_under
from election.rules.result import Result, result
from election.ward import Ward
from schemas.certificate import Certificate, sha256_of
from schemas.ids import election_of

_UNHASHED = "0" * 64
"""Stands where the hash will be until everything that it is taken of is there."""

_OPENING_SHA256 = "sha256"


def certificate(alert_id: str, kind: str, certain: str, count: Count) -> Certificate:
    """Returns the certificate of an alert that a count raises.

    `kind` is `control` or `incumbent_out`, and `certain` the control, or the party that is out.
    Positions are for whoever has the log. Lists are in the order of their ids.
    """
    # Its parts are plain values, which are hashed as they are; making a model of each part and
    # plain values of that again would take twice as long.
    content = _content(alert_id, kind, certain, count)
    made = Certificate.model_validate({**content, "sha256": _UNHASHED})
    content["sum"] = sum_line(made)
    return made.model_copy(update={"sum": content["sum"], "sha256": sha256_of(content)})


def _content(alert_id: str, kind: str, certain: str, count: Count) -> dict[str, Any]:
    opened, whole = count.opening.opened, count.council_result
    wards = [] if whole is not None else _counted(count.wards)
    return {
        "alert": alert_id,
        "certain": certain,
        "council": opened.council,
        "council_result": _council_fact(count),
        "election": election_of(opened.council),
        "independents_as_party": opened.independents_as_party,
        "kind": kind,
        "majority": count.majority,
        "name": count.name,
        "not_up": () if whole is not None else _not_up(count),
        "open_wards": tuple(filter(None, map(_open_ward, wards))),
        "opening": {
            "revision": opened.revision,
            "sha256": _sha256_of_opening(count),
        },
        "parties": _ranges(count),
        "seats_total": count.seats_total,
        "seats_vacant": opened.seats_vacant,
        "sum": "",
        "unaccounted": count.unaccounted,
        "wards": tuple(filter(None, map(_fact, wards))),
    }


def _sha256_of_opening(count: Count) -> str:
    """Returns the hash of an opening, which is kept with it: it lists the same wards all night."""
    kept = count.opening.__dict__
    if _OPENING_SHA256 not in kept:
        kept[_OPENING_SHA256] = sha256_of(content_of_opening(count.opening, count.wards.values()))
    found: str = kept[_OPENING_SHA256]
    return found


def _counted(wards: Mapping[str, Ward]) -> list[Ward]:
    counted = (ward for ward in wards.values() if ward.counts and ward.contest is not None)
    return sorted(counted, key=lambda ward: ward.ballot_paper_id)


def _by_party(seats: Iterable[tuple[str, int]]) -> tuple[dict[str, Any], ...]:
    """Returns seats by party, those of the same party added up, without parties that have none."""
    added: dict[str, int] = {}
    for party, number in seats:
        added[party] = added.get(party, 0) + number
    return tuple([{"party_id": party, "seats": n} for party, n in sorted(added.items()) if n])


def _not_up(count: Count) -> tuple[dict[str, Any], ...]:
    return _by_party((party, each.not_up) for party, each in count.tally.parties.items())


def _council_fact(count: Count) -> dict[str, Any] | None:
    whole = count.council_result
    if whole is None:
        return None
    return {
        "final": whole.final,
        "revision": whole.revision,
        "seats": _by_party((counted_under(party.party_id), party.seats) for party in whole.seats),
        "sha256": sha256_of(content_of_council_result(whole)),
        "sources": max(count.whole_sources, 1),
    }


def _fact(ward: Ward) -> dict[str, Any] | None:
    """Returns what a ward adds for certain, and what says so; None for one that is all open.

    It is kept with the ward: control that changes again rests on nearly the same facts.
    """
    if ward.fact is None:
        # A frozen dataclass takes no assignment, and a fact follows from its other fields.
        object.__setattr__(ward, "fact", _made_fact(ward))
    return ward.fact


def _made_fact(ward: Ward) -> dict[str, Any] | None:
    known, contributed = ward.evidence, ward.contribution
    if ward.declared is not None and ward.result is not None and ward.fits:
        said = _said_by_one(ward, ward.declared, ward.result)
        basis, revision = "result", said.revision
        sources = 1 if known is None else max(len(known.agreeing), 1)
        sha256 = sha256_of(content_of_result(ward.ballot_paper_id, said))
    elif contributed.decided and ward.status is not None:
        basis, revision, sources = "uncontested", ward.status.revision, 1
        sha256 = sha256_of(content_of_no_poll(ward.ballot_paper_id))
    else:
        return None
    return {
        "ballot_paper_id": ward.ballot_paper_id,
        "basis": basis,
        "revision": revision,
        "seats": contributed.seats,
        "sha256": sha256,
        "sources": sources,
        "still_open": contributed.still_open,
        "ward": ward.name,
        "won": _by_party((party, each.won) for party, each in contributed.parties.items()),
    }


def _said_by_one(ward: Ward, declared: Declaration, stands: Result) -> Declaration:
    """Returns the word of one source that elects the same parties as what stands of a ward.

    What stands may be what several say together, and then it is in no event of the log by itself.
    Returns what stands if no source by itself says as much.
    """
    known = ward.evidence
    if known is None:
        return declared
    words = [each.said for each in known.claims if each.source in known.agreeing]
    for said in words if declared not in words else ():
        found = result(said.candidates, said.seats_contested, ward.system)
        if found is None or said.seats_contested != declared.seats_contested:
            continue
        if found.seats_won == stands.seats_won and found.still_open == stands.still_open:
            return said
    return declared


def _open_ward(ward: Ward) -> dict[str, Any] | None:
    """Returns what parties can win of a ward's open seats; None if it has none."""
    contributed, contest = ward.contribution, ward.contest
    if not contributed.still_open or contest is None:
        return None
    left: dict[str, int] = {}
    if not contributed.open_to_any:
        won = ward.result.seats_won if ward.result is not None else {}
        nominated = (contest.fielded or {}).items()
        left = {party: number - won.get(party, 0) for party, number in nominated}
    return {
        "ballot_paper_id": ward.ballot_paper_id,
        "open_to_any": contributed.open_to_any > 0,
        "parties": tuple(
            [
                {
                    "candidates": number,
                    "fewest": contributed.parties[party].fewest,
                    "most": contributed.parties[party].most,
                    "party_id": party,
                }
                for party, number in sorted(left.items())
                if number > 0
            ]
        ),
        "seats": contributed.still_open,
        "ward": ward.name,
    }


def _ranges(count: Count) -> tuple[dict[str, Any], ...]:
    """Returns the parties that hold a seat, or can win one that is not anyone's."""
    return tuple(
        [
            {
                "best": seats.best,
                "held": seats.held,
                "least": seats.least,
                "party": count.names.get(party) or party,
                "party_id": party,
            }
            for party, seats in sorted(count.ranges.items())
            if seats.held or seats.best > count.open_to_any
        ]
    )

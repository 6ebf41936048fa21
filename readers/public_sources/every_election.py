"""EveryElection's elections (JSON): which councils and ballots are polled."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from readers.ballot_checks import WARD_SEATS_MAX
from readers.councils import gss_or_blank
from readers.findings import Findings
from readers.json_parts import items, lines_of, part, whole, words
from readers.public_sources.records import (
    EVERY_ELECTION,
    Cancellation,
    ListedBallot,
    Place,
    PolledCouncil,
    Sources,
)
from schemas.ids import check_ballot_paper_id, check_council_id

_CANCELLATIONS: Final[dict[str, Cancellation]] = {
    "candidate_death": "death",
    "no_candidates": "no candidates",
    "equal_candidates": "equal",
    "under_contested": "under",
}


def is_every_election(answer: object) -> bool:
    """Returns whether an answer is a page of elections, or one of them."""
    return any("election_id" in each and "poll_open_date" in each for each in items(answer))


def read_every_election(
    file: Path, text: str, answer: object, sources: Sources, findings: Findings
) -> None:
    """Adds the councils and ballots of a page of elections.

    Groups of a whole day, elections of other kinds than councils and deleted ones are left out. A
    ballot that only its council lists is a ballot without seats.
    """
    lines = lines_of(text, "election_id")
    for each in items(answer):
        identifier = words(each, "election_id")
        at = Place(EVERY_ELECTION, file, lines.get(identifier, 1))
        if each.get("deleted") is True or not identifier.startswith("local."):
            continue
        if words(each, "group_type") == "organisation" or _is(check_council_id, identifier):
            _add_council(at, identifier, each, sources)
        elif _is(check_ballot_paper_id, identifier):
            sources.elections.append(_ballot(at, identifier, each))
        elif not words(each, "group_type"):
            what = f"election_id: {identifier!r} is no id of a ballot; left out"
            findings.warn(file, at.line, what, once="no ballot")


def _is(check: Any, identifier: str) -> bool:
    try:
        return bool(check(identifier))
    except ValueError:
        return False


def _add_council(at: Place, identifier: str, item: dict[str, Any], sources: Sources) -> None:
    organisation = part(item, "organisation")
    children = item.get("children")
    ballots = children if isinstance(children, list) else []
    sources.polled.append(
        PolledCouncil(
            at=at,
            election_id=identifier,
            code=words(organisation, "official_identifier"),
            official_name=words(organisation, "official_name"),
            common_name=words(organisation, "common_name"),
            system=words(part(item, "voting_system"), "slug"),
            ballots=tuple(
                each
                for each in ballots
                if isinstance(each, str) and _is(check_ballot_paper_id, each)
            ),
        )
    )


def _ballot(at: Place, identifier: str, item: dict[str, Any]) -> ListedBallot:
    division = part(item, "division")
    code = words(division, "official_identifier").rpartition(":")[2]
    reason = words(item, "cancellation_reason").casefold().replace(" ", "_")
    return ListedBallot(
        at=at,
        ballot_paper_id=identifier,
        ward=words(division, "name"),
        ward_gss=gss_or_blank(code),
        seats=whole(words(item, "seats_contested"), most=WARD_SEATS_MAX),
        cancelled=item.get("cancelled") is True,
        cancellation=_CANCELLATIONS.get(reason, ""),
        replaces=words(item, "replaces"),
        replaced_by=words(item, "replaced_by"),
        updated=words(item, "modified"),
        organisation=words(part(item, "organisation"), "official_name"),
    )

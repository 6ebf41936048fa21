"""Turns the answers of Democracy Club's API into rows of its CSV export.

Ballots with candidacies (`/api/next/ballots/`), results (`/api/next/results/`) and the older result
sets (`/api/v0.9/result_sets/`) are read: one of them, an array, or a page with `results`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from readers.csv_table import Row
from readers.findings import Findings
from readers.json_parts import as_text, lines_of, objects, parsed, part, words
from schemas.ids import ward_of


def read_api(
    file: Path, text: str, findings: Findings, *, has_other_pages: bool = False
) -> tuple[Row, ...] | None:
    """Returns a row for each candidate under the columns of the CSV export.

    None if the text is not an answer of the API. A ballot without candidates has one row without a
    name. Warns of a page that is not the only one, unless others may be in other files.
    """
    answer = parsed(text)
    page = answer if isinstance(answer, dict) else {}
    ballots = page.get("results", answer) if "ballot_paper_id" not in page else [page]
    if not isinstance(ballots, list) or not ballots or not all(map(_is_ballot, ballots)):
        return None
    if not has_other_pages and (page.get("next") or page.get("previous")):
        what = f"next: one page of several, {len(ballots)} of {page.get('count')} ballots; join all"
        findings.warn(file, 1, what)
    lines = lines_of(text, "ballot_paper_id")
    found: list[Row] = []
    for ballot in ballots:
        identifier = _id(ballot)
        rows = _rows(ballot)
        found += (Row(file, lines.get(identifier, 1), cells, findings) for cells in rows)
    return tuple(found)


def _is_ballot(item: object) -> bool:
    return isinstance(item, dict) and bool(_id(item)) and any(name in item for name in _PEOPLE)


_PEOPLE = ("candidacies", "candidate_results")


def _id(ballot: dict[str, Any]) -> str:
    found = ballot.get("ballot_paper_id") or part(ballot, "ballot").get("ballot_paper_id")
    return found if isinstance(found, str) else ""


def _rows(ballot: dict[str, Any]) -> list[dict[str, str]]:
    identifier = _id(ballot)
    inner = {**part(ballot, "ballot"), **ballot}
    post, results = part(inner, "post"), inner.get("results")
    numbers = results if isinstance(results, dict) else inner
    people = inner.get("candidacies") or inner.get("candidate_results") or []
    people = objects(people) if isinstance(people, list) else []
    if not post and people:
        post = part(part(people[0], "membership"), "post")
    common = {
        "ballot_paper_id": identifier,
        "election_date": identifier.rpartition(".")[2],
        "post_label": words(post, "label") or ward_of(identifier),
        "post_id": _gss(post),
        "organisation_name": words(part(inner, "organisation"), "name"),
        "cancelled_poll": words(inner, "cancelled"),
        "seats_contested": words(inner, "winner_count"),
        "turnout_reported": words(numbers, "num_turnout_reported"),
        "spoilt_ballots": words(numbers, "num_spoilt_ballots"),
        "total_electorate": words(numbers, "total_electorate"),
        "turnout_percentage": words(numbers, "turnout_percentage"),
        "results_source": words(numbers, "source"),
        "candidates_locked": words(inner, "candidates_locked"),
        "replaces": words(inner, "replaces"),
        "replaced_by": words(inner, "replaced_by"),
        "last_updated": words(inner, "last_updated"),
    }
    return [{**common, **_person(each)} for each in people] or [common]


def _person(found: dict[str, Any]) -> dict[str, str]:
    candidacy = {**part(found, "membership"), **found}
    party = part(candidacy, "party") or part(candidacy, "on_behalf_of")
    result = part(candidacy, "result")
    elected = [candidacy.get("elected"), candidacy.get("is_winner"), result.get("elected")]
    return {
        "person_id": words(part(candidacy, "person"), "id"),
        "person_name": words(part(candidacy, "person"), "name"),
        "party_id": as_text(party.get("ec_id") or party.get("id") or party.get("legacy_slug")),
        "party_name": as_text(party.get("name") or candidacy.get("party_name")),
        "votes_cast": as_text(result.get("num_ballots", candidacy.get("num_ballots"))),
        "elected": as_text(next((each for each in elected if each is not None), None)),
        "tied_vote_winner": as_text(
            result.get("tied_vote_winner", candidacy.get("tied_vote_winner"))
        ),
    }


def _gss(post: dict[str, Any]) -> str:
    """Returns the code in `gss:E05000001`, or in the older `MTW:E05000001`."""
    return words(post, "id").rpartition(":")[2]

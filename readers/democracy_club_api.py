"""Turns the answers of Democracy Club's API into rows of its CSV export.

Ballots with candidacies (`/api/next/ballots/`), results (`/api/next/results/`) and the older result
sets (`/api/v0.9/result_sets/`) are read: one of them, an array, or a page with `results`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson

from readers.csv_table import Row
from readers.findings import Findings
from schemas.ids import ward_of

_ID = re.compile(r'"ballot_paper_id"\s*:\s*"([^"]*)"')


def read_api(
    file: Path, text: str, findings: Findings, *, has_other_pages: bool = False
) -> tuple[Row, ...] | None:
    """Returns a row for each candidate under the columns of the CSV export.

    None if the text is not an answer of the API. A ballot without candidates has one row without a
    name. Warns of a page that is not the only one, unless others may be in other files.
    """
    try:
        answer = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    page = answer if isinstance(answer, dict) else {}
    ballots = page.get("results", answer) if "ballot_paper_id" not in page else [page]
    if not isinstance(ballots, list) or not ballots or not all(map(_is_ballot, ballots)):
        return None
    if not has_other_pages and (page.get("next") or page.get("previous")):
        what = f"next: one page of several, {len(ballots)} of {page.get('count')} ballots; join all"
        findings.warn(file, 1, what)
    lines = _lines(text)
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
    found = ballot.get("ballot_paper_id") or _part(ballot, "ballot").get("ballot_paper_id")
    return found if isinstance(found, str) else ""


def _rows(ballot: dict[str, Any]) -> list[dict[str, str]]:
    identifier = _id(ballot)
    inner = {**_part(ballot, "ballot"), **ballot}
    post, results = _part(inner, "post"), inner.get("results")
    numbers = results if isinstance(results, dict) else inner
    people = inner.get("candidacies") or inner.get("candidate_results") or []
    people = [each for each in people if isinstance(each, dict)] if isinstance(people, list) else []
    if not post and people:
        post = _part(_part(people[0], "membership"), "post")
    common = {
        "ballot_paper_id": identifier,
        "election_date": identifier.rpartition(".")[2],
        "post_label": _text(post.get("label")) or ward_of(identifier),
        "post_id": _gss(post),
        "organisation_name": _text(_part(inner, "organisation").get("name")),
        "cancelled_poll": _text(inner.get("cancelled")),
        "seats_contested": _text(inner.get("winner_count")),
        "turnout_reported": _text(numbers.get("num_turnout_reported")),
        "spoilt_ballots": _text(numbers.get("num_spoilt_ballots")),
        "total_electorate": _text(numbers.get("total_electorate")),
        "turnout_percentage": _text(numbers.get("turnout_percentage")),
        "results_source": _text(numbers.get("source")),
        "candidates_locked": _text(inner.get("candidates_locked")),
        "replaces": _text(inner.get("replaces")),
        "replaced_by": _text(inner.get("replaced_by")),
        "last_updated": _text(inner.get("last_updated")),
    }
    return [{**common, **_person(each)} for each in people] or [common]


def _person(found: dict[str, Any]) -> dict[str, str]:
    candidacy = {**_part(found, "membership"), **found}
    party = _part(candidacy, "party") or _part(candidacy, "on_behalf_of")
    result = _part(candidacy, "result")
    elected = [candidacy.get("elected"), candidacy.get("is_winner"), result.get("elected")]
    return {
        "person_id": _text(_part(candidacy, "person").get("id")),
        "person_name": _text(_part(candidacy, "person").get("name")),
        "party_id": _text(party.get("ec_id") or party.get("id") or party.get("legacy_slug")),
        "party_name": _text(party.get("name") or candidacy.get("party_name")),
        "votes_cast": _text(result.get("num_ballots", candidacy.get("num_ballots"))),
        "elected": _text(next((each for each in elected if each is not None), None)),
        "tied_vote_winner": _text(
            result.get("tied_vote_winner", candidacy.get("tied_vote_winner"))
        ),
    }


def _part(item: dict[str, Any], name: str) -> dict[str, Any]:
    found = item.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def _gss(post: dict[str, Any]) -> str:
    """Returns the code in `gss:E05000001`, or in the older `MTW:E05000001`."""
    return _text(post.get("id")).rpartition(":")[2]


def _lines(text: str) -> dict[str, int]:
    """Returns the line on which each ballot's id stands first."""
    found: dict[str, int] = {}
    line, place = 1, 0
    for match in _ID.finditer(text):
        line += text.count("\n", place, match.start())
        place = match.start()
        found.setdefault(match[1], line)
    return found

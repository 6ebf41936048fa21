"""The agency's numbers of candidates, held against those that stand on the ballots."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.party import party_key
from services.prepare.context import Context
from services.prepare.councils import JoinedCouncil
from services.prepare.tables import Cells
from services.prepare.todo import said


def check_candidates(council: JoinedCouncil, rows: Iterable[Cells], context: Context) -> None:
    """Notes each party of which the agency has another number of candidates.

    Only where nominations of every ballot are known.
    """
    rows = [*rows]
    if council.agency is None or not rows or any(not row.get("candidate") for row in rows):
        return
    standing: dict[str, int] = {}
    for row in rows:
        key = party_key(row["party_id"], row["party"])
        standing[key] = standing.get(key, 0) + 1
    for each in council.agency.parties:
        party = context.register.party("", each.party, nation=council.nation)
        found = standing.get(party_key(*party), 0)
        if each.candidates is not None and each.candidates != found:
            context.todos.conflict(
                f"numbers of candidates of {party.party} differ",
                said(each.candidates, council.agency.at),
                f"{found} on the ballots",
                "the ballots are written",
                council=council.shown,
            )

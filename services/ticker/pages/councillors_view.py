"""The part of a council's page that says who sits on it."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.pages.live_view import View
from services.pages.templates import element
from services.ticker.pages.councillors import council_councillors, sentences
from services.ticker.pages.templates import part


def councillors_view(totals: CouncilTotals, wards: Sequence[WardTotals]) -> View:
    """Returns who sits on a council: a fragment for each ward, and what is known of the others.

    So a declaration changes one line of an open page, and not the whole list.
    """
    known = council_councillors(totals, wards)
    names = {party.party_id: party.party for party in totals.parties}
    fragments = {"councillors-known": part("council/known.html", sentences=sentences(known, names))}
    for ward in known.wards:
        fragments[f"sits-{element(ward.ballot_paper_id)}"] = part(
            "council/sits.html", ward=ward, council=totals.council
        )
    order = tuple(f"sits-{element(ward.ballot_paper_id)}" for ward in known.wards)
    return View(fragments, {"councillors": order})

"""The part of a council's page that says who sits on it."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.pages.language import SOURCE_LANGUAGE, Language
from services.pages.live_view import View
from services.pages.templates import element
from services.ticker.pages.councillors import council_councillors, sentences
from services.ticker.pages.templates import part
from services.ticker.pages.welsh_councillors import welsh_sentences


def councillors_view(
    totals: CouncilTotals, wards: Sequence[WardTotals], language: Language = SOURCE_LANGUAGE
) -> View:
    """Returns who sits on a council: a fragment for each ward, and what is known of the others.

    So a declaration changes one line of an open page, and not the whole list.
    """
    known = council_councillors(totals, wards)
    names = {party.party_id: party.party for party in totals.parties}
    told = (sentences if language == SOURCE_LANGUAGE else welsh_sentences)(known, names)
    fragments = {"councillors-known": part("council/known.html", sentences=told)}
    for ward in known.wards:
        fragments[f"sits-{element(ward.ballot_paper_id)}"] = part(
            "council/sits.html", ward=ward, council=totals.council, language=language
        )
    order = tuple(f"sits-{element(ward.ballot_paper_id)}" for ward in known.wards)
    return View(fragments, {"councillors": order})

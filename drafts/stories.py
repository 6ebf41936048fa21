"""The stories of councils and nights, from their published totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from drafts.council_facts import council_facts
from drafts.draft import Draft
from drafts.folder import Templates
from drafts.night_facts import night_facts
from drafts.writing import write
from schemas.alert import Alert
from schemas.national import NationalTotals
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals

WELSH_GSS: Final = "W"
"""What the GSS codes of Wales begin with."""


def draft_council(
    templates: Templates,
    totals: CouncilTotals,
    wards: Sequence[WardTotals],
    alerts: Sequence[Alert],
) -> Draft:
    """Returns the story of a council; `alerts` are its own, oldest first.

    The same totals, wards and alerts always give the same story.
    """
    return write(templates.council, templates.words, council_facts(totals, wards, alerts))


def draft_night(
    templates: Templates,
    election: str,
    night: NationalTotals | None,
    councils: Sequence[CouncilTotals],
    alerts: Sequence[Alert],
) -> Draft:
    """Returns the story of a night; `night` is None while nothing is added up.

    `councils` are those that are open, by name, and `alerts` all of the night, oldest first.
    """
    return write(templates.night, templates.words, night_facts(election, night, councils, alerts))


def is_welsh(totals: CouncilTotals) -> bool:
    """Returns whether a council is in Wales, by its GSS code, so that it has a Welsh story."""
    return totals.council_gss.startswith(WELSH_GSS)


def withdrawals(alerts: Sequence[Alert]) -> list[tuple[Alert, Alert]]:
    """Returns each alert that was taken back with the one that took it back, in that order."""
    by_id = {alert.id: alert for alert in alerts}
    return [
        (by_id[alert.retracts], alert)
        for alert in alerts
        if alert.retracts is not None and alert.retracts in by_id
    ]

from __future__ import annotations

from typing import get_args

from schemas.alert import Kind
from schemas.examples import ALERT
from schemas.ward_totals import WardStage, WardTotals
from services.ticker.pages.ranking import STAGES
from services.ticker.pages.translatable import LABELS
from services.ticker.pages.wording import alert_kind, stage_title, ward_state


def ward(status: str) -> WardTotals:
    return WardTotals.model_validate(
        {
            "ballot_paper_id": "local.barnet.childs-hill.2014-05-22",
            "council": "local.barnet.2014-05-22",
            "ward": "Childs Hill",
            "seats_contested": 3,
            "status": status,
        },
        strict=False,
    )


def test_every_label_of_an_alert_can_be_translated() -> None:
    """A kind of alert that is new gets a label in every catalogue."""
    alerts = [ALERT.model_copy(update={"kind": kind}) for kind in get_args(Kind)]
    alerts.append(ALERT.model_copy(update={"action": "retract"}))

    assert {alert_kind(alert) for alert in alerts} <= set(LABELS)


def test_every_state_of_a_ward_without_numbers_can_be_translated() -> None:
    """Only states with a number or a time in them stay in English."""
    stages = [each for part in get_args(WardStage) for each in (get_args(part) or (part,))]
    states = {ward_state(ward(status)) for status in stages if status != "partial"}

    assert states <= set(LABELS)


def test_every_title_of_a_stage_can_be_translated() -> None:
    """The councils of a night stand under titles in the page's language."""
    assert {stage_title(stage) for stage in STAGES} <= set(LABELS)

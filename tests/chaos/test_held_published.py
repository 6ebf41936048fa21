"""What is held and published all the same is found, wherever it comes out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from election.council import Council
from election.fold import Effects, apply
from election.text.figures import figures_line
from election.ward_totals import ward_totals
from schemas.events import Event
from schemas.ward import WardDeclared
from schemas.ward_totals import WardTotals
from services.aggregator.steps import STEPS, Steps
from services.platform.settings import Settings
from tests.chaos.night_of_sources import NightOfSources
from tests.chaos.published import in_text
from tests.chaos.worker_of_parts import count_all, judged, send

WORDS = 600


@pytest.fixture
async def said(settings: Settings) -> Settings:
    """A small night of several sources in the log, not yet counted."""
    parcels = NightOfSources(1, WORDS, settings.namespace).parcels
    await send(settings, (parcel for _, parcel in sorted(parcels, key=lambda pair: pair[0])))
    return settings


def credulous(event: Event, council: Council | None) -> tuple[Council, Effects]:
    """Folds an event, and lets count what is held."""
    folded = apply(event, council)
    if not folded[1].held or not isinstance(event, WardDeclared):
        return folded
    return apply(event.model_copy(update={"trust": "final"}), council)


def talkative(council: Council, ballot: str) -> WardTotals:
    """Shows a ward, and in its sentence whatever was said of it."""
    shown = ward_totals(council, ballot)
    evidence = council.wards[ballot].evidence
    words = [figures_line(claim.said) for claim in evidence.claims] if evidence else []
    return shown.model_copy(update={"text": "; ".join([shown.text, *words])})


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        pytest.param(STEPS, False, id="every safeguard"),
        pytest.param(replace(STEPS, fold=credulous), True, id="held words count"),
        pytest.param(replace(STEPS, ward=talkative), True, id="rows of wards say what waits"),
    ],
)
async def test_what_is_held_and_published_is_found(
    said: Settings, steps: Steps, *, found: bool
) -> None:
    """A fold that lets held words count, and a row that tells them, are both found."""
    await count_all(said, steps=steps)
    wrong = await judged(said)

    assert "held_published" in wrong if found else wrong == {}, wrong


def test_how_many_messages_the_log_has_is_no_figure() -> None:
    """In a rough night they are over 10,000, as figures are; what stands beside them is one."""
    line = '<p class="note log">The head of its 12,499 messages: <a href="/v1/log">all</a>.</p>'

    assert list(in_text(f"<p>12,345 votes</p>{line}<p>14,172</p>", "local.2026-04-30")) == [
        ("local.2026-04-30", "12345"),
        ("local.2026-04-30", "14172"),
    ]

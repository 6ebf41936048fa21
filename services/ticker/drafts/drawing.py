"""Draws a draft from an election in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from drafts.draft import Draft
from drafts.folder import Templates
from drafts.stories import draft_council, draft_night, is_welsh, withdrawals
from drafts.words import LANGUAGES, DraftLanguage
from schemas.alert import Alert
from schemas.base import Mode
from schemas.totals import CouncilTotals
from services.pages.language import written_day
from services.ticker.feed.election_state import CouncilState, ElectionState
from services.ticker.feed.entry import BEGINNING
from services.ticker.feed.parsing import parse_alert

WITHDRAWN_MAX: Final = 100
"""Withdrawals that a draft lists, the latest: a night has a handful."""


class NoSuchDraftError(LookupError):
    """There is no draft in that language."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An alert that was taken back, the one that did so, and the feed id of that one."""

    told: Alert
    taken_back: Alert
    feed_id: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draft, and what it was drawn from.

    `council` is blank for the night. `version` is that of the totals; None while there are none of
    the night. `languages` are those in which there is such a draft. `councils` are a night's.
    """

    draft: Draft
    kind: Literal["council", "night"]
    election: str
    council: str
    name: str
    mode: Mode
    feed_id: str
    version: int | None
    languages: tuple[DraftLanguage, ...]
    withdrawn: tuple[Withdrawal, ...]
    councils: tuple[CouncilTotals, ...] = ()


def drawn_council(
    templates: Mapping[DraftLanguage, Templates],
    state: ElectionState,
    council: CouncilState,
    language: DraftLanguage,
) -> Drawn:
    """Returns the draft of a council that has been opened.

    Raises NoSuchDraftError if it has none in that language.
    """
    totals, alerts = council.totals, council.alerts
    languages: tuple[DraftLanguage, ...] = LANGUAGES if is_welsh(totals) else ("en",)
    if language not in languages:
        raise NoSuchDraftError(
            f"language: {language}, but {totals.name} has a draft in English only; councils of"
            " Wales, by their GSS code, have one in Welsh as well"
        )
    return Drawn(
        draft_council(templates[language], totals, council.wards, alerts),
        "council",
        state.election,
        totals.council,
        totals.name,
        totals.mode,
        state.at,
        totals.version,
        languages,
        _withdrawn(alerts, _feed_ids(state, council)),
    )


def drawn_night(
    templates: Mapping[DraftLanguage, Templates], state: ElectionState, language: DraftLanguage
) -> Drawn:
    """Returns the draft of a night.

    Raises NoSuchDraftError if it has none in that language, and if no council is open.
    """
    councils = state.opened()
    if not councils:
        raise NoSuchDraftError("election: no council is open yet, so there is nothing to say")
    languages: tuple[DraftLanguage, ...] = LANGUAGES if any(map(is_welsh, councils)) else ("en",)
    if language not in languages:
        raise NoSuchDraftError(
            f"language: {language}, but no council of {state.election} is in Wales by its GSS code,"
            " so that there is a draft in English only"
        )
    read = [(feed_id, parse_alert(data)) for feed_id, data in state.alert_entries]
    alerts = [alert for _, alert in read]
    night = state.nation.night
    return Drawn(
        draft_night(templates[language], state.election, night, councils, alerts),
        "night",
        state.election,
        "",
        _day(state.election, language),
        councils[0].mode,
        state.at,
        None if night is None else night.version,
        languages,
        _withdrawn(alerts, {alert.id: feed_id for feed_id, alert in read}),
        tuple(councils),
    )


def _day(election: str, language: DraftLanguage) -> str:
    """Returns the day of an election in a language; its id if that has no day."""
    try:
        return written_day(date.fromisoformat(election.rpartition(".")[2]), language)
    except ValueError:
        return election


def _feed_ids(state: ElectionState, council: CouncilState) -> dict[str, str]:
    """Returns the feed id of each of a council's alerts, by the id of the alert."""
    own = set(council.alerts_json)
    return {parse_alert(data).id: feed_id for feed_id, data in state.alert_entries if data in own}


def _withdrawn(alerts: list[Alert], feed_ids: Mapping[str, str]) -> tuple[Withdrawal, ...]:
    return tuple(
        Withdrawal(told, taken_back, feed_ids.get(taken_back.id, BEGINNING))
        for told, taken_back in withdrawals(alerts)[-WITHDRAWN_MAX:]
    )

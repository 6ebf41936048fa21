"""The aggregator's JSON as models, each text parsed once."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, assert_never

import orjson
from pydantic import ValidationError

from schemas.alert import Alert
from schemas.base import sharing_fields_set
from schemas.national import NationalTotals
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardGone, WardTotals
from services.ticker.feed.parser import Parser

StoredKind = Literal["totals", "ward", "alert"]
"""The kinds of JSON that are stored of a council."""

ReadableKind = StoredKind | Literal["ward_gone", "national"]
"""The kinds of JSON in a feed that this ticker can read."""

READABLE_KINDS: Final[tuple[ReadableKind, ...]] = (
    "totals",
    "ward",
    "ward_gone",
    "alert",
    "national",
)

# Room for a night of some 400 councils and 9,000 wards, so that each version is parsed once.
# Versions that were replaced are forgotten (`election_state`) and need no room.
_TOTALS = 1_024
_WARDS = 10_240
_ALERTS = 8_192

# Those of a night and of its parts, which are nations, regions, types of authority and cycles.
_NATIONAL = 64


def _ward(data: bytes) -> WardTotals:
    return sharing_fields_set(WardTotals.model_validate_json(data))


parse_totals = Parser(CouncilTotals.model_validate_json, _TOTALS)
"""Returns the council in a JSON text. Raises pydantic.ValidationError for anything else."""

parse_ward = Parser(_ward, _WARDS)
"""Returns the ward in a JSON text. Raises pydantic.ValidationError for anything else."""


def parse_ward_gone(data: bytes) -> WardGone:
    """Returns which ward is gone. Raises pydantic.ValidationError for any other text."""
    return WardGone.model_validate_json(data)


PARTY_SHARE_MIN = 0.01
"""The share of the seats declared from which a party without a council is in the night's event."""

MILESTONES_IN_EVENT = 5
"""Of the milestones of a night, the newest that are in its event. A client has those before."""


@lru_cache(maxsize=_ALERTS)
def parse_alert(data: bytes) -> Alert:
    """Returns the alert in a JSON text. Raises pydantic.ValidationError for anything else."""
    return sharing_fields_set(Alert.model_validate_json(data))


@lru_cache(maxsize=_NATIONAL)
def parse_national(data: bytes) -> NationalTotals:
    """Returns the night, or part of it, in a JSON text. Raises pydantic.ValidationError."""
    return NationalTotals.model_validate_json(data)


def brief(data: bytes) -> bytes:
    """Returns a night as JSON as its event has it, a few kilobytes at any size of the night.

    Of its parties it has those that control, have gained or have lost a council, and the others
    with PARTY_SHARE_MIN of the seats declared; of its milestones the newest MILESTONES_IN_EVENT.
    A night has over a hundred parties and some ten events a second, and every stream gets each.
    """
    night = parse_national(data)
    least = PARTY_SHARE_MIN * night.councils.seats_declared
    kept = tuple(
        party
        for party in night.parties
        if party.councils
        or party.gained_from
        or party.lost_to
        or (party.seats_won is not None and party.seats_won >= max(1, least))
    )
    milestones = night.milestones[-MILESTONES_IN_EVENT:]
    shown = night.model_copy(update={"parties": kept, "milestones": milestones})
    return shown.model_dump_json().encode()


def readable_kind(text: str) -> ReadableKind | None:
    """Returns the kind of that name, or None for one that this ticker does not know."""
    return next((kind for kind in READABLE_KINDS if kind == text), None)


def fault(kind: ReadableKind, data: bytes, council: str) -> str:
    """Returns why a council's JSON of a kind cannot be read, or an empty string if it can.

    An aggregator that is newer or older than this ticker may have written JSON that the ticker
    cannot read. JSON about another council counts as unreadable, too. `council` is empty for what
    is about the whole night.
    """
    try:
        parsed = _parse(kind, data)
    except ValidationError as error:
        return str(error)
    about = "" if isinstance(parsed, NationalTotals) else parsed.council or ""
    if about != council:
        return f"council: it is about {about or 'none'}, but stored for {council or 'none'}"
    return ""


def fault_of_national(data: bytes, election: str, field: str) -> str:
    """Returns why what is stored of a night cannot be read, or an empty string if it can.

    `field` is `night`, or a part's kind and name, such as `region:London`.
    """
    try:
        parsed = parse_national(data)
    except ValidationError as error:
        return str(error)
    own = "night" if parsed.kind == "night" else f"{parsed.kind}:{parsed.name}"
    if (parsed.election, own) != (election, field):
        return f"it is about {own} of {parsed.election}, but stored for {field} of {election}"
    return ""


def ballot_of(data: bytes) -> str:
    """Returns the ballot that JSON is about although it cannot be read as a ward, if it says."""
    try:
        found = orjson.loads(data)["ballot_paper_id"]
    except (ValueError, TypeError, LookupError):
        return ""
    return found if isinstance(found, str) else ""


def _parse(
    kind: ReadableKind, data: bytes
) -> CouncilTotals | WardTotals | WardGone | Alert | NationalTotals:
    match kind:
        case "totals":
            return parse_totals(data)
        case "ward":
            return parse_ward(data)
        case "ward_gone":
            return parse_ward_gone(data)
        case "alert":
            return parse_alert(data)
        case "national":
            return parse_national(data)
        case _:
            assert_never(kind)

"""The aggregator's JSON as models, each text parsed once."""

from __future__ import annotations

from functools import lru_cache

from pydantic import ValidationError

from schemas.alert import Alert
from schemas.totals import CouncilTotals, WardTotals

# Room for a night of some 400 councils and 9,000 wards, so that each is parsed once a change.
_TOTALS = 1_024
_WARDS = 16_384
_ALERTS = 8_192


@lru_cache(maxsize=_TOTALS)
def parse_totals(data: bytes) -> CouncilTotals:
    """Returns the council that JSON holds. Raises pydantic.ValidationError for anything else."""
    return CouncilTotals.model_validate_json(data)


@lru_cache(maxsize=_WARDS)
def parse_ward(data: bytes) -> WardTotals:
    """Returns the ward that JSON holds. Raises pydantic.ValidationError for anything else."""
    return WardTotals.model_validate_json(data)


@lru_cache(maxsize=_ALERTS)
def parse_alert(data: bytes) -> Alert:
    """Returns the alert that JSON holds. Raises pydantic.ValidationError for anything else."""
    return Alert.model_validate_json(data)


_PARSERS = {"totals": parse_totals, "ward": parse_ward, "alert": parse_alert}


def fault(kind: str, data: bytes) -> str:
    """Returns what is wrong with an entry of the feed, or an empty string.

    An aggregator newer than this ticker may write what it does not know.
    """
    parse = _PARSERS.get(kind)
    if parse is None:
        return f"type: {kind!r} is none of {', '.join(_PARSERS)}"
    try:
        parse(data)
    except ValidationError as error:
        return str(error)
    return ""

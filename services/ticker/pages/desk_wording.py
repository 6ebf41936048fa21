"""Why a result does not count, in words for the desk."""

from __future__ import annotations

from typing import Literal, assert_never

from schemas.reject import Reason


def undecided_reason(reason: Literal["held", "conflict", "parked"]) -> str:
    """Returns the label of why a result does not count, where the desk can decide about it."""
    match reason:
        case "held":
            return "Held"
        case "conflict":
            return "Disputed"
        case "parked":
            return "Parked"
        case _:
            assert_never(reason)


def reject_reason(reason: Reason) -> str:  # noqa: PLR0911 -- one return for each reason
    """Returns the label of the reason why input was not counted."""
    match reason:
        case "envelope":
            return "Unusable envelope"
        case "payload":
            return "Unusable content"
        case "key":
            return "Wrong key"
        case "conflict":
            return "Contradicts the count"
        case "contradiction":
            return "Cannot be right"
        case "held":
            return "Waits for a second source, or the desk"
        case "parked":
            return "Kept, does not count"
        case "too_large":
            return "Too large"
        case "broken":
            return "A fault in livecount"
        case _:
            assert_never(reason)

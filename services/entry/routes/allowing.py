"""Who may have a page, and send an event: by the role of their key, its rights and its rate."""

from __future__ import annotations

from math import ceil
from typing import Final

from prometheus_client import Counter
from starlette.exceptions import HTTPException
from starlette.requests import Request

from schemas.events import Event
from services.access.holder import Role
from services.access.permission import forbidden
from services.access.rates import OverRateError
from services.entry.context import SignedIn, actor_of, context_of, signed_in

HOME: Final[dict[Role, str]] = {"desk": "/desk", "stringer": "/wards"}
"""The page at which each role begins."""


def of_role(request: Request, role: Role) -> SignedIn | None:
    """Returns who is signed in; None if nobody is. Raises HTTPException for another role."""
    known = signed_in(request)
    if known is not None and known.holder.role != role:
        raise HTTPException(403, f"This page is for keys of the role {role}.")
    return known


def allow(request: Request, known: SignedIn, event: Event, sent: Counter) -> None:
    """Counts an event that a key may send. Raises HTTPException, and notes it, if it may not.

    `sent` counts events by outcome.
    """
    context, actor = context_of(request), actor_of(request, known.session)
    refused = forbidden(event, known.holder)
    if refused:
        why = "; ".join(str(each) for each in refused)
        sent.labels("refused").inc()
        context.audit.refused(actor, 403, why, event)
        raise HTTPException(403, why)
    try:
        context.rates.take(known.holder, 1)
    except OverRateError as error:
        sent.labels("refused").inc()
        context.audit.refused(actor, 429, str(error), event)
        headers = {"Retry-After": str(ceil(error.wait_s or 0))}
        raise HTTPException(429, str(error), headers) from error

"""Who may send an event: by the rights of their key, and its rate."""

from __future__ import annotations

from math import ceil

from prometheus_client import Counter
from starlette.exceptions import HTTPException
from starlette.requests import Request

from schemas.events import Event
from services.access.permission import forbidden
from services.access.rates import OverRateError
from services.entry.context import SignedIn, actor_of, context_of


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

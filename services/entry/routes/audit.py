"""`/audit`: who did what, for admins."""

from __future__ import annotations

from typing import Annotated, Final, get_args

from fastapi import APIRouter, HTTPException, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.audit_entry import Action
from services.entry.audit_page import (
    FILTER_CHARACTERS_MAX,
    LOOKED_THROUGH_MAX,
    SHOWN_MAX,
    matching,
)
from services.entry.context import context_of
from services.entry.routes.answers import shown
from services.platform.errors import KafkaUnavailableError

router = APIRouter(include_in_schema=False)

ACTIONS: Final[tuple[str, ...]] = get_args(Action)

Filter = Annotated[str, Query(max_length=FILTER_CHARACTERS_MAX)]


@router.get("/audit")
async def audit(request: Request, who: Filter = "", action: Filter = "") -> Response:
    """Returns the newest entries of the audit, the newest first."""
    try:
        entries = await context_of(request).newest.read()
    except KafkaUnavailableError as error:
        raise HTTPException(503, str(error)) from error
    found = matching(entries, who, action)
    return shown(
        request,
        "audit.html",
        title="The audit",
        entries=found[:SHOWN_MAX],
        more=max(0, len(found) - SHOWN_MAX),
        is_cut=len(entries) >= LOOKED_THROUGH_MAX,
        looked_through=len(entries),
        who=who,
        action=action,
        actions=ACTIONS,
    )

"""`/v1/log`: the head of the log of declarations, to keep and to compare with later."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response

from schemas.log_head import LogHead
from services.ticker.routes.caching import JSON, cacheable
from services.ticker.routes.context import context_of, unavailable
from services.ticker.routes.described import REFUSALS, json_of
from services.ticker.routes.one_council import council_of
from services.ticker.routes.parameters import CouncilId

router = APIRouter(prefix="/v1", tags=["data"], responses=REFUSALS)


@router.get("/log", responses=json_of(LogHead))
async def log(request: Request) -> Response:
    """Returns the head of every partition: `livecount verify --against` takes it as it is."""
    return _answer(request, await _read(request))


@router.get("/councils/{council}/log", responses=json_of(LogHead))
async def council_log(request: Request, council: CouncilId) -> Response:
    """Returns the head of the partition that has everything declared of a council."""
    await council_of(request, council)
    head = await _read(request)
    try:
        partition = await context_of(request).log_heads.partition(council)
    except (RedisError, OSError) as error:
        raise unavailable() from error
    found = tuple(each for each in head.partitions if each.partition == partition)
    if not found:
        raise HTTPException(404, f"council: the log of {council} has no head yet")
    return _answer(request, head.model_copy(update={"partitions": found}))


async def _read(request: Request) -> LogHead:
    try:
        return await context_of(request).log_heads.read()
    except (RedisError, OSError) as error:
        raise unavailable() from error


def _answer(request: Request, head: LogHead) -> Response:
    return cacheable(request, head.model_dump_json(exclude_none=True).encode(), JSON)

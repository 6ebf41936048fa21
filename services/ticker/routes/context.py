"""What every request has at hand: the elections followed and the audience."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import HTTPException
from redis.exceptions import RedisError
from starlette.requests import Request

from services.ticker.broadcast.subscribers import Audience
from services.ticker.desk.view import Newsdesk
from services.ticker.feed.follower import Follower
from services.ticker.feed.followers import Coverage, UnknownElectionError
from services.ticker.feed.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of one ticker process."""

    store: Store
    audience: Audience
    coverage: Coverage
    newsdesk: Newsdesk | None

    async def follower(self, election: str) -> Follower:
        """Returns an election's follower. Raises 404 for an unknown one, 503 without Redis."""
        try:
            return await self.coverage.of(election)
        except UnknownElectionError as error:
            raise HTTPException(404, f"election: {error}") from error
        except (RedisError, OSError) as error:
            raise HTTPException(
                503, "The count's store cannot be reached.", headers={"Retry-After": "2"}
            ) from error

    async def elections(self) -> list[str]:
        """Returns the elections there are, the latest first. Raises 503 without Redis."""
        try:
            return await self.store.elections()
        except (RedisError, OSError) as error:
            raise HTTPException(
                503, "The count's store cannot be reached.", headers={"Retry-After": "2"}
            ) from error


def desk_of(request: Request) -> Desk:
    """Returns the desk of the application that serves a request."""
    desk: Desk = request.app.state.desk
    return desk

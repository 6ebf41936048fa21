"""The parts of the application that every request may use."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import HTTPException
from redis.exceptions import RedisError
from starlette.requests import Request

from services.ticker.broadcast.subscribers import Subscribers
from services.ticker.desk.view import DeskView
from services.ticker.feed.follower import Follower
from services.ticker.feed.followers import Followers, TooManyElectionsError, UnknownElectionError
from services.ticker.feed.store import ReadOnlyStore


@dataclass(frozen=True, slots=True)
class AppContext:
    """The parts of one ticker process; `desk_view` is None if the settings have no desk token.

    `public_url` is where readers reach it, without a slash at the end. What a request says of
    its host is never used: a cache could hand it to others.
    """

    store: ReadOnlyStore
    subscribers: Subscribers
    followers: Followers
    desk_view: DeskView | None
    public_url: str

    async def follower(self, election: str) -> Follower:
        """Returns an election's follower.

        Raises HTTPException: 404 for an unknown election, 503 if Redis cannot be reached or too
        many other elections are read now.
        """
        try:
            return await self.followers.of(election)
        except UnknownElectionError as error:
            raise HTTPException(404, f"election: {error}") from error
        except TooManyElectionsError as error:
            raise HTTPException(503, str(error), headers={"Retry-After": "10"}) from error
        except (RedisError, OSError) as error:
            raise _unavailable() from error

    async def elections(self) -> list[str]:
        """Returns the ids of all elections, latest first.

        Raises HTTPException with 503 if Redis cannot be reached.
        """
        try:
            return await self.store.elections()
        except (RedisError, OSError) as error:
            raise _unavailable() from error


def _unavailable() -> HTTPException:
    return HTTPException(503, "The count's store cannot be reached.", headers={"Retry-After": "2"})


def context_of(request: Request) -> AppContext:
    """Returns the context of the application that serves a request."""
    context: AppContext = request.app.state.context
    return context

"""The parts of the application that every request may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi import HTTPException
from redis.exceptions import RedisError
from starlette.requests import Request

from drafts.folder import Templates
from drafts.words import DraftLanguage
from services.platform.addresses import client_of
from services.ticker.broadcast.subscribers import Subscribers
from services.ticker.desk.view import DeskView
from services.ticker.feed.follower import Follower
from services.ticker.feed.followers import (
    Followers,
    TooManyElectionsError,
    UnknownElectionError,
)
from services.ticker.feed.log_heads import LogHeads
from services.ticker.feed.store import ReadOnlyStore
from services.ticker.feed.summaries import ElectionSummary, Summaries
from services.ticker.finding.finder import Finder
from services.ticker.pages.past_pages import PastPages
from services.ticker.routes.downloads import Downloads

CARDS_BYTES_MAX: Final = 8_388_608
"""Pictures of calls and calendars that are kept, 8 MiB: some 400 of 20 kB, as many as a night has
councils."""


@dataclass(frozen=True, slots=True)
class AppContext:
    """The parts of one ticker process; `desk_view` is None if the settings have no desk token.

    `cards` keeps pictures of calls and calendars, in the same way as pages of the past are kept.
    `templates` are what drafts are written by, for each language.
    `corrections_contact` is where readers tell of errors; blank if the settings do not say.
    """

    store: ReadOnlyStore
    log_heads: LogHeads
    subscribers: Subscribers
    followers: Followers
    summaries: Summaries
    past_pages: PastPages
    desk_view: DeskView | None
    public_url: str
    finder: Finder
    corrections_contact: str
    templates: Mapping[DraftLanguage, Templates]
    newsroom: str = ""
    downloads: Downloads = field(default_factory=Downloads)
    cards: PastPages = field(default_factory=lambda: PastPages(CARDS_BYTES_MAX))
    push_url: str = ""

    async def follower(self, election: str) -> Follower:
        """Returns an election's follower.

        Raises HTTPException: 404 for an unknown election; 503 if Redis cannot be reached, or if
        as many elections are being read as one process follows.
        """
        try:
            return await self.followers.of(election)
        except UnknownElectionError as error:
            raise HTTPException(404, f"election: {error}") from error
        except TooManyElectionsError as error:
            headers = {"Retry-After": "10"}
            raise HTTPException(503, f"election: {error}", headers=headers) from error
        except (RedisError, OSError) as error:
            raise unavailable() from error

    async def summaries_of_elections(self) -> list[ElectionSummary]:
        """Returns what is known of every election, latest first.

        Raises HTTPException with 503 if Redis cannot be reached.
        """
        try:
            return await self.summaries.all()
        except (RedisError, OSError) as error:
            raise unavailable() from error

    async def elections(self) -> list[str]:
        """Returns the ids of all elections, latest first.

        Raises HTTPException with 503 if Redis cannot be reached.
        """
        try:
            return await self.store.elections()
        except (RedisError, OSError) as error:
            raise unavailable() from error


def unavailable() -> HTTPException:
    """Returns the answer 503 that is given while Redis cannot be reached."""
    return HTTPException(503, "The count's store cannot be reached.", headers={"Retry-After": "2"})


def context_of(request: Request) -> AppContext:
    """Returns the context of the application that serves a request."""
    context: AppContext = request.app.state.context
    return context


def client_address(request: Request) -> str:
    """Returns what a client counts as where clients share a limit.

    The server has put in the address that a trusted proxy forwards, if there is one.
    """
    return client_of(request.client.host if request.client else "")


def public_address(request: Request) -> str:
    """Returns the address at which readers reach the ticker, such as `https://count.example.org`.

    It is the setting's, else that of the socket which the request came in by. What the request
    says of its host is not used: a cache may keep the response for everybody.
    """
    configured = context_of(request).public_url
    server = request.scope.get("server")
    if configured or not server or server[1] is None:
        return configured
    host, port = server
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

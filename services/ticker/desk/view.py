"""The desk page's part of a ticker process: what it shows, who looks, and the token."""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Final

import structlog
from pydantic import SecretStr

from services.platform.names import LIVE_NAMESPACE
from services.platform.settings import Settings
from services.ticker.broadcast.live_view import Channel, View
from services.ticker.broadcast.subscribers import Audience
from services.ticker.desk.failures import Troubles
from services.ticker.desk.failures_reader import TroubleReader
from services.ticker.pages.render import part

TOPIC: Final = "desk"
"""The audience topic of the desk page."""

SAID_MAX: Final = 3
"""Troubles of each kind that a screen reader is told of at once; a flood is only counted."""

_log = structlog.get_logger()


class Newsdesk:
    """Troubles as a view, rendered once for everybody who looks at it.

    Event ids have the form of feed ids: when it changed, in milliseconds, and a number that
    makes each of them another.
    """

    def __init__(
        self, settings: Settings, token: SecretStr, audience: Audience, now: Callable[[], datetime]
    ) -> None:
        self.rehearsal = settings.namespace != LIVE_NAMESPACE
        self._token = token.get_secret_value().encode()
        self._audience = audience
        self._now = now
        self._numbers = count()
        self._troubles = Troubles()
        self._channel = Channel(render_desk(self._troubles), self._next_id())
        self._reader = TroubleReader(settings, self._troubles, self._changed)

    def admits(self, authorization: str) -> bool:
        """Tells whether an Authorization header holds the token: as Bearer, or Basic's password.

        Browsers ask for user name and password by themselves; any name will do.
        """
        scheme, _, given = authorization.partition(" ")
        presented = given.strip().encode()
        if scheme.casefold() == "basic":
            try:
                presented = b64decode(presented, validate=True).partition(b":")[2]
            except ValueError:
                return False
        elif scheme.casefold() != "bearer":
            return False
        return hmac.compare_digest(presented, self._token)

    async def follow(self) -> None:
        """Reads until cancelled. Where that fails the page says so, and the count goes on."""
        try:
            await self._reader.run()
        except Exception:
            _log.exception("the desk is no longer followed")
            self._troubles.away = "This page has stopped; restart the ticker."
            self._changed()
            raise

    def channel(self) -> Channel:
        """Returns the view as it is now."""
        if not self._channel.current:
            self._channel.show(render_desk(self._troubles), self._next_id())
        return self._channel

    def _changed(self) -> None:
        self._channel.current = False
        if not self._audience.has(TOPIC):
            return
        frame = self._channel.show(render_desk(self._troubles), self._next_id())
        if frame is not None:
            for listener in self._audience.of(TOPIC):
                listener.offer(frame)

    def _next_id(self) -> str:
        return f"{int(self._now().timestamp() * 1_000)}-{next(self._numbers)}"


def render_desk(troubles: Troubles) -> View:
    """Returns the desk page's changing parts."""
    failures, rejects = troubles.failures(), troubles.rejects()
    fragments = {
        "desk-state": part(
            "desk/state.html", failures=len(failures), rejects=len(rejects), away=troubles.away
        )
    }
    orders: dict[str, tuple[str, ...]] = {}
    failed = {f"failure-{each.channel}-{each.alert_id}": each for each in failures}
    refused = {f"reject-{each.place.replace('/', '-')}": each for each in rejects}
    for name, delivery in failed.items():
        fragments[name] = part("desk/failure.html", id=name, failure=delivery)
    for name, rejected in refused.items():
        fragments[name] = part("desk/reject.html", id=name, rejected=rejected)
    orders["failures"], orders["rejects"] = tuple(failed), tuple(refused)
    said = [f"Not delivered to {each.channel}: {each.text}" for each in failures[:SAID_MAX]]
    said += [f"Not counted: {each.place}: {each.faults[0]}" for each in rejects[:SAID_MAX]]
    return View(fragments, orders, tuple(said))

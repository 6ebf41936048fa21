"""The register: takes and ends subscriptions, within their limits."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from schemas.push_subscription import ABOUT_MAX, Following, PushSubscription, subscription_id
from services.platform.errors import KafkaUnavailableError
from services.platform.push_services import PushServices
from services.push.requests import BrowserSubscription, Mine, Renew, Subscribe, model_of
from services.push.subscription_log import SubscriptionLog
from services.push.subscriptions import Subscriber

AGE_MAX: Final = timedelta(days=90)
"""How long a subscription is kept of which nothing was heard. A page that is opened says that its
reader is still there; a count is corrected for some weeks, and the next night is asked for anew."""

HEARD_EVERY: Final = timedelta(days=1)
"""How often it is written that something was heard of a reader."""


class RefusedError(Exception):
    """A request that is not carried out. The message says why and what helps, without secrets."""

    status = 422
    outcome = "refused"


class NotYoursError(RefusedError):
    """The secret is another one than the subscription's."""

    status = 403


class UnknownError(RefusedError):
    """There is no such subscription."""

    status = 404


class FullError(RefusedError):
    """As many browsers are subscribed as the settings allow."""

    status = 503
    outcome = "full"


class Register:
    """Changes subscriptions one after the other, so that none is lost between two requests.

    Every method returns once all processes know, and raises KafkaUnavailableError if Kafka does
    not take it.
    """

    def __init__(
        self,
        written: SubscriptionLog,
        services: PushServices,
        *,
        subscriptions_max: int,
        is_rehearsal: bool,
        now: Callable[[], datetime],
    ) -> None:
        self._log = written
        self._services = services
        self._subscriptions_max = subscriptions_max
        self.is_rehearsal = is_rehearsal
        self._now = now
        self._changing = asyncio.Lock()

    async def subscribe(self, asked: Subscribe) -> tuple[Following, ...]:
        """Has a browser follow something, and returns all that it follows. Raises RefusedError."""
        if self.is_rehearsal and not asked.rehearsal:
            raise RefusedError(
                "rehearsal: what is counted here is a rehearsal; set it to true to be told of it"
            )
        async with self._changing:
            known = self._own(asked.subscription)
            following = dict(known.following) if known is not None else {}
            following |= {each.about: frozenset(each.kinds) for each in asked.following}
            if len(following) > ABOUT_MAX:
                raise RefusedError(
                    f"following: a browser follows {ABOUT_MAX} things at most; end one of them"
                )
            if known is None:
                self._check_room()
            return await self._put(asked.subscription, following)

    async def following(self, mine: Mine) -> tuple[Following, ...]:
        """Returns what a browser follows, and notes that its reader is there. Raises RefusedError.

        That this cannot be noted is no reason not to answer.
        """
        async with self._changing:
            known = self._mine(mine)
            if known is None:
                raise UnknownError("endpoint: there is no such subscription")
            if self._now() - known.at > HEARD_EVERY:
                with suppress(KafkaUnavailableError):
                    await self._log.put(known.model().model_copy(update={"at": self._now()}))
            return known.model().following

    async def unsubscribe(self, mine: Mine, about: str | None) -> tuple[Following, ...]:
        """Ends following something, everything if `about` is None; returns what is left.

        What there is not, or no more, is ended. Raises NotYoursError.
        """
        async with self._changing:
            known = self._mine(mine)
            if known is None:
                return ()
            model = known.model()
            left = tuple(
                each for each in model.following if about is not None and each.about != about
            )
            if not left:
                await self._log.remove(known.id)
            elif left != model.following:
                await self._log.put(model.model_copy(update={"following": left}))
            return left

    async def renew(self, asked: Renew) -> tuple[Following, ...]:
        """Has a browser's new subscription follow what its old one did. Raises RefusedError."""
        async with self._changing:
            old = self._mine(asked.old)
            if old is None:
                raise UnknownError("old: there is no such subscription")
            new = self._own(asked.subscription)
            following = dict(old.following) | (dict(new.following) if new is not None else {})
            kept = await self._put(asked.subscription, following)
            if asked.old.endpoint != asked.subscription.endpoint:
                await self._log.remove(old.id)
            return kept

    async def remove_old(self) -> int:
        """Removes those of whom nothing was heard for AGE_MAX; returns how many there were."""
        return await self._log.remove_older(self._now() - AGE_MAX)

    async def _put(
        self, given: BrowserSubscription, following: Mapping[str, frozenset[str]]
    ) -> tuple[Following, ...]:
        model = PushSubscription.model_validate(
            {
                **model_of(given),
                "following": tuple(
                    {"about": about, "kinds": tuple(sorted(kinds))}
                    for about, kinds in list(following.items())[:ABOUT_MAX]
                ),
                "at": self._now(),
            }
        )
        await self._log.put(model)
        return model.following

    def _own(self, given: BrowserSubscription) -> Subscriber | None:
        """Returns what is known of a browser's subscription, None if it is new."""
        if self._services.of(given.endpoint) is None:
            raise RefusedError(
                "subscription.endpoint: not of a push service that is known here; the setting"
                " LIVECOUNT_PUSH_SERVICES names them"
            )
        return self._mine(Mine(endpoint=given.endpoint, auth=given.keys.auth))

    def _mine(self, mine: Mine) -> Subscriber | None:
        """Returns a subscription, None if there is none; raises NotYoursError."""
        known = self._log.subscriptions.get(subscription_id(mine.endpoint))
        if known is not None and not hmac.compare_digest(known.auth, mine.auth.rstrip("=")):
            raise NotYoursError("auth: not the secret of this subscription")
        return known

    def _check_room(self) -> None:
        if len(self._log.subscriptions) >= self._subscriptions_max:
            raise FullError(
                f"{self._subscriptions_max} browsers are subscribed already, and there is room for"
                " no more; the feeds and the page tell the same"
            )

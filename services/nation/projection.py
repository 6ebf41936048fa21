"""A projection that was published, put into `night` for everybody to see where it is from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from schemas.envelope import Envelope, content_id, message_type
from schemas.national import Projection
from schemas.night import ProjectionStated
from services.nation.party import key_of_party
from services.platform.mode import namespace_mode
from services.platform.names import Keys, Topics
from services.platform.one_message import write_message
from services.platform.redis import connect
from services.platform.settings import Settings

SOURCE = "/livecount/nation"
SHARES_MAX = 100.0
"""Shares of one vote add up to a hundred percent at most."""

ROUNDING = 0.5
"""What shares of several parties may add up to beyond that, each rounded by who published them."""


class ProjectionError(ValueError):
    """A projection that cannot be stated. The message says why and what to do."""


def stated(  # noqa: PLR0913 - the parts of a projection
    election: str,
    *,
    namespace: str,
    name: str,
    source: str,
    shares: Sequence[str],
    published_at: datetime | None,
    by: str,
) -> ProjectionStated:
    """Returns the event of a projection, whose shares are each written `PARTY=PERCENT`.

    Raises ProjectionError, and pydantic.ValidationError naming each field.
    """
    by_party: dict[str, float] = {}
    for share in shares:
        party, _, percent = share.rpartition("=")
        try:
            value = float(percent.removesuffix("%"))
        except ValueError as error:
            raise ProjectionError(
                f"share: {share!r}; write the party, an equals sign and the percent: Labour=35"
            ) from error
        key = key_of_party(party)
        if not key or key in by_party:
            raise ProjectionError(f"share: {share!r}; give each party once, such as Labour=35")
        by_party[key] = value
    if sum(by_party.values()) > SHARES_MAX + ROUNDING:
        raise ProjectionError(
            f"share: they add up to {sum(by_party.values()):g} percent; correct them"
        )
    projection = Projection(
        name=name, source=source, shares=by_party, published_at=published_at, entered_by=by
    )
    return ProjectionStated(
        election=election, mode=namespace_mode(namespace), projection=projection
    )


async def check_counted(settings: Settings, election: str) -> None:
    """Raises ProjectionError if nothing of an election is counted, as of one that is misspelt.

    Raises redis.exceptions.RedisError.
    """
    async with connect(settings) as redis:
        members: Any = await redis.smembers(Keys(settings.namespace).elections())
    known = sorted(each.decode() for each in members)
    if election not in known:
        listed = ", ".join(known) or "none"
        raise ProjectionError(f"election: {election!r} is not counted here; counted are: {listed}")


async def say(settings: Settings, event: ProjectionStated, at: datetime) -> None:
    """Writes a projection to `night`, and returns once every in-sync replica has it.

    Raises KafkaUnavailableError.
    """
    value = event.model_dump_json().encode()
    envelope = Envelope(id=content_id(value), source=SOURCE, type=message_type(event.type), time=at)
    await write_message(
        settings,
        Topics(settings.namespace).night,
        key=event.election.encode(),
        value=value,
        headers=envelope.headers(),
        client_id="livecount-projection",
    )

import math
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from schemas.council import CouncilOpened
from schemas.ward import Candidate, WardDeclared
from services.rehearsal.order import Order
from services.rehearsal.player import play
from services.rehearsal.schedule import arrange, duplicate, schedule

NIGHT = datetime(2014, 5, 23, 1, 0, tzinfo=UTC)
OPENED = CouncilOpened(
    council="local.barnet.2014-05-22", name="Barnet", mode="rehearsal", seats_total=63
)


def declared(ward: str, minutes: float | None) -> WardDeclared:
    return WardDeclared(
        council="local.barnet.2014-05-22",
        ballot_paper_id=f"local.barnet.{ward}.2014-05-22",
        mode="rehearsal",
        seats_contested=1,
        candidates=(Candidate(candidate="A", party_id="PP52", votes=1),),
        declared_at=None if minutes is None else NIGHT + timedelta(minutes=minutes),
    )


WARDS = (declared("hale", 0), declared("oakleigh", 30), declared("childs-hill", 90))


def test_speed_divides_the_gaps_of_the_night() -> None:
    """At speed 60 an hour of the night takes a minute."""
    scheduled = schedule([OPENED], WARDS, WARDS, speed=60)

    assert [entry.at_s for entry in scheduled] == [0.0, 0.0, 30.0, 90.0]
    assert [OPENED, *WARDS] == [entry.event for entry in scheduled]


def test_max_speed_does_not_wait() -> None:
    """At speed max everything is sent at once, in order."""
    scheduled = schedule([OPENED], WARDS, WARDS, speed=math.inf)

    assert [entry.at_s for entry in scheduled] == [0.0] * 4


def test_a_poll_weeks_later_follows_at_once() -> None:
    """A poll held five weeks later does not make the replay wait."""
    later = declared("colindale", 35 * 24 * 60)

    scheduled = schedule([], [*WARDS, later], [*WARDS, later], speed=60)

    assert scheduled[-2].at_s == scheduled[-1].at_s


def test_a_declaration_without_a_time_follows_its_predecessor() -> None:
    """A ward that does not state when it declared follows the one before at once."""
    wards = (WARDS[0], WARDS[1], declared("hale", None), WARDS[2])

    scheduled = schedule([], wards, wards, speed=60)

    assert [entry.at_s for entry in scheduled] == [0.0, 30.0, 30.0, 90.0]


@pytest.mark.parametrize("order", list(Order))
def test_every_order_sends_every_declaration_once(order: Order) -> None:
    """In any order each ward is sent once."""
    arranged = arrange(WARDS, order, Random(7))

    assert sorted(w.ballot_paper_id for w in WARDS) == sorted(
        w.ballot_paper_id for w in arranged if isinstance(w, WardDeclared)
    )


def test_the_same_seed_gives_the_same_shuffle() -> None:
    """A rehearsal can be repeated by its seed."""
    assert arrange(WARDS, Order.SHUFFLED, Random(3)) == arrange(WARDS, Order.SHUFFLED, Random(3))


def test_duplicates_come_after_their_originals() -> None:
    """A repeat is the same message at a later place."""
    doubled = duplicate(WARDS, 1.0, Random(1))

    assert len(doubled) == 6
    assert all(doubled.count(ward) == 2 for ward in WARDS)


async def test_playing_sends_everything_in_order_and_reports_each() -> None:
    """The player sends each event after the one before has been acknowledged."""
    order: list[str] = []

    async def send(event: object) -> None:
        assert isinstance(event, WardDeclared)
        order.append(f"sent {event.ballot_paper_id}")

    now_s = iter(range(0, 1_000_000, 100))
    await play(
        schedule([], WARDS, WARDS, speed=60),
        send,
        clock=lambda: float(next(now_s)),
        sent=lambda _: order.append("acknowledged"),
    )

    assert [
        entry for ward in WARDS for entry in (f"sent {ward.ballot_paper_id}", "acknowledged")
    ] == order

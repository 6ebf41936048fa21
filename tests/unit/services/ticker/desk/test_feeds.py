"""What feeds say of themselves, for the desk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
from pydantic import ValidationError

from services.pages.announcement import Announcement
from services.platform.settings import Settings
from services.ticker.desk.failures import Failures
from services.ticker.desk.feeds import SHOWN_BYTES, FeedState, FeedStates
from services.ticker.desk.view import render_desk
from tests.support.public_server import PublicServer, Reply, public_server

Eventually = Callable[..., Awaitable[object]]


@pytest.fixture
def server() -> Iterator[PublicServer]:
    with public_server() as running:
        yield running


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        (Reply(body=b"ok\n"), ""),
        (Reply(body=b"ok; broken: 1 (x)\n"), "broken: 1 (x)"),
        (Reply(503, b"waiting for intake: away\n"), "waiting for intake: away"),
        (Reply(500), "answers 500"),
        (Reply(body=b"x", cut_off=True), "does not answer: RemoteProtocolError"),
        (Reply(body=b"x" * 100_000), "x" * SHOWN_BYTES),
    ],
)
async def test_a_feed_is_told_by_its_own_words(
    server: PublicServer, eventually: Eventually, reply: Reply, wrong: str
) -> None:
    """Or because it does not answer; of a long answer only the beginning is read."""
    server.replies["/health/ready"] = [reply]
    told: list[tuple[FeedState, ...]] = []
    states = FeedStates({"pa": server.address("")}, lambda: told.append(states.all()))
    asking = asyncio.create_task(states.run())
    await eventually(lambda: told)
    asking.cancel()

    ((name, found),) = told[0]
    assert name == "pa"
    assert found.startswith(wrong)
    assert bool(found) == bool(wrong)


async def test_a_feed_that_does_not_run_is_told(eventually: Eventually) -> None:
    """Nobody listens where it should."""
    with public_server() as gone:
        address = gone.address("")
    told: list[tuple[FeedState, ...]] = []
    states = FeedStates({"pa": address}, lambda: told.append(states.all()))
    asking = asyncio.create_task(states.run())
    await eventually(lambda: told)
    asking.cancel()

    assert told == [(FeedState("pa", "does not answer: ConnectError; see whether it runs"),)]


def test_the_desk_page_has_every_feed_and_escapes_what_it_says() -> None:
    """A source's words may be in it."""
    feeds = (FeedState("pa", ""), FeedState("folder", "findings: 1 (<b>'x'</b>)"))

    view = render_desk(Failures(), feeds=feeds)

    assert view.orders["feeds"] == ("feed-pa", "feed-folder")
    assert "Nothing is wrong." in view.fragments["feed-pa"]
    assert "&lt;b&gt;" in view.fragments["feed-folder"]


def test_what_a_feed_says_is_told_kind_by_kind() -> None:
    """Also what is cut off, or of no kind."""
    state = FeedState("pa", "broken: 2 (a since 23:41: x (y) | b)\nlate: 1 (Barnet\nno progress")

    assert [(fault.what, fault.each) for fault in state.faults] == [
        ("broken: 2", ("a since 23:41: x (y)", "b")),
        ("late: 1", ("Barnet",)),
        ("no progress", ()),
    ]
    assert state.kinds == "broken, late, no progress"


def test_a_screen_reader_is_told_what_is_wrong_and_not_how_often() -> None:
    """Else it would be told anew with each further one."""
    one, two = (
        render_desk(Failures(), feeds=(FeedState("pa", f"late: {number} (x)"),))
        for number in (1, 2)
    )

    assert one.announcements == two.announcements == (Announcement("Feed pa: late"),)


@pytest.mark.parametrize("listed", ["pa", "pa=", "PA=http://a", "pa=a", "pa=http://a pa=http://b"])
def test_a_list_of_feeds_that_is_none_is_refused(listed: str) -> None:
    """With what to give."""
    with pytest.raises(ValidationError, match="feeds"):
        Settings(feeds=listed)

"""Feeds that ask a local server which is slow, throttled, broken, or says something new."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from readers.said import SaidReader
from schemas.events import ballot_of
from services.feeds.asking import PATIENCE, Asking
from services.feeds.democracy_club import DemocracyClub
from services.feeds.piece import Piece
from services.platform.polite import Patience, PoliteClient
from tests.support.feeding import HALE, MILL, api_ballots, api_page, figures, places_of, write_night
from tests.support.public_server import PublicServer, Reply

WHO = "livecount (desk@newsroom.example)"
RESULT = {"Ann Able": 20, "Bob Bee": 10}


class Asked:
    """A server, the feed that asks it, and time that passes only when told to."""

    def __init__(self, server: PublicServer, client: PoliteClient, folder: Path) -> None:
        self.server = server
        self.now = 0.0
        self.places = places_of(write_night(folder))
        asking = Asking(client, 30.0, lambda: self.now)
        reader = SaidReader(self.places, "rehearsal")
        self.feed = DemocracyClub(server.address("/ballots"), asking, reader)

    def say(self, *replies: Reply, path: str = "/ballots") -> None:
        self.server.replies[path] = [*replies]

    def says(self, results: dict[str, dict[str, object]], **headers: str) -> Reply:
        return Reply(body=api_page(api_ballots(self.places, results)), headers=headers)

    def look(self) -> Piece:
        (piece,) = self.feed.look()
        return piece


@pytest.fixture
def asked(server: PublicServer, tmp_path: Path) -> Iterator[Asked]:
    with PoliteClient(WHO, PATIENCE, sleep=lambda _: None, chance=Random(1)) as client:
        yield Asked(server, client, tmp_path)


def test_it_says_who_asks_and_asks_whether_anything_has_changed(asked: Asked) -> None:
    """What has not is not read again."""
    asked.say(asked.says({HALE: RESULT}, ETag='"1"'))
    first, then = asked.look(), asked.look()

    assert [figures(each) for each in first.said.results] == [
        {"Ann Able": (20, True), "Bob Bee": (10, False)}
    ]
    assert (first.is_new, then.is_new) == (True, False)
    headers = asked.server.asked[1][1]
    assert (headers["user-agent"], headers["if-none-match"]) == (WHO, '"1"')


def test_a_result_appears_is_corrected_and_is_taken_back(asked: Asked) -> None:
    """Each look says what is so then."""
    said: list[dict[str, dict[str, object]]] = [
        {},
        {HALE: {"Ann Able": True, "Bob Bee": False}},
        {HALE: RESULT},
        {HALE: {"Ann Able": 21, "Bob Bee": 10}},
        {},
    ]
    asked.say(*(asked.says(each) for each in said))

    looks = [asked.look().said for _ in said]

    votes = [[figures(each)["Ann Able"] for each in look.results] for look in looks]
    assert votes == [[], [(None, True)], [(20, True)], [(21, True)], []]
    assert HALE in [ballot_of(each) for each in looks[-1].silent]


def test_every_page_is_asked_for_and_nothing_is_made_of_some(asked: Asked) -> None:
    """The first page is heard once the second is there as well."""
    ballots = api_ballots(asked.places, {HALE: RESULT, MILL: {"Eve Eel": 3, "Fay Fin": 4}})
    more = asked.server.address("/ballots?page=2")
    asked.say(Reply(body=api_page(ballots[:2], more, count=3), headers={"ETag": '"1"'}))
    asked.say(Reply(500), Reply(body=api_page(ballots[2:], count=3)), path="/ballots?page=2")

    half = asked.look()
    asked.now = 30.0
    whole = asked.look()

    assert half.broken == "answers 500 Internal Server Error"
    assert half.said.results == ()
    assert [ballot_of(each) for each in whole.said.results] == [HALE, MILL]


def test_it_waits_as_long_as_it_is_told_to(asked: Asked) -> None:
    """Nothing is asked before, however often it looks."""
    asked.say(Reply(429, headers={"Retry-After": "120"}), asked.says({HALE: RESULT}))
    throttled = asked.look()
    asked.now = 119.0
    waiting = asked.look()
    number = len(asked.server.asked)
    asked.now = 120.0
    said = asked.look()

    assert throttled.broken == waiting.broken == "answers 429 Too Many Requests"
    assert (number, len(asked.server.asked)) == (1, 2)
    assert len(said.said.results) == 1


def test_it_asks_more_and_more_seldom_while_it_fails(asked: Asked) -> None:
    """Twice as long after each failure, and at most ten minutes."""
    asked.say(Reply(503))
    times = []
    for second in range(0, 3_600, 10):
        asked.now = float(second)
        before = len(asked.server.asked)
        asked.look()
        if len(asked.server.asked) > before:
            times.append(second)

    assert times == [0, 30, 90, 210, 450, 930, 1530, 2130, 2730, 3330]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(body=b"<!DOCTYPE html><title>Sorry"), "answers with no JSON"),
        (Reply(body=b'{"count": 1, "results": [{"ball'), "answers with no JSON"),
        (Reply(body=b'{"detail": "gone"}'), "answers with JSON of another shape"),
        (Reply(body=b'{"results": [{"id": 3}]}'), "has ballots of another shape"),
        (Reply(body=b'{"resu', cut_off=True), "RemoteProtocolError"),
        (Reply(404), "answers 404 Not Found"),
    ],
)
def test_what_is_none_of_its_answers_is_broken_and_takes_nothing_back(
    asked: Asked, reply: Reply, why: str
) -> None:
    """What was said stands; the next good answer is heard."""
    asked.say(asked.says({HALE: RESULT}), reply, asked.says({HALE: {"Ann Able": 9, "Bob Bee": 2}}))
    asked.look()
    broken = asked.look()
    asked.now = 30.0
    well = asked.look()

    assert why in broken.broken
    assert (broken.said.results, broken.said.silent) == ((), ())
    assert figures(well.said.results[0])["Ann Able"] == (9, True)


def test_a_server_that_says_nothing_is_given_up_until_the_next_time(
    server: PublicServer, tmp_path: Path
) -> None:
    """What it says then is heard."""
    patience = Patience(attempts=1, read_timeout_s=0.2)
    with PoliteClient(WHO, patience) as client:
        asked = Asked(server, client, tmp_path)
        asked.say(Reply(is_silent=True), asked.says({HALE: RESULT}))
        silent = asked.look()
        asked.now = 30.0
        said = asked.look()

    assert silent.broken.startswith("ReadTimeout")
    assert [ballot_of(each) for each in said.said.results] == [HALE]


def test_a_next_page_on_another_host_is_not_asked(asked: Asked) -> None:
    """Whoever can change an answer shall not send the feed elsewhere."""
    ballots = api_ballots(asked.places)
    asked.say(Reply(body=api_page(ballots, "http://elsewhere.example/ballots")))

    assert asked.look().broken.startswith("names its next page on another host")


def test_a_ballot_that_is_not_listed_any_more_is_told_and_stands(asked: Asked) -> None:
    """Nobody said that its result is none."""
    both = api_ballots(asked.places, {HALE: RESULT})
    asked.say(Reply(body=api_page(both)), Reply(body=api_page(both[1:])))
    asked.look()
    piece = asked.look()

    assert HALE not in [ballot_of(each) for each in piece.said.silent]
    assert f"{HALE} had a result, and has none now that can be read" in str(piece.findings[0])


def test_ballots_of_other_elections_are_left_out(asked: Asked) -> None:
    """The day has mayors and councils that the night has not."""
    ballots = api_ballots(asked.places, {HALE: RESULT})
    for other in ("mayor.barnet.2014-05-22", "local.kent.ash.2014-05-22"):
        ballots.append(json.loads(json.dumps(ballots[0])) | {"ballot_paper_id": other})
    asked.say(Reply(body=api_page(ballots)))

    piece = asked.look()

    assert [ballot_of(each) for each in piece.said.results] == [HALE]
    assert piece.findings == ()

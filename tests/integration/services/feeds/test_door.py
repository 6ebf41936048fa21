"""A feed at the door of intake: what is taken, refused, throttled or not answered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from readers.said import Said
from services.feeds.door import Answer, Door, DoorError, batches
from services.feeds.feed import Feed
from services.feeds.piece import Piece
from services.feeds.report import LATE_AFTER, Report
from services.feeds.words import Result, Words
from services.platform.health import Health
from tests.support.feeding import NOMINATIONS, places_of
from tests.support.night_writer import COUNCILS, Files
from tests.support.polls import CON, LAB, declared
from tests.support.public_server import PublicServer, Reply, public_server

PATH = "/v1/declarations"
TOKEN = "feed.0123456789abcdef"  # noqa: S105 - it opens nothing


def result(name: str, con: int = 20) -> Result:
    return declared(name, [(CON, con), (LAB, 10)])


def taken(number: int, *warnings: str) -> Reply:
    receipts = [{"id": "1", "warnings": warnings, "checked": True} for _ in range(number)]
    return Reply(202, json.dumps({"declarations": receipts}).encode())


def refused(status: int) -> Reply:
    errors = [{"field": "[0].council", "value": "'x'", "remedy": "the key is for others"}]
    return Reply(status, json.dumps({"errors": errors}).encode())


@pytest.fixture
def intake() -> Iterator[PublicServer]:
    with public_server() as server:
        yield server


class At:
    """The door of an intake, and how long it waited there."""

    def __init__(self, intake: PublicServer) -> None:
        self.waits: list[float] = []
        self.door = Door(intake.address(""), SecretStr(TOKEN), "run", self.waits.append)

    def send(self, *events: Result) -> list[tuple[Result, Answer]]:
        return [*self.door.send(events)]


@pytest.fixture
def at(intake: PublicServer) -> Iterator[At]:
    made = At(intake)
    with made.door:
        yield made


def keys(intake: PublicServer) -> list[str]:
    return [headers["idempotency-key"] for _, headers in intake.asked]


def test_events_are_posted_under_the_key_with_their_warnings(intake: PublicServer, at: At) -> None:
    """Several in one request, as JSON lines."""
    intake.replies[PATH] = [taken(2, "held: control hangs on it")]

    answers = at.send(result("hale"), result("vale"))

    assert [answer.warnings for _, answer in answers] == [("held: control hangs on it",)] * 2
    (body,) = intake.posted
    assert len(body.splitlines()) == 2
    assert intake.asked[0][1]["authorization"] == f"Bearer {TOKEN}"


def test_one_that_is_refused_keeps_none_of_the_others_back(intake: PublicServer, at: At) -> None:
    """Each is sent by itself, and the reason is that of the one."""
    intake.replies[PATH] = [refused(403), taken(1), refused(403), taken(1)]

    answers = at.send(result("hale"), result("vale"), result("mill"))

    assert [answer.refused for _, answer in answers] == [
        "",
        "[0].council: 'x': the key is for others",
        "",
    ]
    assert len(intake.posted) == 4


def test_a_rate_is_waited_for_and_the_same_request_sent_again(intake: PublicServer, at: At) -> None:
    """For as long as intake says, and never for longer than two minutes."""
    intake.replies[PATH] = [
        Reply(429, headers={"Retry-After": "7"}),
        Reply(429, headers={"Retry-After": "900"}),
        taken(1),
    ]

    at.send(result("hale"))

    assert at.waits == [7.0, 120.0]
    assert keys(intake) == ["run-1"] * 3


def test_the_same_word_said_again_is_another_request(intake: PublicServer, at: At) -> None:
    """Intake would answer a repeated one without putting it into the log."""
    intake.replies[PATH] = [taken(1)]
    for votes in (20, 21, 20):
        at.send(result("hale", votes))

    assert intake.posted[0] == intake.posted[2]
    assert keys(intake) == ["run-1", "run-2", "run-3"]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (refused(401), "intake answers 401: [0].council"),
        (refused(503), "intake answers 503: [0].council"),
        (Reply(404), "is LIVECOUNT_FEED_INTAKE_URL the address of intake?"),
        (Reply(302, headers={"Location": "http://elsewhere.example/"}), "intake answers 302"),
        (Reply(202, b"{", cut_off=True), "intake does not answer"),
    ],
)
def test_an_intake_that_takes_nothing_is_an_error_that_says_why(
    intake: PublicServer, at: At, reply: Reply, why: str
) -> None:
    """A redirect is not followed, as it would be given the token."""
    intake.replies[PATH] = [reply]

    with pytest.raises(DoorError) as caught:
        at.send(result("hale"))

    assert why in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_a_request_has_no_more_events_than_intake_looks_at() -> None:
    """In the order in which they were said."""
    events = [result("hale", votes) for votes in range(401)]

    sent = [*batches(events)]

    assert [len(batch) for batch in sent] == [200, 200, 1]
    assert [each for batch in sent for each in batch] == events


class Told:
    """A feed whose source says what it is told to, and the health of it."""

    def __init__(self, at: At, folder: Path) -> None:
        self.pieces: Sequence[Piece] = ()
        self.health = Health()
        self.health.ready()
        self.now = datetime(2014, 5, 22, 23, 41, tzinfo=UTC)
        rows = [
            "2014-05-22,Barnet,E09000003,all-out,2,PP52,0,2014-05-23T02:30+01:00",
            "2014-05-22,Camden,E09000007,all-out,1,PP53,0,",
        ]
        header = f"{COUNCILS},expected_at"
        Files(folder, councils=rows, councils_header=header, results=NOMINATIONS).paths()
        councils = places_of(folder).councils
        report = Report(self.health, councils, lambda: self.now)
        self.feed = Feed(self, Words(lambda: 0.0), at.door, report)

    def look(self) -> tuple[Piece, ...]:
        return tuple(self.pieces)

    def turn(self, *pieces: Piece) -> str:
        """Returns what health says after a turn."""
        self.pieces = pieces
        self.feed.turn()
        return self.health.ready_fault() or self.health.remark


@pytest.fixture
def told(at: At, tmp_path: Path) -> Told:
    return Told(at, tmp_path)


def test_what_intake_did_not_take_is_sent_with_the_next_turn(
    intake: PublicServer, told: Told
) -> None:
    """The feed is not ready for as long."""
    intake.replies[PATH] = [refused(503), taken(1)]

    away = told.turn(Piece("a.csv", Said((result("hale"),))))
    back = told.turn(Piece("a.csv", is_new=False))
    told.turn(Piece("a.csv", is_new=False))

    assert away.startswith("waiting for intake: intake answers 503")
    assert (back, len(intake.posted)) == ("", 2)


def test_health_says_what_is_broken_and_since_when(told: Told) -> None:
    """Until it is well again; the time is the newsroom's."""
    broken = told.turn(Piece("site", broken="answers 500"))
    told.now += LATE_AFTER
    still = told.turn(Piece("site", broken="answers 500"))
    well = told.turn(Piece("site"))

    assert broken == still == "broken: 1 (site since 00:41: answers 500)"
    assert well == ""


def test_health_has_a_line_for_each_kind_and_names_the_first_of_many(told: Told) -> None:
    """Whatever line breaks a source has in what it answers."""
    told.now += 3 * LATE_AFTER
    said = told.turn(*(Piece(f"site {number}", broken="it says\nno") for number in range(5)))

    shown = " | ".join(f"site {number} since 03:41: it says no" for number in range(3))
    assert said.split("\n") == [f"broken: 5 ({shown} | 2 more)", "late: 1 (Barnet)"]


def test_health_says_what_is_refused_until_it_is_taken(intake: PublicServer, told: Told) -> None:
    """By its ballot, with what the key is for."""
    intake.replies[PATH] = [refused(403), taken(1)]
    said = told.turn(Piece("a.csv", Said((result("hale"),))))
    then = told.turn(Piece("a.csv", Said((result("hale", 21),))))

    assert said == (
        "refused: 1 (local.barsetshire.hale.2026-05-07: [0].council: 'x': the key is for others)"
    )
    assert then == ""


def test_health_says_which_council_should_have_been_heard_of(told: Told) -> None:
    """An hour after it was expected; a council without a time is never late."""
    expected = datetime(2014, 5, 23, 1, 30, tzinfo=UTC)
    told.now = expected + LATE_AFTER
    in_time = told.turn()
    told.now += LATE_AFTER
    late = told.turn()

    assert (in_time, late) == ("", "late: 1 (Barnet)")

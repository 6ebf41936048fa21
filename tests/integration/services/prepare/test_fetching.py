"""Fetching from a local server that is throttled, broken, slow, or has nothing new."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from services.cli import app
from services.platform.polite import ATTEMPTS, PoliteClient
from services.platform.settings import load_settings
from services.prepare.fetching import Fetched, Wanted, fetch
from tests.support.prepared import SAMPLES, NightFolder
from tests.support.public_server import PublicServer, Reply, public_server

NOW = datetime(2027, 4, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[PublicServer]:
    with public_server() as running:
        yield running


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds))


def fetched(
    server: PublicServer, folder: Path, path: str = "/ballots", clock: Clock | None = None
) -> Fetched:
    clock = clock or Clock()
    with PoliteClient(
        "livecount (desk@newsroom.example)",
        sleep=clock.sleep,
        clock=lambda: clock.seconds,
        now=lambda: NOW,
        chance=Random(1),
    ) as client:
        (found,) = fetch([Wanted("ballots", server.address(path))], folder, client)
    return found


def page(server: PublicServer, number: int, of: int, **headers: str) -> Reply:
    following = server.address(f"/ballots?page={number + 1}") if number < of else None
    body = json.dumps({"count": of, "next": following, "results": [{"page": number}]})
    return Reply(body=body.encode(), headers=headers)


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))


def test_every_page_is_fetched_and_says_who_asks(server: PublicServer, tmp_path: Path) -> None:
    """The next page is followed until there is none; the user agent names the newsroom."""
    for number in (1, 2, 3):
        path = f"/ballots?page={number}" if number > 1 else "/ballots"
        server.replies[path] = [page(server, number, 3)]

    assert fetched(server, tmp_path) == Fetched("ballots", 3, 3)
    assert files(tmp_path) == ["ballots-001.json", "ballots-002.json", "ballots-003.json"]
    agents = {headers["user-agent"] for _, headers in server.asked}
    assert agents == {"livecount (desk@newsroom.example)"}


def test_what_has_not_changed_is_not_sent_again(server: PublicServer, tmp_path: Path) -> None:
    """The second time only the changed page is new."""
    stamp = {"ETag": '"1"', "Last-Modified": "Fri, 09 Apr 2027 10:00:00 GMT"}
    server.replies["/ballots"] = [page(server, 1, 2, **stamp)]
    server.replies["/ballots?page=2"] = [page(server, 2, 2, ETag='"2"')]
    fetched(server, tmp_path)
    server.replies["/ballots?page=2"] = [page(server, 2, 2, ETag='"3"')]

    assert fetched(server, tmp_path) == Fetched("ballots", 2, 1)
    _, headers = server.asked[2]
    assert headers["if-none-match"] == '"1"'
    assert headers["if-modified-since"] == stamp["Last-Modified"]


def test_a_file_that_was_removed_is_fetched_whole(server: PublicServer, tmp_path: Path) -> None:
    """It is not asked whether it has changed."""
    server.replies["/ballots"] = [page(server, 1, 1, ETag='"1"')]
    fetched(server, tmp_path)
    (tmp_path / "ballots-001.json").unlink()

    assert fetched(server, tmp_path) == Fetched("ballots", 1, 1)


def test_a_page_that_is_gone_is_removed(server: PublicServer, tmp_path: Path) -> None:
    """A shorter answer leaves no old page behind; files of others stay."""
    (tmp_path / "mine.csv").write_text("mine")
    server.replies["/ballots"] = [page(server, 1, 2), page(server, 1, 1)]
    server.replies["/ballots?page=2"] = [page(server, 2, 2)]
    fetched(server, tmp_path)

    fetched(server, tmp_path)

    assert files(tmp_path) == ["ballots-001.json", "mine.csv"]


@pytest.mark.parametrize(
    ("asked", "waited"),
    [("7", 7), ("Sat, 10 Apr 2027 09:00:30 GMT", 30), ("nonsense", 2)],
)
def test_a_throttled_client_waits_as_long_as_it_is_told_to(
    server: PublicServer, tmp_path: Path, asked: str, waited: int
) -> None:
    """Seconds or a time; without either a pause of its own."""
    clock = Clock()
    throttled = Reply(429, headers={"Retry-After": asked})
    server.replies["/ballots"] = [throttled, page(server, 1, 1)]

    assert fetched(server, tmp_path, clock=clock).failure == ""
    assert clock.waits == [waited]


def test_a_server_that_asks_for_an_hour_is_left_alone(server: PublicServer, tmp_path: Path) -> None:
    """It is asked once, and the failure says for how long to wait."""
    server.replies["/ballots"] = [Reply(429, headers={"Retry-After": "3600"})]

    assert "asks to wait for 3600 s" in fetched(server, tmp_path).failure
    assert len(server.asked) == 1


@pytest.mark.parametrize("broken", [Reply(503), Reply(500), Reply(body=b"{", cut_off=True)])
def test_a_broken_server_is_asked_again_ever_later(
    server: PublicServer, tmp_path: Path, broken: Reply
) -> None:
    """Five times, with pauses that double; then the earlier files stay."""
    server.replies["/ballots"] = [page(server, 1, 1)]
    fetched(server, tmp_path)
    before = (tmp_path / "ballots-001.json").read_bytes()
    server.replies["/ballots"] = [broken]
    clock = Clock()

    failure = fetched(server, tmp_path, clock=clock).failure

    assert f"gave up after {ATTEMPTS} attempts" in failure
    assert len(clock.waits) == ATTEMPTS - 1
    assert clock.waits == sorted(clock.waits)
    assert clock.waits[-1] > 4 * clock.waits[0]
    assert (tmp_path / "ballots-001.json").read_bytes() == before


def test_half_of_a_source_is_never_kept(server: PublicServer, tmp_path: Path) -> None:
    """If its second page fails, the first is not written either."""
    server.replies["/ballots"] = [page(server, 1, 2)]
    server.replies["/ballots?page=2"] = [Reply(404)]

    assert "answers 404" in fetched(server, tmp_path).failure
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (Reply(403), "answers 403 Forbidden"),
        (Reply(body=b"  "), "answers with nothing"),
        (Reply(body=b'{"next": '), "broken JSON"),
        (Reply(body=b'{"next": "https://elsewhere.example/2"}'), "on another host"),
        (Reply(302, headers={"Location": "/ballots"}), "TooManyRedirects"),
    ],
)
def test_an_answer_that_cannot_be_used_is_a_failure(
    server: PublicServer, tmp_path: Path, reply: Reply, failure: str
) -> None:
    """The reason is named, and nothing is written."""
    server.replies["/ballots"] = [reply]

    assert failure in fetched(server, tmp_path).failure
    assert files(tmp_path) == []


def test_pages_that_lead_in_a_circle_end(server: PublicServer, tmp_path: Path) -> None:
    """An address that comes again is a failure."""
    body = json.dumps({"next": server.address("/ballots"), "results": []}).encode()
    server.replies["/ballots"] = [Reply(body=body)]

    assert "has no end" in fetched(server, tmp_path).failure
    assert len(server.asked) == 1


def test_an_answer_that_trickles_for_too_long_is_given_up(
    server: PublicServer, tmp_path: Path
) -> None:
    """However much of it comes each time."""
    server.replies["/ballots"] = [Reply(body=b"x" * 1_000)]
    clock = Clock()
    ticks = iter([0.0, *[1_000.0] * 100])
    with PoliteClient("t", sleep=clock.sleep, clock=lambda: next(ticks)) as client:
        (found,) = fetch([Wanted("a", server.address("/ballots"))], tmp_path, client)

    assert "takes longer than 300 s" in found.failure


@pytest.fixture
def environment(server: PublicServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Addresses of the local server, for the command."""
    names = {
        "every_election": "ee-elections.json",
        "democracy_club": "dc-ballots.json",
        "roll": "ocd-councillors.csv",
        "history": "ocd-history.csv",
        "register": "mysociety-register.csv",
    }
    for source, name in names.items():
        server.replies[f"/{name}?day=2027-05-06"] = [Reply(body=(SAMPLES / name).read_bytes())]
        address = server.address(f"/{name}?day={{date}}")
        monkeypatch.setenv(f"LIVECOUNT_SOURCE_{source.upper()}", address)
    monkeypatch.setenv("LIVECOUNT_FETCH_CONTACT", "desk@newsroom.example")
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


@pytest.mark.usefixtures("environment")
def test_a_night_is_prepared_from_what_is_fetched(server: PublicServer, tmp_path: Path) -> None:
    """From an empty folder; every address is asked for its day."""
    night = NightFolder(tmp_path)

    ran = night.prepare("--fetch")

    assert ran.exit_code == 3, ran.output
    assert "fetched every-election: 1 of 1 files new" in ran.output
    assert "3 councils, 1 ballot and 1 candidate in" in ran.output
    assert len(server.asked) == 5


@pytest.mark.usefixtures("environment")
def test_a_source_that_cannot_be_fetched_is_to_do(server: PublicServer, tmp_path: Path) -> None:
    """The night is made of what there is, and the status says that something is missing."""
    server.replies["/ocd-history.csv?day=2027-05-06"] = [Reply(404)]
    night = NightFolder(tmp_path)

    ran = night.prepare("--fetch")

    assert ran.exit_code == 3
    assert "not fetched: history: " in ran.output
    reasons = [row["reason"] for row in night.rows("todo.csv")]
    assert {"not fetched", "source missing"} <= {*reasons}


@pytest.mark.usefixtures("environment")
def test_nobody_is_asked_without_saying_who_asks(
    server: PublicServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting is named."""
    monkeypatch.delenv("LIVECOUNT_FETCH_CONTACT")
    load_settings.cache_clear()

    arguments = ["prepare", "2027-05-06", "--fetch", "--folder", str(tmp_path)]
    ran = CliRunner().invoke(app, arguments)

    assert ran.exit_code == 2
    assert "LIVECOUNT_FETCH_CONTACT: not set" in ran.output
    assert server.asked == []

"""Councils' own servers, each slow, broken or well by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from readers.addresses import CouncilAddress, read_addresses
from readers.findings import Findings
from readers.said import SaidReader
from schemas.events import ballot_of
from services.feeds.asking import PATIENCE, Asking
from services.feeds.modern_gov import ModernGov
from services.feeds.piece import Piece
from services.platform.polite import PoliteClient
from tests.support.feeding import HALE, MILL, figures, places_of, write_night
from tests.support.public_server import PublicServer, Reply, public_server


def answer(ward: str, *people: tuple[str, str, int]) -> Reply:
    """Returns what a council's service answers, a candidate for each name, party and votes."""
    most = max(votes for _, _, votes in people)
    candidates = "".join(
        f"<candidate><electionareaid>7</electionareaid><candidatename>{name}</candidatename>"
        f"<numvotes>{votes}</numvotes><politicalpartytitle>{party}</politicalpartytitle>"
        f"<iselected>{votes == most and most > 0}</iselected></candidate>"
        for name, party, votes in people
    )
    areas = (
        f"<electionarea><electionareaid>7</electionareaid><title>{ward}</title>"
        "<numseats>1</numseats></electionarea>"
    )
    text = f"<election><title>Local elections</title><candidates>{candidates}</candidates>"
    return Reply(body=f"{text}<electionareas>{areas}</electionareas></election>".encode())


def hale(ann: int, bob: int) -> Reply:
    return answer("Hale", ("Able, Ann", "Labour", ann), ("Bee, Bob", "Conservative", bob))


MILL_SAID = answer("Mill", ("Eel, Eve", "Labour", 5), ("Fin, Fay", "Conservative", 6))


class Asked:
    """The servers of two councils, and the feed that asks them."""

    def __init__(self, server: PublicServer, client: PoliteClient, folder: Path) -> None:
        self.server = server
        self.now = 0.0
        places = places_of(write_night(folder / "night"))
        file = folder / "moderngov.csv"
        rows = [f"{name},{server.address(f'/{name}')}" for name in ("Barnet", "Camden")]
        file.write_text("\n".join(("council,address", *rows)), encoding="utf-8")
        addresses: tuple[CouncilAddress, ...] = read_addresses(file, places.councils, Findings())
        asking = Asking(client, 30.0, lambda: self.now)
        self.feed = ModernGov(addresses, asking, SaidReader(places, "rehearsal"))

    def say(self, barnet: list[Reply], camden: list[Reply]) -> None:
        self.server.replies |= {"/Barnet": barnet, "/Camden": camden}

    def look(self) -> tuple[Piece, Piece]:
        barnet, camden = self.feed.look()
        return barnet, camden


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    with ExitStack() as stack:
        server = stack.enter_context(public_server())
        client = PoliteClient("livecount (x)", PATIENCE, sleep=lambda _: None, chance=Random(1))
        yield Asked(server, stack.enter_context(client), tmp_path)


def test_each_council_is_asked_and_says_what_is_so(asked: Asked) -> None:
    """Votes of nobody are no result yet; what has not changed is not said again."""
    asked.say([hale(0, 0), hale(20, 10)], [MILL_SAID])
    first, then = asked.look(), asked.look()

    assert [ballot_of(each) for each in first[0].said.results] == []
    assert [ballot_of(each) for each in first[1].said.results] == [MILL]
    (result,) = then[0].said.results
    assert (ballot_of(result), figures(result)["Able, Ann"]) == (HALE, (20, True))
    assert then[1].is_new is False


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(500), "answers 500 Internal Server Error"),
        (Reply(body=b"<!DOCTYPE html><title>Sorry"), "answers with no XML; it begins '<!DOCTYPE"),
        (Reply(body=b"<election><candidates><cand"), "is XML that cannot be read"),
        (Reply(body=b"<soap><fault/></soap>"), "is XML, but not of ModernGov's GetElectionResults"),
        (Reply(body=b""), "answers with no XML"),
        (Reply(429, headers={"Retry-After": "60"}), "answers 429 Too Many Requests"),
    ],
)
def test_a_council_that_fails_holds_up_no_other_and_is_asked_again(
    asked: Asked, reply: Reply, why: str
) -> None:
    """It is told, with what came instead."""
    asked.say([reply, hale(20, 10)], [MILL_SAID])
    barnet, camden = asked.look()
    asked.now = 60.0
    well, _ = asked.look()

    assert why in barnet.broken
    assert [ballot_of(each) for each in camden.said.results] == [MILL]
    assert [ballot_of(each) for each in well.said.results] == [HALE]


def test_a_ward_that_the_night_has_not_is_told(asked: Asked) -> None:
    """By its name, and what to do."""
    asked.say([answer("Dale", ("Gem, Gus", "Labour", 5))], [MILL_SAID])
    barnet, _ = asked.look()

    assert barnet.said.results == ()
    assert "ward: 'Dale' is none of the ballots of Barnet in the night" in str(barnet.findings[0])


def test_faults_of_the_list_are_told(tmp_path: Path) -> None:
    """Another council, something that is no address, and one twice."""
    councils = places_of(write_night(tmp_path / "night")).councils
    file = tmp_path / "moderngov.csv"
    rows = ("Nowhere,https://a.example", "Barnet,a.example", "Barnet,https://b", "Camden,https://b")
    file.write_text("\n".join(("council,address", *rows)), encoding="utf-8")
    findings = Findings()
    read_addresses(file, councils, findings)

    assert [str(each).rpartition(": ")[2].partition(";")[0] for each in findings.faults] == [
        "'Nowhere' is not in councils.csv",
        "'a.example' is no address",
        "'https://b' is listed twice",
    ]

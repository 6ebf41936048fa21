"""Feeds as processes, through a real intake into a real log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from readers.night import read_night
from schemas.council_result import CouncilDeclared
from tests.support.feed_processes import Feeding, fold, without_repeats
from tests.support.feeding import (
    HALE,
    MILL,
    VALE,
    api_ballots,
    api_page,
    places_of,
    write_night,
)
from tests.support.night_writer import RESULTS, candidate
from tests.support.public_server import PublicServer, Reply

Eventually = Callable[..., Awaitable[Any]]


@pytest.fixture
async def night(feeding: Feeding, tmp_path: Path) -> Path:
    """The folder of a night whose councils are open."""
    folder = write_night(tmp_path / "night")
    names = ("councils", "standing", "results")
    files = (folder / f"{name}.csv" for name in names)
    await feeding.open(read_night(*files, mode="rehearsal").openings)
    return folder


def write(folder: Path, name: str, ward: str, votes: dict[str, int]) -> None:
    """Puts a file into a folder, as whole as a rename is."""
    people = zip(votes.items(), ("PP53", "PP52"), strict=True)
    rows = [candidate(ward, person, party, number) for (person, number), party in people]
    half = folder / f".{name}"
    half.write_text("\n".join((RESULTS, *rows)), encoding="utf-8")
    half.rename(folder / name)


async def test_a_folder_is_fed_through_a_crash_without_a_loss_or_a_double(
    feeding: Feeding, night: Path, eventually: Eventually, tmp_path: Path
) -> None:
    """What is said again after it is a repeat; source and trust are those of the key."""
    folder = tmp_path / "in"
    folder.mkdir()
    feed = feeding.feed("stringer", "folder", str(folder), "--night", str(night))
    write(folder, "hale.csv", "Hale", {"Ann Able": 20, "Bob Bee": 10})

    async def has(ballot: str, *said: dict[str, int | None]) -> bool:
        assert feed.process.poll() is None, feed.written()
        found = await feeding.figures_of("stringer", ballot)
        return all(each in found for each in said)

    await eventually(lambda: has(HALE, {"Ann Able": 20, "Bob Bee": 10}))
    write(folder, "hale.csv", "Hale", {"Ann Able": 21, "Bob Bee": 10})
    await eventually(lambda: has(HALE, {"Ann Able": 21, "Bob Bee": 10}))
    feed.kill()
    write(folder, "vale.csv", "Vale", {"Cid Cee": 7, "Dot Dee": 9})
    feed.start()
    await eventually(lambda: has(VALE, {"Cid Cee": 7, "Dot Dee": 9}))
    after = await feeding.counted()

    said = await feeding.figures_of("stringer", HALE)
    assert [each["Ann Able"] for each in said] == [20, 21, 21]
    once = fold(without_repeats(after.words))
    assert {each: council.wards for each, council in after.councils.items()} == {
        each: council.wards for each, council in once.councils.items()
    }
    assert [alert.id for alert in after.alerts] == [alert.id for alert in once.alerts]
    assert {event.trust for event in await feeding.said_by("stringer")} == {"single"}


async def test_what_intake_did_not_take_is_sent_once_it_does(
    feeding: Feeding, night: Path, eventually: Eventually, tmp_path: Path
) -> None:
    """Intake was away when the file came."""
    folder = tmp_path / "in"
    folder.mkdir()
    feeding.intake.kill()
    feed = feeding.feed("stringer", "folder", str(folder), "--night", str(night))
    write(folder, "hale.csv", "Hale", {"Ann Able": 20, "Bob Bee": 10})
    await eventually(lambda: "intake does not answer" in feed.written())
    feeding.intake.start()

    async def is_there() -> bool:
        return bool(await feeding.figures_of("stringer", HALE))

    await eventually(is_there)
    assert await feeding.figures_of("stringer", HALE) == [{"Ann Able": 20, "Bob Bee": 10}]


async def test_democracy_club_is_fed_while_it_is_throttled_broken_and_changing(
    feeding: Feeding,
    night: Path,
    server: PublicServer,
    eventually: Eventually,
) -> None:
    """Winners come first and votes later, one is corrected, and one is taken back."""
    places = places_of(night)

    def says(results: dict[str, dict[str, object]]) -> Reply:
        return Reply(body=api_page(api_ballots(places, results)))

    winners: dict[str, object] = {"Ann Able": True, "Bob Bee": False}
    mill: dict[str, object] = {"Eve Eel": 5, "Fay Fin": 9}
    server.replies["/ballots"] = [
        says({}),
        says({HALE: winners}),
        Reply(429, headers={"Retry-After": "1"}),
        Reply(body=b"<!DOCTYPE html>"),
        says({HALE: {"Ann Able": 20, "Bob Bee": 10}, MILL: mill}),
        Reply(body=b'{"results": [', cut_off=True),
        says({HALE: {"Ann Able": 21, "Bob Bee": 10}}),
    ]
    feed = feeding.feed(
        "democracy-club",
        "democracy-club",
        "--night",
        str(night),
        source_democracy_club=server.address("/ballots"),
    )

    async def is_done() -> bool:
        assert feed.process.poll() is None, feed.written()
        return len(await feeding.figures_of("democracy-club", MILL)) == 2

    await eventually(is_done)
    feed.kill()
    feed.start()
    asked = len(server.asked)
    await eventually(lambda: len(server.asked) >= asked + 3)

    said = await feeding.figures_of("democracy-club", HALE)
    assert [each["Ann Able"] for each in said] == [None, 20, 21, 21]
    assert await feeding.figures_of("democracy-club", MILL) == [
        {"Eve Eel": 5, "Fay Fin": 9},
        {"Eve Eel": None, "Fay Fin": None},
    ]
    counted = await feeding.counted()
    wards = {
        ballot: ward for each in counted.councils.values() for ballot, ward in each.wards.items()
    }
    assert wards[MILL].result is None
    assert wards[VALE].evidence is None
    assert feed.end() == 0


async def test_councils_own_servers_are_fed(
    feeding: Feeding, night: Path, server: PublicServer, eventually: Eventually
) -> None:
    """From the list in the folder of the night; one that is broken is told."""
    people = "".join(
        f"<candidate><electionareaid>7</electionareaid><candidatename>{name}</candidatename>"
        f"<numvotes>{votes}</numvotes><politicalpartytitle>{party}</politicalpartytitle>"
        "</candidate>"
        for name, party, votes in (("Ann Able", "Labour", 20), ("Bob Bee", "Conservative", 10))
    )
    area = "<electionarea><electionareaid>7</electionareaid><title>Hale</title></electionarea>"
    server.replies["/barnet"] = [Reply(body=f"<election>{people}{area}</election>".encode())]
    rows = [f"{name.title()},{server.address(f'/{name}')}" for name in ("barnet", "camden")]
    (night / "moderngov.csv").write_text("\n".join(("council,address", *rows)), encoding="utf-8")
    feed = feeding.feed("councils", "moderngov", "--night", str(night))

    async def is_there() -> bool:
        assert feed.process.poll() is None, feed.written()
        return bool(await feeding.figures_of("councils", HALE))

    await eventually(is_there)
    assert await feeding.figures_of("councils", HALE) == [{"Ann Able": 20, "Bob Bee": 10}]
    assert "answers 404 Not Found" in feed.written()


async def test_the_press_association_is_fed_under_its_revisions(
    feeding: Feeding, night: Path, eventually: Eventually, tmp_path: Path
) -> None:
    """A rush, the result that replaces it, and its correction; an earlier one changes nothing."""
    folder = tmp_path / "in"
    folder.mkdir()
    (night / "pa-ids.csv").write_text("pa_id,council,party\n1201,Barnet,\n662,,PP53\n")
    feed = feeding.feed("pa", "pa", str(folder), "--night", str(night))

    def message(kind: str, revision: int, labour: int) -> str:
        party = f'<Party name="Lab" paId="662" seats="{labour}"/>'
        council = f'<Council name="x" paId="1201"><NewCouncil>{party}</NewCouncil></Council>'
        election = f'<Election date="20140522">{council}</Election>'
        return f'<LocalElection{kind} revision="{revision}">{election}</LocalElection{kind}>'

    async def said() -> list[tuple[int, int]]:
        assert feed.process.poll() is None, feed.written()
        words = await feeding.said_by("pa")
        assert all(isinstance(each, CouncilDeclared) for each in words)
        return [(each.revision, each.seats[0].seats) for each in words]  # type: ignore[union-attr]

    expected = []
    for name, kind, revision, seats in (
        ("a", "Rush", 3, 1),
        ("b", "Result", 1, 2),
        ("c", "Result", 2, 1),
    ):
        (folder / f"{name}.xml").write_text(message(kind, revision, seats), encoding="utf-8")
        expected.append((revision if kind == "Result" else 1, seats))

        async def is_there(expected: list[tuple[int, int]] = expected) -> bool:
            return await said() == expected

        await eventually(is_there)
    (folder / "late.xml").write_text(message("Result", 1, 2), encoding="utf-8")
    (folder / "other.xml").write_text(message("Result", 3, 2), encoding="utf-8")

    async def has_third() -> bool:
        return (3, 2) in await said()

    await eventually(has_third)
    assert await said() == [*expected, (3, 2)]


async def test_a_feed_whose_night_cannot_be_read_ends_and_says_why(
    feeding: Feeding, night: Path
) -> None:
    """With status 2; nothing is posted."""
    (night / "standing.csv").unlink()
    feed = feeding.feed("stringer", "moderngov", "--night", str(night))

    assert feed.process.wait(60) == 2
    assert "standing.csv:1: cannot be read" in feed.written()

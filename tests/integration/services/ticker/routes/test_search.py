from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from services.platform.settings import Settings
from services.ticker.finding.postcodes import PostcodesError
from services.ticker.finding.spelling import QUERY_CHARS_MAX
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, ballot, opened, ticking

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]
PEOPLE = {"Accept": "text/html"}


@pytest.mark.parametrize("path", ["/search", f"/elections/{ELECTION}/search"])
@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("nowhere", f"/councils/{COUNCIL}"),
        ("Cedar", f"/councils/{COUNCIL}/wards/{ballot('Cedar')}"),
        ("dogwod", f"/councils/{COUNCIL}/wards/{ballot('Dogwood')}"),
    ],
)
async def test_a_search_leads_to_councils_and_wards(
    client: httpx.AsyncClient, path: str, query: str, address: str
) -> None:
    """From the start page and from a night's, also with a letter wrong; the first hit is it."""
    page = await client.get(path, params={"q": query})
    hits = re.findall(r'<li><a href="(/councils/[^"]+)"', page.text)

    assert page.status_code == 200
    assert hits[0] == address
    assert (await client.get(hits[0])).status_code == 200


async def test_what_is_typed_is_escaped_and_bounded(client: httpx.AsyncClient) -> None:
    """Nothing that somebody links to can run in the page."""
    page = await client.get("/search", params={"q": '"><script>alert(1)</script>'})
    long = await client.get("/search", params={"q": "a" * (QUERY_CHARS_MAX + 1)})

    assert "<script>alert" not in page.text
    assert "No council or ward is called" in page.text
    assert long.status_code == 422


async def test_suggestions_are_names_as_they_are_found(client: httpx.AsyncClient) -> None:
    """A ward's with its council, so that the suggestion finds it."""
    for path in ("/search/names", f"/elections/{ELECTION}/search/names"):
        answer = await client.get(path, params={"q": "ced"})

        assert answer.json() == {"names": ["Cedar, Nowhere"]}
        assert (await client.get(path)).json() == {"names": []}


async def test_without_a_table_the_page_says_that_postcodes_are_not_known(
    client: httpx.AsyncClient,
) -> None:
    """And does not look for a ward that is called so."""
    page = (await client.get("/search", params={"q": "NW11 8AB"})).text

    assert "Postcodes are not known here." in page


async def test_with_a_table_a_postcode_leads_to_its_ward(
    counted: Counted, settings: Settings, tmp_path: Path
) -> None:
    """And to its council, which has the table's code as well."""
    table = tmp_path / "postcodes.csv"
    table.write_text(
        "pcds,ballot_paper_id,oslaua\n"
        f"NW11 8AB,{ballot('Cedar')},E09000003\nAB1 0AB,local.other.ash.2014-05-22,S12000033\n"
    )
    await counted.count(opened())
    with_table = settings.model_copy(update={"postcodes_file": table})
    async with ticking(with_table) as url, httpx.AsyncClient(base_url=url) as client:
        pages = [
            (await client.get("/search", params={"q": query})).text
            for query in ("nw118ab", "AB1 0AB", "ZZ1 1ZZ")
        ]

    found = re.findall(r'<li><a href="(/councils/[^"]+)"', pages[0])
    assert found == [f"/councils/{COUNCIL}/wards/{ballot('Cedar')}", f"/councils/{COUNCIL}"]
    assert "AB1 0AB is in no council that is counted here." in pages[1]
    assert "ZZ1 1ZZ is not in our table of postcodes." in pages[2]
    assert "or a postcode" in pages[0]


async def test_a_table_that_cannot_be_used_ends_the_start(
    settings: Settings, tmp_path: Path
) -> None:
    """Before any reader is told that postcodes are known."""
    with pytest.raises(PostcodesError, match=r"none\.csv"):
        async with ticking(settings.model_copy(update={"postcodes_file": tmp_path / "none.csv"})):
            pass


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/councils/local.nowhre.2014-05-22", f"/councils/{COUNCIL}"),
        (
            f"/councils/{COUNCIL}/wards/local.nowhere.ceder.2014-05-22",
            f"/councils/{COUNCIL}/wards/{ballot('Cedar')}",
        ),
        ("/councils/nowhere", f"/councils/{COUNCIL}"),
        ("/nowhere", f"/councils/{COUNCIL}"),
    ],
)
async def test_an_unknown_address_suggests_what_it_may_have_meant(
    client: httpx.AsyncClient, path: str, address: str
) -> None:
    """And offers the search; programs get what they got."""
    await client.get(f"/elections/{ELECTION}")
    page = await client.get(path, headers=PEOPLE)
    data = await client.get(path, headers={"Accept": "application/json"})

    assert (page.status_code, data.status_code) == (404, 404)
    assert "Did you mean" in page.text
    assert f'<li><a href="{address}"' in page.text
    assert 'type="search"' in page.text
    assert set(data.json()) == {"detail"}


async def test_how_it_works_is_linked_from_every_page(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    """From the foot; it names whom to write to if the settings do."""
    ward = f"/councils/{COUNCIL}/wards/{ballot('Ash')}"
    for path in ("/", f"/elections/{ELECTION}", f"/councils/{COUNCIL}", ward, "/search", "/none"):
        page = await client.get(path, headers=PEOPLE)

        assert 'href="/how-it-works"' in page.text
    asked = settings.model_copy(update={"corrections_contact": "errors@example.org"})
    async with ticking(asked) as url, httpx.AsyncClient(base_url=url) as other:
        how = await other.get("/how-it-works")

    assert 'href="mailto:errors@example.org"' in how.text


async def test_councils_are_listed_as_the_address_says(
    client: httpx.AsyncClient, counted: Counted, eventually: Eventually
) -> None:
    """In the order, and without those that were not chosen, which are there but hidden."""
    other = "local.elsewhere.2014-05-22"
    # A council of Scotland, beside the one in London.
    await counted.count(opened(other, "Elsewhere").model_copy(update={"council_gss": "S12000033"}))

    async def both() -> str:
        page = (await client.get(f"/elections/{ELECTION}?sort=name&region=r-london")).text
        return page if "Elsewhere" in page else ""

    page = str(await eventually(both))
    rows = re.findall(r'<li (hidden )?id="(row-[^"]+)"', page)

    assert rows == [
        ("hidden ", "row-local-elsewhere-2014-05-22"),
        ("", "row-local-nowhere-2014-05-22"),
    ]
    assert '<option value="r-london" selected>' in page
    assert re.search(r'id="shown">1</span> of 2 councils shown', page)


@pytest.mark.parametrize(
    "query", ["sort=size", "sort=", "party=%3Cscript%3E", f"region={'a' * 201}", "outcome=A"]
)
async def test_a_choice_that_cannot_be_is_refused(client: httpx.AsyncClient, query: str) -> None:
    """With the name of the parameter."""
    answer = await client.get(f"/elections/{ELECTION}?{query}", headers=PEOPLE)

    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.text

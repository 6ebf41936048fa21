from __future__ import annotations

from schemas.examples import ALERT
from services.ticker.broadcast.page_key import (
    AlertPage,
    AlertsPage,
    CouncilPage,
    NightPage,
    PageKey,
    WardPage,
)
from services.ticker.cards.card import night_card
from services.ticker.feed.election_state import ElectionState
from services.ticker.pages.document import PageFrame, TimeSlider, document
from services.ticker.pages.render import render
from services.ticker.pages.share import DESCRIPTION_CHARS_MAX, alert_share, card_of, share_of
from tests.support.shown_night import night_shown, shown
from tests.support.ticking import COUNCIL, ELECTION, ballot, declared, opened

SITE = "https://count.example.org"


def state() -> ElectionState:
    return shown([opened(name="<Nowhere> & Sons"), declared("Ash", "PP52")])


def page(template: str, key: PageKey, path: str, *, at_ms: int | None = None) -> str:
    now = state()
    frame = PageFrame(template, SITE + path, is_wall=False, slider=TimeSlider(0, 10, at_ms))
    return document(frame, key, render(now, key), now, now.at).decode()


def test_each_page_has_its_own_address_and_a_picture_with_its_version() -> None:
    """Night, council and ward: what is shared leads there, and its picture is of that page."""
    now = state()
    for key, path in (
        (NightPage(), f"/elections/{ELECTION}"),
        (CouncilPage(COUNCIL), f"/councils/{COUNCIL}"),
        (WardPage(COUNCIL, ballot("Ash")), f"/councils/{COUNCIL}/wards/{ballot('Ash')}"),
    ):
        shared = share_of(SITE + path, key, now, is_past=False)

        assert shared is not None
        assert shared.address == SITE + path
        assert shared.image == f"{SITE}{path}/card.png?v={card_of(now, key).version}"
        assert shared.title.startswith("REHEARSAL: ")
        assert 0 < len(shared.description) <= DESCRIPTION_CHARS_MAX
        assert shared.image_alt.startswith("Rehearsal, not a live count.")


def test_the_head_of_a_page_says_so_and_escapes_names() -> None:
    """Networks find title, description, address and picture; names cannot end the attribute."""
    html = page("council.html", CouncilPage(COUNCIL), f"/councils/{COUNCIL}")
    head = html.partition("<body")[0]

    assert f'<link rel="canonical" href="{SITE}/councils/{COUNCIL}">' in head
    assert '<meta property="og:title" content="REHEARSAL: &lt;Nowhere&gt; &amp; Sons: No' in head
    assert f'<meta property="og:image" content="{SITE}/councils/{COUNCIL}/card.png?v=' in head
    assert '<meta name="twitter:card" content="summary_large_image">' in head
    assert '<meta name="robots" content="noindex">' in head
    assert "<Nowhere>" not in head


def test_a_page_of_the_past_leads_to_the_present_and_has_no_picture() -> None:
    """Pictures are of the present, so that none is shown beside figures of another time."""
    html = page("council.html", CouncilPage(COUNCIL), f"/councils/{COUNCIL}", at_ms=5)
    head = html.partition("<body")[0]

    assert f'<link rel="canonical" href="{SITE}/councils/{COUNCIL}">' in head
    assert "og:image" not in head


def test_an_embed_and_an_archived_page_are_not_shared() -> None:
    """An embed is part of somebody's article, and an archive is at no address."""
    now = state()
    assert (
        share_of(f"{SITE}/embed/council/{COUNCIL}", CouncilPage(COUNCIL), now, is_past=False)
        is None
    )
    frame = PageFrame("council.html", "", is_wall=False, slider=None, is_archived=True)
    key = CouncilPage(COUNCIL)
    html = document(frame, key, render(now, key), now, now.at).decode()

    assert "canonical" not in html
    assert "card.png" not in html
    assert '<meta name="description"' in html


def test_what_cannot_be_shared_is_left_out_of_the_page() -> None:
    """The page of a council that is not there has no preview, and no error."""
    path = "/councils/local.elsewhere.2014-05-22"
    key = CouncilPage("local.elsewhere.2014-05-22")

    assert share_of(SITE + path, key, state(), is_past=False) is None


def test_an_alert_is_shared_with_its_own_words_and_the_picture_of_its_council() -> None:
    """The page of an alert shows the call, its paragraph if there is one, and the council."""
    now = night_shown("barnet-2014", 1.0)
    address = f"{SITE}/alerts/{ALERT.id}"
    plain = alert_share(ALERT.model_copy(update={"paragraph": ""}), address, now, SITE)
    told = alert_share(ALERT.model_copy(update={"paragraph": "Barnet stays."}), address, now, SITE)
    of_night = alert_share(ALERT.model_copy(update={"council": None}), address, now, SITE)

    assert plain.title.endswith(ALERT.text)
    assert plain.description
    assert told.description == "Barnet stays."
    assert (plain.address, told.address) == (address, address)
    assert plain.image.startswith(f"{SITE}/councils/{ALERT.council}/card.png?v=")
    assert of_night.image == f"{SITE}/elections/{now.election}/card.png?v={night_card(now).version}"


def test_the_pages_of_alerts_are_shared_at_their_own_addresses() -> None:
    """One alert with its words and its council's picture, all of them with the night's picture."""
    now = night_shown("barnet-2014", 1.0)
    alert = ALERT
    now.alert_entries = [("1-0", alert.model_dump_json(by_alias=True).encode())]
    path = f"/elections/{now.election}/alerts"
    one = share_of(f"{SITE}{path}/{alert.id}", AlertPage(alert.id), now, is_past=False)
    every = share_of(f"{SITE}{path}", AlertsPage("all"), now, is_past=False)

    assert one is not None
    assert every is not None
    assert one.title.endswith(alert.text)
    assert one.address == f"{SITE}{path}/{alert.id}"
    assert one.image.startswith(f"{SITE}/councils/{alert.council}/card.png?v=")
    assert every.address == f"{SITE}{path}"
    assert every.image.startswith(f"{SITE}/elections/{now.election}/card.png?v=")

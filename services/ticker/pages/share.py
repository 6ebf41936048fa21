"""What a page says of itself to whoever shares it: title, description, address and picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, assert_never

from schemas.alert import Alert
from services.ticker.broadcast.page_key import (
    AlertPage,
    AlertsPage,
    CouncilPage,
    NightPage,
    PageKey,
    WardPage,
)
from services.ticker.broken import report
from services.ticker.cards.card import Card, council_card, night_card, ward_card
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.parsing import parse_alert

DESCRIPTION_CHARS_MAX: Final = 300
"""Search engines and networks show some 160 to 300 characters of a description."""

ALT_CHARS_MAX: Final = 420
"""The longest text of a picture that networks take."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a page says of itself.

    `address` and `image` are blank where the ticker has no address, and `image` is blank of a time
    that has passed, since pictures are of the present.
    """

    title: str
    description: str
    address: str
    image: str = ""
    image_alt: str = ""


def share_of(address: str, key: PageKey, state: ElectionState, *, is_past: bool) -> Preview | None:
    """Returns what a page says of itself; `address` is where readers reach it, blank if nowhere.

    None for a page at another address than its own, which is an embed, and for one whose picture
    cannot be made, which is reported: the page is shown all the same.
    """
    path = path_of(key, state.election)
    if address and not address.endswith(path):
        return None
    try:
        share = _share(state, key, address, path)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the page is shown without it
        report("page", f"what is shared of {path}", error)
        return None
    return replace(share, image="", image_alt="") if is_past else share


def _share(state: ElectionState, key: PageKey, address: str, path: str) -> Preview:
    site = address.removesuffix(path)
    if isinstance(key, AlertPage):
        for _, data in state.alerts_of(key.alert)[:1]:
            return alert_share(parse_alert(data), address, state, site)
    preview = card_share(card_of(state, key), address)
    if isinstance(key, AlertsPage | AlertPage):
        night = card_share(card_of(state, key), f"{site}{path_of(NightPage(), state.election)}")
        return replace(preview, image=night.image if address else "")
    return preview


def path_of(key: PageKey, election: str) -> str:
    """Returns the path at which a page is, by itself and not as an embed."""
    match key:
        case NightPage():
            return f"/elections/{election}"
        case CouncilPage(council):
            return f"/councils/{council}"
        case WardPage(council, ballot):
            return f"/councils/{council}/wards/{ballot}"
        case AlertsPage():
            return f"/elections/{election}/alerts"
        case AlertPage(alert):
            return f"/elections/{election}/alerts/{alert}"
        case _:
            assert_never(key)


def card_of(state: ElectionState, key: PageKey) -> Card:
    """Returns the card of a page; that of the night for alerts.

    Raises KeyError if there is no such council or ward.
    """
    match key:
        case NightPage() | AlertsPage() | AlertPage():
            return night_card(state)
        case CouncilPage(council):
            found = state.councils[council]
            return council_card(state, found.totals, found.wards)
        case WardPage(council, ballot):
            found = state.councils[council]
            wards = {ward.ballot_paper_id: ward for ward in found.wards}
            return ward_card(state, found.totals, wards[ballot])
        case _:
            assert_never(key)


def card_share(card: Card, address: str) -> Preview:
    """Returns what a page with a card says of itself, at an address, which may be blank."""
    mark = "REHEARSAL: " if card.is_rehearsal else ""
    return Preview(
        title=f"{mark}{card.name}: {card.headline}",
        description=_cut(card.alt),
        address=address,
        image=f"{address}/card.png?v={card.version}" if address else "",
        image_alt=_cut(card.alt, ALT_CHARS_MAX),
    )


def alert_share(alert: Alert, address: str, state: ElectionState, site: str) -> Preview:
    """Returns what the page of one alert says of itself, with the picture of its council.

    `address` is that of the alert's page, and `site` that of the ticker, such as
    `https://count.example.org`. An alert of the night, and one whose council cannot be shown, has
    the picture of the night.
    """
    found = state.find(alert.council) if alert.council else None
    key: PageKey = (
        NightPage() if alert.council is None or found is None else CouncilPage(alert.council)
    )
    picture = card_share(card_of(state, key), f"{site}{path_of(key, state.election)}")
    mark = "REHEARSAL: " if alert.mode == "rehearsal" else ""
    return replace(
        picture,
        title=f"{mark}{alert.text}",
        description=_cut(alert.paragraph or alert.text),
        address=address,
    )


def _cut(text: str, chars_max: int = DESCRIPTION_CHARS_MAX) -> str:
    if len(text) <= chars_max:
        return text
    kept = text[: chars_max - 1]
    return f"{kept.rpartition(' ')[0] or kept}…"

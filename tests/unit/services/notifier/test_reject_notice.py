"""What a channel is told about input that waits, is disputed or is parked."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.events import Event, encode_event
from schemas.examples import TOTALS
from schemas.reject import Reason, Reject
from services.notifier.notice import Notice
from services.notifier.reject_notice import of_reject
from services.notifier.routing import may_concern
from tests.support.notices import channel
from tests.support.polls import ballot, opened, ward
from tests.support.sources import by, decision, result

NORTH = by("site", "second", result("north", 777, 5))
WAITS = "it waits for a second source, or the desk"


def told(reason: Reason, event: Event = NORTH, detail: str = WAITS) -> Notice:
    """Returns the notice of an event that was set aside."""
    place: dict[str, Any] = {"topic": "t.declarations", "partition": 3, "offset": 17}
    reject = Reject.model_construct(
        **place, reason=reason, detail=detail, value=encode_event(event)
    )
    return of_reject(reject, "rehearsal")


def test_what_is_held_is_told_with_its_ward_the_reason_and_what_to_do() -> None:
    """And with who said it."""
    held = told("held")

    assert held.kind == "held"
    assert held.line == f"Held, does not count: North, Barsetshire: {WAITS}"
    assert held.proof == (
        "said by site (trusted as second)",
        f"see it and decide: livecount review show {ballot('north')}",
    )


def test_no_figure_of_a_held_result_reaches_a_channel() -> None:
    """Neither in its texts nor in what a webhook is given."""
    held = told("held")

    assert b"777" not in held.payload
    assert b'"value":null' in held.payload
    assert "777" not in held.line + "".join(held.proof)


def test_a_reason_to_hold_a_result_is_told_without_the_figures_in_it() -> None:
    """What is odd or cannot be right is said with the figures of the result."""
    text = "votes: 27,770 for Smith, more than anybody gets in a ward\nturnout_percentage: 177.7"
    held = told("held", detail=text)

    assert "777" not in held.payload.decode() + held.line + "".join(held.proof)
    assert "177.7" not in held.payload.decode() + held.line + "".join(held.proof)
    assert held.line.endswith("votes: … for Smith, more than anybody gets in a ward")
    assert held.proof[0] == "turnout_percentage: …"


def test_what_is_disputed_has_both_figures_and_where_the_message_is() -> None:
    """The figures are in the reason."""
    text = "candidates: PP52 1 777 by site, but what stands is by agency: PP52 1 900"
    disputed = told("conflict", detail=text)

    assert disputed.kind == "conflict"
    assert disputed.line == f"Disputed, does not count: North, Barsetshire: {text}"
    assert disputed.proof[-1] == "the message: livecount rejects show 3/17"


def test_what_is_parked_is_said_to_be_kept() -> None:
    """With its ward, as far as its id tells it."""
    parked = told("parked", result("st-johns-wood", 1, 2), "ballot_paper_id: none of them")

    assert parked.line == (
        "Kept, does not count: St Johns Wood, Barsetshire: ballot_paper_id: none of them"
    )
    assert parked.proof[0] == "said by default"


@pytest.mark.parametrize(
    ("event", "about", "by_whom"),
    [
        (by("ann", "single", opened(ward("north"))), "Barsetshire", "ann (trusted as single)"),
        (decision("north", ruling="clear"), "North, Barsetshire", "the desk: desk"),
    ],
)
def test_other_events_are_told_as_well(event: Event, about: str, by_whom: str) -> None:
    """An opening that needs more trust, or a decision that is known otherwise."""
    made = told("conflict", event, "revision: 2")

    assert made.line == f"Disputed, does not count: {about}: revision: 2"
    assert made.proof[0] == f"said by {by_whom}"


def test_what_cannot_be_read_is_named_by_its_place() -> None:
    """Bytes that are too many are not kept with the reject."""
    place: dict[str, Any] = {"topic": "t.declarations", "partition": 3, "offset": 17}
    made = of_reject(Reject(**place, reason="conflict", detail="mode: live"), "rehearsal")

    assert made.line == "Disputed, does not count: t.declarations/3/17: mode: live"
    assert made.council == ""


@pytest.mark.parametrize(
    ("kinds", "sent"),
    [
        (("held",), ["held"]),
        (("conflict",), ["conflict"]),
        (("parked",), ["parked"]),
        (("rejected",), ["held", "conflict", "parked", "payload"]),
        (("held", "parked"), ["held", "parked"]),
        ((), []),
    ],
)
def test_a_channel_is_sent_the_kinds_of_input_that_it_names(
    kinds: tuple[str, ...], sent: list[Reason]
) -> None:
    """`rejected` is all of them, as it was before there were the others."""
    reasons: list[Reason] = ["held", "conflict", "parked", "payload"]
    one = channel(kinds=kinds)

    assert [each for each in reasons if may_concern(told(each), one, None)] == sent


@pytest.mark.parametrize(
    ("filters", "is_sent"),
    [
        ({"councils": ("barsetshire",)}, True),
        ({"councils": ("E09000999",)}, True),
        ({"councils": ("camden",)}, False),
        ({"wards": ("north",)}, True),
        ({"wards": ("south",)}, False),
        ({"parties": ("PP90",)}, True),
        ({"changes_only": True}, True),
        ({"councils": ("camden",), "kinds": ("rejected",)}, True),
    ],
    ids=str,
)
def test_filters_for_places_apply_to_input_of_a_known_council(
    filters: dict[str, Any],
    is_sent: bool,  # noqa: FBT001
) -> None:
    """Those for parties and changes do not; and none does to a channel that wants all of it."""
    totals = TOTALS.model_copy(update={"council_gss": "E09000999", "name": "Barsetshire"})

    assert may_concern(told("held"), channel(**{"kinds": ("held",), **filters}), totals) is is_sent


def test_input_of_a_council_that_nobody_has_opened_passes_every_filter() -> None:
    """Its name and code are not known yet."""
    desk = channel(kinds=("parked",), councils=("E09000999",))

    assert may_concern(told("parked"), desk, None)

from __future__ import annotations

import pytest

from schemas.ward_totals import WardTotals
from services.ticker.feed.entry import Entry

WARD = WardTotals(
    ballot_paper_id="local.barnet.childs-hill.2014-05-22",
    council="local.barnet.2014-05-22",
    ward="Childs Hill",
    seats_contested=3,
    status="waiting",
)


def test_a_line_break_in_json_does_not_end_the_event() -> None:
    """Data with line breaks between its tokens stays one field of one event."""
    data = WARD.model_dump_json(indent=1).replace("\n", "\r\n").encode()
    fields = {b"type": b"ward", b"council": WARD.council.encode(), b"data": data}
    frame = Entry.read(b"1-0", fields).frame

    assert frame.count(b"\n") == 4
    assert frame.endswith(b"\n\n")


@pytest.mark.parametrize(
    ("kind", "data"), [(b"ward", b'{"seats": "many"}'), (b"weather", b"{}"), (b"", b"")]
)
def test_an_entry_that_cannot_be_read_keeps_its_place_and_is_not_sent(
    kind: bytes, data: bytes
) -> None:
    """Data of another version and kinds that nobody knows become entries without an event."""
    entry = Entry.read(b"1-0", {b"type": kind, b"council": b"x", b"data": data})

    assert (entry.id, entry.kind, entry.frame) == ("1-0", "unreadable", b"")

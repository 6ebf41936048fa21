from __future__ import annotations

import zlib

from hypothesis import given
from hypothesis import strategies as st

from services.ticker.broadcast.frame import GZIP_HEADER, Frame
from tests.support.recorded_stream import events


@given(st.lists(st.binary(min_size=1, max_size=2_000), max_size=8), st.integers(0, 7))
def test_compressed_frames_follow_each_other_in_any_stream(sent: list[bytes], since: int) -> None:
    """Whenever a client connects, gzip gives it exactly the events from then on, each at once."""
    frames = [Frame(each) for each in sent]
    client = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    assert client.decompress(GZIP_HEADER) == b""
    for frame in frames[since:]:
        assert client.decompress(events(frame.gzipped)) == frame.events


def test_all_clients_share_the_same_bytes() -> None:
    """An event is encoded once, however many read it."""
    frame = Frame(b"event: beat\ndata: {}\n\n")

    assert frame.plain is frame.plain
    assert frame.gzipped is frame.gzipped
    assert events(frame.plain) == frame.events

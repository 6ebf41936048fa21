from __future__ import annotations

import pytest

from services.archive.record import ArchivedRecord, LineError, decode_record, encode_record

TOPIC = "live.declarations"


def record(
    key: bytes | None, value: bytes | None, *headers: tuple[str, bytes | None]
) -> ArchivedRecord:
    return ArchivedRecord(TOPIC, 3, 17, 1_400_800_000_123, key, value, headers)


@pytest.mark.parametrize(
    "value",
    [
        b'{"type":"ward.declared"}',
        "Siân, in NFC and NFD: Sia\u0302n".encode(),
        b"\xff\xfe\x00 no UTF-8",
        b"line\nfeed\r\x00\x1b",
        b'{"base64": "QQ=="}',
        b"",
        None,
    ],
)
def test_a_line_gives_back_the_bytes_of_its_record(value: bytes | None) -> None:
    """Key, value and headers come back as they were, whatever they hold."""
    written = record(value, value, ("ce_id", b"1"), ("ce_id", value), ("none", None))

    line = encode_record(written)

    assert decode_record(TOPIC, line) == written
    assert line.count(b"\n") == 1


def test_a_line_says_that_livecount_failed_for_its_record() -> None:
    """What did not count for that reason does not count in the archive either."""
    written = record(b"local.barnet.2014-05-22", b"{}")
    written.is_broken = True

    assert decode_record(TOPIC, encode_record(written)).is_broken


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (b"", "no record"),
        (b"[]", "no record"),
        (b'{"partition": 0, "offset": 1, "timestamp": 2, "key": null}', "value: missing"),
        (b'{"partition": -1, "offset": 1}', "partition: -1 is no whole number"),
        (b'{"partition": 0, "offset": "1"}', "offset: '1' is no whole number"),
        (
            b'{"partition":0,"offset":1,"timestamp":2,"key":{"base64":"?"},"value":null}',
            "no record",
        ),
    ],
)
def test_a_line_that_holds_no_record_is_refused_with_what_is_wrong(line: bytes, field: str) -> None:
    """The message names the field."""
    with pytest.raises(LineError, match=field):
        decode_record(TOPIC, line)

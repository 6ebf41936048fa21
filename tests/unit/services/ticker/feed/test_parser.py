"""Each text is parsed once, and only so many are remembered."""

from __future__ import annotations

from services.ticker.feed.parser import Parser


def counting(limit: int) -> tuple[Parser[str], list[bytes]]:
    """Returns a parser, and the texts that it has parsed."""
    parsed: list[bytes] = []

    def parse(data: bytes) -> str:
        parsed.append(data)
        return data.decode()

    return Parser(parse, limit), parsed


def test_a_text_is_parsed_once() -> None:
    """Pages that show the same ward share what was parsed."""
    parser, parsed = counting(limit=2)

    assert [parser(b"a"), parser(b"b"), parser(b"a")] == ["a", "b", "a"]
    assert parsed == [b"a", b"b"]


def test_no_more_than_the_limit_are_remembered() -> None:
    """The one remembered longest makes room."""
    parser, parsed = counting(limit=2)
    for data in (b"a", b"b", b"c", b"c", b"b", b"a"):
        parser(data)

    assert parsed == [b"a", b"b", b"c", b"a"]
    assert len(parser) == 2


def test_what_was_replaced_is_forgotten() -> None:
    """It takes no memory, and can be parsed again."""
    parser, parsed = counting(limit=2)
    parser(b"a")
    parser.forget(b"a")
    parser.forget(b"never parsed")

    assert len(parser) == 0
    assert parser(b"a") == "a"
    assert parsed == [b"a", b"a"]

"""Log lines: JSON that a machine reads, and no secrets in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from services.platform.log import configure_log


@pytest.fixture(autouse=True)
def unchanged_logging() -> Iterator[None]:
    """Gives the process its own logging back after each test."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers, logging.root.level = handlers, level
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Returns what was logged, one object a line."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_json_with_service_event_level_and_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A line is a JSON object that says which service wrote what, when and how severe it is."""
    configure_log("intake", "info", "json")

    structlog.get_logger().info("declared", council="local.barnet.2014-05-22")

    (line,) = lines(capsys)
    assert line.pop("timestamp")
    assert line == {
        "service": "intake",
        "event": "declared",
        "level": "info",
        "council": "local.barnet.2014-05-22",
    }


def test_less_severe_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines below the level are not written, neither the project's nor a library's."""
    configure_log("intake", "warning", "json")

    structlog.get_logger().info("quiet")
    logging.getLogger("library").info("quiet")
    logging.getLogger("library").warning("loud")

    assert [line["event"] for line in lines(capsys)] == ["loud"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password", "hunter2"),
        ("intake_token", "hunter2"),
        ("url", "redis://:hunter2@127.0.0.1:6379/0"),
        ("urls", ["https://user:hunter2@example.org/hook"]),
        ("request", {"Authorization": "Bearer hunter2"}),
    ],
)
def test_secrets_are_hidden(name: str, value: object, capsys: pytest.CaptureFixture[str]) -> None:
    """A secret is hidden by its field's name, and a password inside a URL wherever it stands."""
    configure_log("intake", "info", "json")

    structlog.get_logger().info("connected", **{name: value})

    written = capsys.readouterr().err
    assert "hunter2" not in written
    assert "***" in written


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_local_values(
    form: Literal["json", "console"], capsys: pytest.CaptureFixture[str]
) -> None:
    """An exception is logged with its traceback, without the values of variables."""
    configure_log("intake", "info", form)

    try:
        int("redis://:hunter2@127.0.0.1")
    except ValueError:
        structlog.get_logger().exception("failed")

    written = capsys.readouterr().err
    assert "hunter2" not in written
    assert "ValueError" in written
    assert "test_a_traceback_shows_no_local_values" in written


def test_a_traceback_for_people_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    """No values of variables, and a terminal obeys nothing: an error may quote an outsider."""
    configure_log("intake", "info", "console")

    try:
        raise_saying("from \x1b[2J")
    except ValueError:
        structlog.get_logger().exception("failed")

    written = capsys.readouterr().err
    assert "\x1b[2J" not in written
    assert "\nValueError: from \\x1b[2J\n" in written
    assert "local value \\x1b" not in written


def raise_saying(text: str) -> None:
    """Raises an error with a text, and has a value of its own."""
    local = text.replace("from", "local value")
    raise ValueError(local.replace("local value", "from"))


def test_libraries_write_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    """A library's line through the standard logging module has the same form, and its name."""
    configure_log("ticker", "info", "json")

    logging.getLogger("some.library").warning("connection to %s lost", "redis://:hunter2@host")

    (line,) = lines(capsys)
    assert line["event"] == "connection to redis://***@host lost"
    assert (line["service"], line["logger"]) == ("ticker", "some.library")


@pytest.mark.parametrize("library", ["authlib.integrations.base_client", "httpcore2.http11"])
def test_what_a_sign_in_at_the_provider_is_made_of_is_in_no_line(
    library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even at the level of debugging, at which its libraries write secrets and headers."""
    configure_log("entry", "debug", "json")

    logging.getLogger(library).debug("Using code_verifier: 'a-secret'")

    assert lines(capsys) == []


def test_the_console_form_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """The console form is a plain line, with secrets hidden as well."""
    configure_log("ticker", "info", "console")

    structlog.get_logger().info("connected", url="redis://:hunter2@127.0.0.1")

    written = capsys.readouterr().err
    assert "connected" in written
    assert "hunter2" not in written


def test_a_terminal_obeys_nothing_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines for people show control characters as escapes; JSON escapes them anyway."""
    for form in ("console", "json"):
        configure_log("intake", "info", form)  # type: ignore[arg-type] # a literal

        structlog.get_logger().warning("from \x1b]0;t\x07\n%s", "\u202ea", source="\x9b2J")
        logging.getLogger("library").warning("from \x1b[2J\x07")

        written = capsys.readouterr().err
        assert not {"\x1b]", "\x1b[2J", "\x07", "\x9b", "\u202e"} & {
            written[at : at + length] for at in range(len(written)) for length in (1, 2, 4)
        }
        structlog.reset_defaults()

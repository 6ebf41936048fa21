"""Sessions begin with a key, and end with it, with the night, or when somebody signs out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.access.key import Key
from services.access.token import hash_of
from services.entry.sessions import SESSION_S, SESSIONS_PER_KEY_MAX, Session, Sessions


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Returns the time in seconds."""
        return self.now


def key(key_id: str = "desk-1", word: str = "a", **fields: object) -> Key:
    """Returns a key of the desk."""
    given = {"id": key_id, "hash": hash_of(f"{key_id}.{word}".encode()), "role": "desk"}
    return Key.model_validate(given | fields)


@pytest.fixture
def clock() -> Clock:
    """The clock of the sessions."""
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    """No sessions yet."""
    return Sessions(clock)


def begun(sessions: Sessions, of: Key, person: str = "Ann") -> Session:
    """Returns a session that was begun."""
    session = sessions.find(sessions.begin(of, person))
    assert session is not None
    return session


def test_a_session_says_who_and_which_desk(sessions: Sessions) -> None:
    """Both are in what the log has of a decision."""
    assert begun(sessions, key(), "Ann Able").by == "Ann Able (desk-1)"


def test_a_session_lasts_for_one_night(sessions: Sessions, clock: Clock) -> None:
    """However often it is used."""
    token = sessions.begin(key(), "Ann")
    clock.now += SESSION_S - 1
    assert sessions.find(token) is not None
    clock.now += 1

    assert sessions.find(token) is None
    assert len(sessions) == 0


def test_a_session_that_was_ended_is_found_no_more(sessions: Sessions) -> None:
    """Neither is one that never was."""
    token = sessions.begin(key(), "Ann")
    sessions.end(token)

    assert sessions.find(token) is None
    assert sessions.find("") is None
    assert sessions.find("\udcff") is None


def test_a_form_of_another_session_is_not_of_this_one(sessions: Sessions) -> None:
    """Each has a token of its own in its forms, which is not the one of its cookie."""
    token = sessions.begin(key(), "Ann")
    session, other = sessions.find(token), begun(sessions, key(), "Bob")
    assert session is not None

    assert session.sent_form(session.form_token)
    assert not session.sent_form(other.form_token)
    assert not session.sent_form(token)
    assert not session.sent_form("")
    assert not session.sent_form("\udcff")


@pytest.mark.parametrize(
    "now_valid",
    [
        None,
        (),
        (key("desk-2"),),
        (key(revoked=datetime(2026, 5, 7, tzinfo=UTC)),),
        (key(role="source"),),
        (key(word="b"),),
    ],
)
def test_a_session_ends_with_its_key(sessions: Sessions, now_valid: tuple[Key, ...] | None) -> None:
    """If it is revoked, gone, of another role, or replaced by another of the same id."""
    session = begun(sessions, key())

    assert session.holder((key("desk-2"), key())) is not None
    assert session.holder(now_valid) is None


def test_a_key_has_a_bounded_number_of_sessions_and_takes_none_of_another(
    sessions: Sessions,
) -> None:
    """The one that was unused for longest ends."""
    other = sessions.begin(key("desk-2"), "Bob")
    tokens = [sessions.begin(key(), "Ann") for _ in range(SESSIONS_PER_KEY_MAX)]
    assert sessions.find(tokens[0]) is not None
    sessions.begin(key(), "Ann")

    assert len(sessions) == SESSIONS_PER_KEY_MAX + 1
    assert sessions.find(tokens[0]) is not None
    assert sessions.find(tokens[1]) is None
    assert sessions.find(other) is not None


def test_old_sessions_do_not_stay_in_memory(sessions: Sessions, clock: Clock) -> None:
    """They go when the next one begins."""
    sessions.begin(key("desk-2"), "Bob")
    clock.now += SESSION_S
    sessions.begin(key(), "Ann")

    assert len(sessions) == 1

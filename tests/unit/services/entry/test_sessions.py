"""Sessions begin with a key, and end with it, with time, or when somebody signs out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from services.access.key import Key
from services.access.key_ring import KeyRing
from services.access.people import Blocked, Group, People
from services.access.token import hash_of
from services.entry.sessions import IDLE_S, RENEWED_EVERY_S, SESSION_S, Session, Sessions

SECRET = SecretStr("what sessions are signed with")
BEGAN = datetime(2026, 5, 7, 22, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        """Returns the time."""
        return self.now

    def after(self, seconds: float) -> None:
        """Moves on."""
        self.now += timedelta(seconds=seconds)


def key(key_id: str = "desk-1", word: str = "a", **fields: object) -> Key:
    """Returns a key of the desk."""
    given = {"id": key_id, "hash": hash_of(f"{key_id}.{word}".encode()), "role": "desk"}
    return Key.model_validate(given | fields)


def invited(role: str, **fields: object) -> Key:
    """Returns the key of somebody who was invited."""
    days = {"added": BEGAN, "expires": BEGAN + timedelta(days=7)}
    return key("ann-able", role=role, person="Ann Able", **days | fields)


@pytest.fixture
def clock() -> Clock:
    """The clock of the sessions."""
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    """A process's sessions."""
    return Sessions(SECRET, clock)


def found(sessions: Sessions, sealed: str, device: str = "") -> Session:
    """Returns the session of a cookie, which there is."""
    session = sessions.find(sealed, device)
    assert session is not None
    return session


def test_a_session_says_who_and_which_desk(sessions: Sessions) -> None:
    """Both are in what the log has of a decision."""
    assert sessions.begin(key(), "Ann Able").by == "Ann Able (desk-1)"


def test_every_process_with_the_secret_knows_a_session(clock: Clock) -> None:
    """With its form's token; one with another secret knows nothing of it."""
    here, there = Sessions(SECRET, clock), Sessions(SECRET, clock)
    session = here.begin(key(), "Ann")

    assert found(there, here.sealed(session)) == session
    other = Sessions(SecretStr("another secret of the same length"), clock)
    assert other.find(here.sealed(session), "") is None


@pytest.mark.parametrize("role", ["desk", "viewer", "admin"])
def test_a_session_at_the_desk_ends_after_half_an_hour_without_use(
    sessions: Sessions, clock: Clock, role: str
) -> None:
    """A screen may be left with others in the room."""
    sealed = sessions.sealed(sessions.begin(invited(role), "Ann"))
    clock.after(IDLE_S - 1)
    assert sessions.find(sealed, "") is not None
    clock.after(1)

    assert sessions.find(sealed, "") is None


def test_a_session_that_is_used_goes_on_for_one_night(sessions: Sessions, clock: Clock) -> None:
    """However often it is used, no longer."""
    session: Session | None = sessions.begin(key(), "Ann")
    for _ in range(SESSION_S // (IDLE_S // 2) - 1):
        clock.after(IDLE_S // 2)
        assert session is not None
        session = sessions.find(sessions.sealed(session), "")
        assert session is not None
        session = sessions.used(session)
    assert session is not None
    clock.after(IDLE_S // 2)

    assert sessions.find(sessions.sealed(session), "") is None


def test_a_stringers_session_lasts_for_one_night_without_use(
    sessions: Sessions, clock: Clock
) -> None:
    """Hours may pass between two results; it is written once."""
    session = sessions.begin(invited("stringer"), "Ann")
    clock.after(SESSION_S - 1)
    assert sessions.used(session) is None
    assert sessions.find(sessions.sealed(session), "") is not None
    clock.after(1)

    assert sessions.find(sessions.sealed(session), "") is None


def test_a_cookie_is_not_written_anew_with_each_request(sessions: Sessions, clock: Clock) -> None:
    """Once a minute is enough for half an hour."""
    session = sessions.begin(key(), "Ann")
    clock.after(RENEWED_EVERY_S - 1)
    assert sessions.used(session) is None
    clock.after(1)

    assert sessions.used(session) is not None


def test_a_session_that_was_ended_is_found_no_more(clock: Clock) -> None:
    """Whatever its cookie says."""
    ended: set[str] = set()
    sessions = Sessions(SECRET, clock, ended.__contains__)
    session, other = sessions.begin(key(), "Ann"), sessions.begin(key(), "Ann")
    ended.add(session.id)

    assert sessions.find(sessions.sealed(session), "") is None
    assert sessions.find(sessions.sealed(other), "") is not None


def test_a_session_of_one_device_is_none_on_another(sessions: Sessions) -> None:
    """A cookie that is copied to another device lets nobody in there."""
    sealed = sessions.sealed(sessions.begin(invited("stringer"), "Ann", "this-device"))

    assert sessions.find(sealed, "this-device") is not None
    assert sessions.find(sealed, "another") is None
    assert sessions.find(sealed, "") is None


def test_what_was_made_up_or_changed_is_no_session(sessions: Sessions) -> None:
    """Neither are odd characters, nor thousands of them."""
    sealed = sessions.sealed(sessions.begin(key(), "Ann"))

    body, _, signature = sealed.rpartition(".")
    for forged in ("", "x", "\udcff", "é", "x" * 100_000, body, f"{body}x.{signature}", f"{body}."):
        assert sessions.find(forged, "") is None


def test_a_form_of_another_session_is_not_of_this_one(sessions: Sessions) -> None:
    """Each has a token of its own in its forms, which its cookie does not have."""
    session, other = sessions.begin(key(), "Ann"), sessions.begin(key(), "Ann")

    assert session.sent_form(session.form_token)
    assert not session.sent_form(other.form_token)
    assert not session.sent_form(sessions.sealed(session))
    assert not session.sent_form("")
    assert not session.sent_form("\udcff")
    assert session.form_token not in sessions.sealed(session)


@pytest.mark.parametrize(
    "now_valid",
    [
        (),
        (key("desk-2"),),
        (key(revoked=BEGAN),),
        (key(role="source"),),
        (key(word="b"),),
        (key(expires=BEGAN),),
    ],
)
def test_a_session_ends_with_its_key(sessions: Sessions, now_valid: tuple[Key, ...]) -> None:
    """If it is revoked, gone, over, of another role, or replaced by another of the same id."""
    session = sessions.begin(key(), "Ann")

    def holder_in(*keys: Key) -> object:
        return session.holder(KeyRing(keys, SecretStr(""), lambda: BEGAN), People())

    assert holder_in(key("desk-2"), key()) is not None
    assert holder_in(*now_valid) is None


@pytest.mark.parametrize(
    "now_said",
    [
        People(),
        People((Group(group="night", role="desk"),)),
        People((Group(group="others", role="viewer"),)),
        People((Group(group="night", role="viewer"),), (Blocked(person="oidc-ann"),)),
    ],
)
def test_the_session_of_a_person_of_a_group_ends_with_what_the_group_may(
    sessions: Sessions, now_said: People
) -> None:
    """If the group is gone or has another role, or the person is blocked."""
    before = People((Group(group="night", role="viewer", councils=("barnet",)),))
    holder = before.holder("oidc-ann", "night")
    assert holder is not None
    begun = sessions.begin_in_group(holder, "Ann Able", "this-device", "night")
    session = found(sessions, sessions.sealed(begun), "this-device")
    ring = KeyRing((), SecretStr(""), lambda: BEGAN)

    assert session.by == "Ann Able (oidc-ann)"
    assert session.holder(ring, before) == holder
    assert session.holder(ring, now_said) is None

"""Who is let in with which token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from services.access.holder import ANYONE, DEFAULT
from services.access.key import Key
from services.access.key_ring import KeyRing, UnauthorisedError
from services.access.token import TOKEN_BYTES_MAX, hash_of, new_token

NONE = SecretStr("")
OLD = SecretStr("the-single-token-of-before")


def key(token: str, **fields: object) -> Key:
    """Returns the key of a token."""
    return Key(id=token.partition(".")[0], hash=hash_of(token.encode())).model_copy(update=fields)


def revoked_in(ring: KeyRing, presented: bytes) -> str:
    """Returns the revoked key with which nobody is let in; blank if it is no key at all."""
    with pytest.raises(UnauthorisedError) as caught:
        ring.who(presented)
    return caught.value.key_id


def test_each_token_is_its_own_key() -> None:
    """Whoever presents a token has what its key may do, and no other's."""
    agency, desk = new_token("agency"), new_token("desk")
    ring = KeyRing([key(agency, per_minute=5), key(desk, trust="final", role="desk")], NONE)

    assert (ring.who(agency.encode()).id, ring.who(agency.encode()).per_minute) == ("agency", 5)
    assert (ring.who(desk.encode()).trust, ring.who(desk.encode()).role) == ("final", "desk")
    assert ring.who(agency.encode()).trust == "single"


def test_nothing_else_is_a_token() -> None:
    """Not a part of one, nor one of another id, nor the hash that is kept."""
    token = new_token("agency")
    ring = KeyRing([key(token)], OLD)
    secret = token.partition(".")[2]

    for wrong in ("", token[:-1], f"{token} ", secret, f"desk.{secret}", hash_of(token.encode())):
        assert revoked_in(ring, wrong.encode()) == ""


def test_a_hash_that_is_copied_to_another_id_lets_nobody_in_under_it() -> None:
    """The id is a part of what is hashed, so an entry says who its token belongs to."""
    token = new_token("agency")
    copied = key(token).model_copy(update={"id": "desk"})
    secret = token.partition(".")[2]

    assert revoked_in(KeyRing([copied], NONE), f"desk.{secret}".encode()) == ""


def test_a_revoked_key_is_told_from_an_unknown_one_only_for_the_audit() -> None:
    """Nobody is let in with either; the audit knows whose it was."""
    old, new = new_token("agency"), new_token("agency")
    ring = KeyRing([key(old, revoked=datetime(2026, 5, 7, tzinfo=UTC)), key(new)], NONE)

    assert revoked_in(ring, old.encode()) == "agency"
    assert ring.who(new.encode()).id == "agency"


def test_a_key_lets_nobody_in_from_the_time_on_at_which_it_expires() -> None:
    """Until then it does; the audit knows whose it was."""
    token = new_token("ann")
    ends = datetime(2026, 5, 15, tzinfo=UTC)

    def ring_at(time: datetime) -> KeyRing:
        return KeyRing([key(token, expires=ends)], NONE, lambda: time)

    before = ring_at(ends - timedelta(seconds=1))
    assert before.who(token.encode()).id == "ann"
    assert before.valid("ann") is not None
    assert revoked_in(ring_at(ends), token.encode()) == "ann"
    assert ring_at(ends).valid("ann") is None


def test_the_single_token_is_the_key_default_beside_a_file() -> None:
    """It may do everything, as before; without it nobody is the default."""
    token = new_token("agency")

    assert KeyRing([key(token)], OLD).who(OLD.get_secret_value().encode()) == DEFAULT
    assert KeyRing(None, OLD).who(OLD.get_secret_value().encode()) == DEFAULT
    assert revoked_in(KeyRing([key(token)], NONE), b"") == ""
    assert revoked_in(KeyRing(None, OLD), b"") == ""


def test_everybody_is_let_in_only_without_a_file_and_without_a_token() -> None:
    """A file in which every key is revoked lets nobody in."""
    token = new_token("agency")
    revoked = key(token, revoked=datetime(2026, 5, 7, tzinfo=UTC))

    assert KeyRing(None, NONE).who(b"whatever") == ANYONE
    assert revoked_in(KeyRing([revoked], NONE), b"whatever") == ""


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_the_single_token_may_have_any_letters(encoding: str) -> None:
    """A token that is not ASCII is the same however the client encodes its header."""
    ring = KeyRing(None, SecretStr("café-café-café-17"))

    assert ring.who("café-café-café-17".encode(encoding)) == DEFAULT
    for wrong in (b"", b"cafe-cafe-cafe-17", "café".encode(encoding)):
        with pytest.raises(UnauthorisedError):
            ring.who(wrong)


def test_a_new_token_cannot_be_guessed() -> None:
    """No two are alike, each has 192 random bits in 32 characters, and it fits into a header."""
    tokens = {new_token("a" * 40) for _ in range(100)}

    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {73}
    assert max(map(len, tokens)) < TOKEN_BYTES_MAX
    assert all(token.isascii() and token.isprintable() and " " not in token for token in tokens)

"""The door: lets somebody in who presents a key of the desk and says who they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from pydantic import Field, TypeAdapter, ValidationError

from schemas.base import Name
from schemas.refusal import refusals
from services.access.key import Key
from services.access.key_ring import UnauthorisedError
from services.access.token import TOKEN_BYTES_MAX
from services.access.watched_keys import WatchedKeys
from services.access.wrong_tokens import WrongTokens
from services.entry.sessions import Sessions, may_sign_in

PERSON_CHARACTERS_MAX: Final = 100
"""Characters of a person's name. With the key's id it has to fit into the 300 of `by`."""

_PERSON: Final = TypeAdapter(
    Annotated[Name, Field(min_length=1, max_length=PERSON_CHARACTERS_MAX, strict=True)]
)


class NoKeysError(Exception):
    """There is no file of keys, so nobody can sign in."""


class NotOfDeskError(Exception):
    """A valid key of a source, which has no pages here; `key_id` is its id."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"the key {key_id} is a source's; sign in with a key of the role desk or stringer, as"
            " `livecount access add NAME --role desk` makes one"
        )
        self.key_id = key_id


class UnusableNameError(ValueError):
    """A person's name that cannot stand in the log. The message says what to give."""


class Door:
    """Compares keys, and slows down addresses that present wrong ones.

    `now` returns a time in seconds that never goes back.
    """

    def __init__(self, keys: WatchedKeys, sessions: Sessions, now: Callable[[], float]) -> None:
        self._keys = keys
        self._sessions = sessions
        self._wrong = WrongTokens("the door of entry", now)

    def admit(self, token: str, person: str, address: str) -> tuple[str, Key]:
        """Begins a session; returns its token and the key.

        Raises NoKeysError; UnusableNameError; TooManyWrongTokensError, without a look at the
        key, if the address has to wait; UnauthorisedError if the key is none, a wrong or a revoked
        one; and NotOfDeskError.
        """
        if self._keys.keys is None:
            raise NoKeysError
        name = person_of(person)
        self._wrong.check(address)
        presented = token.strip().encode("utf-8", "surrogatepass")[:TOKEN_BYTES_MAX]
        try:
            key = self._keys.ring.key(presented)
        except UnauthorisedError:
            self._wrong.add(address)
            raise
        if not may_sign_in(key):
            raise NotOfDeskError(key.id)
        return self._sessions.begin(key, name), key


def person_of(text: str) -> str:
    """Returns the name of a person who decides. Raises UnusableNameError."""
    try:
        name = _PERSON.validate_python(text.strip())
    except ValidationError as error:
        (found, *_) = refusals(error)
        remedy = "say who you are" if not text.strip() else f"{found.value}: {found.remedy}"
        raise UnusableNameError(f"name: {remedy}") from error
    if set(name) & set("()"):
        raise UnusableNameError(
            "name: leave out brackets; the id of the key stands in them behind the name"
        )
    return name

"""The door: lets in whoever presents a key of the desk and a name, or their own invitation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from pydantic import Field, TypeAdapter, ValidationError

from schemas.refusal import refusals
from services.access.holder import PEOPLES
from services.access.key import Key, Person
from services.access.key_ring import UnauthorisedError
from services.access.token import TOKEN_BYTES_MAX
from services.access.watched_keys import WatchedKeys
from services.access.wrong_tokens import WrongTokens

_PERSON: Final = TypeAdapter(Annotated[Person, Field(min_length=1, strict=True)])


class NoKeysError(Exception):
    """There is no file of keys, so nobody can sign in."""


class WrongDoorError(Exception):
    """A valid key that does not open this door; `key_id` is its id. The message says what does."""

    def __init__(self, key: Key, what: str) -> None:
        super().__init__(f"the key {key.id} {what}")
        self.key_id = key.id


class UnusableNameError(ValueError):
    """A person's name that cannot stand in the log. The message says what to give."""


class Door:
    """Looks keys up, and slows down addresses that present wrong ones.

    A valid key is let in whatever others at the same address do: nobody can find one by trying, so
    what is limited is only the work that wrong ones make, and nobody can be locked out. `now`
    returns a time in seconds that never goes back.
    """

    def __init__(self, keys: WatchedKeys, now: Callable[[], float]) -> None:
        self._keys = keys
        self._wrong = WrongTokens("the door of entry", now)

    def admit(self, token: str, person: str, address: str) -> tuple[Key, str]:
        """Returns the key of the desk that a token is of, and the name of whoever presents it.

        Raises NoKeysError; UnusableNameError; UnauthorisedError if the key is none or valid no
        more, or TooManyWrongTokensError if this address has presented too many such; and
        WrongDoorError.
        """
        name = person_of(person)
        key = self._key(token, address)
        if key.person:
            raise WrongDoorError(key, "is an invitation; open its link on the device it is for")
        if key.role not in PEOPLES:
            raise WrongDoorError(
                key,
                "is a source's; sign in with a key of the role desk, as `livecount access add NAME"
                " --role desk` makes one, or with an invitation",
            )
        return key, name

    def invited(self, token: str, address: str) -> Key:
        """Returns the invitation that a token is of. Raises as `admit`, but for the name."""
        key = self._key(token, address)
        if not key.person:
            raise WrongDoorError(key, "is no invitation; sign in with it, and say who you are")
        return key

    def _key(self, token: str, address: str) -> Key:
        if self._keys.keys is None:
            raise NoKeysError
        presented = token.strip().encode("utf-8", "surrogatepass")[:TOKEN_BYTES_MAX]
        try:
            return self._keys.ring.key(presented)
        except UnauthorisedError:
            self._wrong.check(address)
            self._wrong.add(address)
            raise


def person_of(text: str) -> str:
    """Returns the name of a person who decides. Raises UnusableNameError."""
    try:
        return _PERSON.validate_python(text.strip())
    except ValidationError as error:
        (found, *_) = refusals(error)
        remedy = "say who you are" if not text.strip() else f"{found.value}: {found.remedy}"
        raise UnusableNameError(f"name: {remedy}") from error

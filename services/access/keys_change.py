"""What is different between two readings of the file of keys, for the audit and the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from services.access.key import Key
from services.access.keys_file import KeysFile
from services.access.people import People
from services.access.second_entry.policy import Policy

POLICIES_NAMED_MAX: Final = 5
"""Policies that changed and are named; the words are one line."""


@dataclass(frozen=True, slots=True)
class KeysChange:
    """The ids of the keys that changed, or the faults for which nothing was taken.

    `policies` are what holds now where the policies of a second entry changed, in words.
    """

    added: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    valid: int = 0
    faults: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    """What is different about the people of an identity provider, in words."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Every key that changed, once, in the order of the alphabet."""
        return tuple(sorted({*self.added, *self.revoked, *self.removed, *self.changed}))

    @property
    def words(self) -> str:
        """The change in one line, or the faults, a line each."""
        if self.faults:
            return "\n".join(("not taken, the keys from before hold on:", *self.faults))
        named = [
            f"{word} {', '.join(ids)}"
            for word, ids in (
                ("added", self.added),
                ("revoked", self.revoked),
                ("removed", self.removed),
                ("changed", self.changed),
            )
            if ids
        ]
        named += self.policies[:POLICIES_NAMED_MAX]
        if len(self.policies) > POLICIES_NAMED_MAX:
            named.append(f"{len(self.policies) - POLICIES_NAMED_MAX} more policies")
        named += self.people
        return "; ".join([*(named or ["nothing changed"]), f"{self.valid} valid"])


def change_between(before: KeysFile, after: KeysFile) -> KeysChange:
    """Returns what changed from one reading to a later one. A new secret is an added key."""
    old = {key.hash: key for key in before.keys}
    new = {key.hash: key for key in after.keys}
    added = _ids(
        key
        for key in after.keys
        if key.revoked is None and (key.hash not in old or old[key.hash].revoked is not None)
    )
    both = [(old[each], key) for each, key in new.items() if each in old]
    return KeysChange(
        added=added,
        revoked=_ids(now for was, now in both if now.revoked and not was.revoked),
        removed=_ids(key for key in before.keys if key.hash not in new),
        changed=_ids(
            now for was, now in both if now != was and bool(now.revoked) == bool(was.revoked)
        ),
        policies=_policies(before.policies, after.policies),
        people=_people(before.people, after.people),
        valid=sum(key.revoked is None for key in after.keys),
    )


def _policies(before: Sequence[Policy], after: Sequence[Policy]) -> tuple[str, ...]:
    old = {each.place: each for each in before}
    new = {each.place: each for each in after}
    gone = (f"no policy for {place or 'everywhere'}" for place in old if place not in new)
    return (*(each.words for place, each in new.items() if old.get(place) != each), *gone)


def _people(before: People, after: People) -> tuple[str, ...]:
    was, now = ({each.person for each in people.blocked} for people in (before, after))
    words = [
        f"{word} {', '.join(sorted(each))}"
        for word, each in (("blocked", now - was), ("no longer blocked", was - now))
        if each
    ]
    if before.groups != after.groups:
        words.append(f"groups {', '.join(each.group for each in after.groups) or 'none'}")
    return tuple(words)


def _ids(keys: Iterable[Key]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key.id for key in keys))

"""What is different between two readings of the file of keys, for the audit and the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.access.key import Key
from services.access.people import People


@dataclass(frozen=True, slots=True)
class KeysChange:
    """The ids of the keys that changed, or the faults for which nothing was taken."""

    added: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
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
        named += self.people
        return "; ".join([*(named or ["nothing changed"]), f"{self.valid} valid"])


def change_between(before: Sequence[Key], after: Sequence[Key]) -> KeysChange:
    """Returns what changed from one reading to a later one. A new secret is an added key."""
    old = {key.hash: key for key in before}
    new = {key.hash: key for key in after}
    added = _ids(
        key
        for key in after
        if key.revoked is None and (key.hash not in old or old[key.hash].revoked is not None)
    )
    both = [(old[each], key) for each, key in new.items() if each in old]
    return KeysChange(
        added=added,
        revoked=_ids(now for was, now in both if now.revoked and not was.revoked),
        removed=_ids(key for key in before if key.hash not in new),
        changed=_ids(
            now for was, now in both if now != was and bool(now.revoked) == bool(was.revoked)
        ),
        valid=sum(key.revoked is None for key in after),
    )


def people_change(before: People, after: People) -> tuple[str, ...]:
    """Returns in words what changed about people from one reading to a later one."""
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

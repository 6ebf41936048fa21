"""Conditions: whether a sentence may be written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, cast

from drafts.facts import Choice, Facts, Number

_CONDITION: Final = re.compile(
    r"(?P<no>not )?(?P<fact>[a-z_]+)"
    r"(?: (?P<test>is|is not|at least|at most) (?P<value>[a-z0-9_]+))?"
)

Test = Literal["known", "is", "is not", "at least", "at most"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on one fact, such as `not complete`, `outcome is gain` or `short at most 3`."""

    fact: str
    test: Test = "known"
    value: str = ""
    wanted: bool = True

    def holds(self, facts: Facts) -> bool:
        """Returns whether it holds. A comparison with what is not known does not."""
        fact = facts.get(self.fact)
        if self.test == "known":
            return (fact is not None) is self.wanted
        if isinstance(fact, Choice):
            return (fact.value == self.value) is (self.test == "is")
        if not isinstance(fact, Number):
            return False
        if self.test == "at least":
            return fact.value >= int(self.value)
        return fact.value <= int(self.value)


def parse_conditions(text: str) -> tuple[Condition, ...]:
    """Returns the conditions in a text such as `complete, outcome is gain`; all must hold.

    Raises ValueError, which says what is wrong and what to write.
    """
    return tuple(_condition(part.strip()) for part in text.split(",") if part.strip())


def _condition(text: str) -> Condition:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text[:60]!r} is no condition; write a fact's name, `not` and its name,"
            " `name is value`, `name is not value`, `name at least 3` or `name at most 3`"
        )
    no, fact, test, value = found.group("no", "fact", "test", "value")
    if test is None:
        return Condition(fact, wanted=not no)
    if no:
        raise ValueError(f"{text[:60]!r}: `not` goes with a name alone; write `is not`")
    if test.startswith("at ") and not value.isdecimal():
        raise ValueError(f"{text[:60]!r}: {value!r} is no number; write one in digits")
    return Condition(fact, cast("Test", test), value)

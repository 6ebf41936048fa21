"""Kept: what follows from the facts of a value, worked out once and kept with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class kept(Generic[V]):  # noqa: N801 - a decorator, named as `property` is
    """A property that is worked out when it is first asked for, and then kept.

    `functools.cached_property` without its lock, which Python 3.11 takes for every first time:
    what follows is the same for whoever works it out, so nothing is lost where two do. The value
    stands in the instance's `__dict__`, where Python looks before it comes here again.
    """

    def __init__(self, work: Callable[[Any], V]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    def __get__(self, instance: object, owner: type) -> V:
        """Returns the value, and leaves it where it is found from now on."""
        value: V = self._work(instance)
        instance.__dict__[self._name] = value
        return value


def kept_with(work: Callable[[K], V]) -> Callable[[K], V]:
    """A function of one value whose answer is kept with that value, as `kept` keeps a property.

    For what is said of a count in several places: in an alert, in the alert that it withdraws,
    and in the totals. The value is never changed, so neither is the answer.
    """
    name = f"{work.__module__}.{work.__name__}"

    @wraps(work)
    def asked(of: K) -> V:
        held = of.__dict__
        if name not in held:
            held[name] = work(of)
        answer: V = held[name]
        return answer

    return asked

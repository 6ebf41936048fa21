"""Caches for what follows from an immutable value: computed once, stored in the value itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class cached_property(Generic[V]):  # noqa: N801 - a decorator, named as `property` is
    """A property that is computed on first access and stored in the instance's `__dict__`.

    Like `functools.cached_property`, but without the lock that Python 3.11 takes on every first
    access. Two threads that compute a value at the same time get equal results.
    """

    def __init__(self, compute: Callable[[Any], V]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, instance: object, owner: type) -> V:
        """Returns the value and stores it where Python looks before it calls this again."""
        value: V = self._compute(instance)
        instance.__dict__[self._name] = value
        return value


def cached(compute: Callable[[K], V]) -> Callable[[K], V]:
    """Returns a function of one value that stores its result in that value's `__dict__`.

    Used for texts about a count that appear in several places: in an alert, in its retraction
    and in the totals. The value must be immutable.
    """
    name = f"{compute.__module__}.{compute.__name__}"

    @wraps(compute)
    def stored(of: K) -> V:
        cache = of.__dict__
        if name not in cache:
            cache[name] = compute(of)
        result: V = cache[name]
        return result

    return stored

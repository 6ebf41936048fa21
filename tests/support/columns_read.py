"""The names of columns and fields that readers ask for, as their code has them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from tests.support.checkout import CHECKOUT

CELLS = frozenset({"text", "integer", "integer_or_warn", "flag", "day", "time", "_first", "_day"})
"""The calls by which the cell of a column is read."""

_NAME = re.compile(r"[\w-]+")


def as_column(name: str) -> str:
    """Returns the name of a column as readers compare it: case and hyphens make no difference."""
    return re.sub(r"[\s-]+", "_", name.casefold())


def read_by(modules: Iterable[str], calls: Iterable[str]) -> set[str]:
    """Returns the names that the calls in modules ask for, and the columns that a table maps.

    A module is a path below the checkout, without its ending; with `:` and the name of a function
    behind it only that function is looked at.
    """
    wanted = frozenset(calls)
    return {
        name
        for module in modules
        for node in _nodes(module)
        for name in (*_asked(node, wanted), *_looked_for(node), *_mapped(node))
    }


def cells_taken(module: str, mapping: str) -> set[str]:
    """Returns the columns of the cells that a module takes, as in `cells["ward"]`.

    `mapping` is the module with the dictionary from our columns to theirs.
    """
    theirs = {
        key.value: [*_texts(value.elts)]
        for node in _nodes(mapping)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Tuple)
    }
    taken = {
        node.slice.value
        for node in _nodes(module)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
    }
    return {column for name, columns in theirs.items() if name in taken for column in columns}


def _nodes(module: str) -> Iterator[ast.AST]:
    path, _, function = module.partition(":")
    tree = ast.parse((CHECKOUT / f"{path}.py").read_text(encoding="utf-8"))
    if not function:
        return ast.walk(tree)
    (found,) = (each for each in tree.body if getattr(each, "name", "") == function)
    return ast.walk(found)


def _asked(node: ast.AST, calls: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.Call):
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name in calls:
            yield from _texts(node.args)


def _looked_for(node: ast.AST) -> Iterator[str]:
    """Yields a name of which it is looked whether it is there, as in `"name" in item`."""
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        yield from (text for text in _texts([node.left]) if _NAME.fullmatch(text))


def _mapped(node: ast.AST) -> Iterator[str]:
    """Yields the columns in a dictionary from our columns to theirs."""
    columns = node.values if isinstance(node, ast.Dict) else []
    if all(isinstance(each, ast.Tuple) for each in columns):
        for each in columns:
            yield from _texts(getattr(each, "elts", []))


def _texts(nodes: Iterable[ast.expr]) -> Iterator[str]:
    for each in nodes:
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value:
            yield each.value

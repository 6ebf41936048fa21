"""Merkle trees as RFC 9162 (Certificate Transparency 2.0) defines them in its section 2.1.

Everything here is arithmetic on SHA-256 hashes of 32 bytes. A tree's leaves are in an order, and
its root changes with any of them, with their order and with their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from hashlib import sha256

HASH_BYTES = 32

EMPTY_ROOT = sha256().digest()
"""The root of a tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """Returns the hash of an entry as a leaf. The prefix keeps leaves and nodes apart."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Returns the hash of a node above two others."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class MerkleTree:
    """A tree that leaves are only added to, without the leaves.

    `subtrees` are the roots of its perfect subtrees, largest first: one for each bit that is set
    in the number of leaves. They are all that is needed to go on: 20 hashes for a million leaves.
    """

    leaves: int = 0
    subtrees: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Adds a leaf's hash as the last one. Takes one `node_hash` on average."""
        size = self.leaves
        while size & 1:
            leaf = node_hash(self.subtrees.pop(), leaf)
            size >>= 1
        self.subtrees.append(leaf)
        self.leaves += 1

    def root(self) -> bytes:
        """Returns the root of the leaves so far."""
        if not self.subtrees:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_hash(left, right), reversed(self.subtrees))


def levels_of(leaves: Iterable[bytes]) -> list[list[bytes]]:
    """Returns every level of a tree: the hashes of its leaves first, its root alone last.

    A node without a neighbour to its right stands on the next level as it is.
    """
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        above = [node_hash(*below[at : at + 2]) for at in range(0, len(below) - 1, 2)]
        levels.append(above + below[len(above) * 2 :])
    return levels


def inclusion_path(levels: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """Returns the inclusion proof of a leaf: what it is hashed with, from the leaf to the root.

    `index` counts from 0 and is below the number of leaves.
    """
    path = []
    for level in levels[:-1]:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(level[neighbour])
        index >>= 1
    return path


def root_by_path(leaf: bytes, index: int, leaves: int, path: Sequence[bytes]) -> bytes | None:
    """Returns the root to which an inclusion proof leads (RFC 9162, section 2.1.3.2).

    It proves that the leaf is in a tree of so many `leaves` if that is the tree's root. Returns
    None for a path that cannot be one of this leaf.
    """
    if not 0 <= index < leaves:
        return None
    at, last, root = index, leaves - 1, leaf
    for other in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            root = node_hash(other, root)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            root = node_hash(root, other)
        at, last = at >> 1, last >> 1
    return root if last == 0 else None

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.platform.merkle_tree import (
    MerkleTree,
    inclusion_path,
    leaf_hash,
    levels_of,
    root_by_path,
)
from tests.support import merkle

ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The entries that implementations of Certificate Transparency test themselves with."""

ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Their roots of the first so many of these entries."""

leaves_of = st.lists(st.binary(max_size=4).map(leaf_hash), max_size=80)


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    """The first entries of the common test data have the roots that others find."""
    tree = MerkleTree()
    for entry in ENTRIES[:size]:
        tree.append(leaf_hash(entry))

    assert tree.root().hex() == ROOTS[size]


@given(leaves_of)
def test_a_tree_that_grew_has_the_root_of_the_definition(leaves: list[bytes]) -> None:
    """Leaf after leaf, the root is what the recursion of RFC 9162 gives, of any size."""
    tree = MerkleTree()
    assert tree.root() == merkle.root([])
    for size, leaf in enumerate(leaves, 1):
        tree.append(leaf)
        assert tree.root() == merkle.root(leaves[:size])
        assert len(tree.subtrees) == size.bit_count()
    assert (levels_of(leaves)[-1] or [tree.root()]) == [tree.root()]


@given(leaves_of.filter(bool), st.data())
def test_an_inclusion_proof_leads_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    """Every leaf's proof is that of the definition, and leads from the leaf to the root."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    found = inclusion_path(levels_of(leaves), index)

    assert found == merkle.path(index, leaves)
    assert root_by_path(leaves[index], index, len(leaves), found) == merkle.root(leaves)


@given(leaves_of.filter(bool), st.data())
def test_a_proof_of_anything_else_leads_elsewhere(leaves: list[bytes], data: st.DataObject) -> None:
    """With another leaf, place, hash or length, no proof leads to the root."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    found, right = inclusion_path(levels_of(leaves), index), merkle.root(leaves)
    other = sha256(b"other").digest()
    changed = [
        root_by_path(other, index, len(leaves), found),
        root_by_path(leaves[index], index, len(leaves), [*found, other]),
        root_by_path(leaves[index], len(leaves), len(leaves), found),
        root_by_path(leaves[index], -1, len(leaves), found),
    ]
    if found:
        at = data.draw(st.integers(0, len(found) - 1))
        changed += [
            root_by_path(leaves[index], index, len(leaves), [*found[:at], other, *found[at + 1 :]]),
            root_by_path(leaves[index], index, len(leaves), found[:-1]),
        ]

    assert right not in changed

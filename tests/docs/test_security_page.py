"""What the page on security names is there."""

from __future__ import annotations

import re

from tests.support.checkout import CHECKOUT

PAGE = (CHECKOUT / "docs" / "security.md").read_text()


def test_every_path_on_the_page_exists() -> None:
    """A test that is named as proof is there to be run."""
    paths = re.findall(r"`((?:tests|services)/[\w./-]+\.py)`", PAGE)

    assert len(paths) > 10
    assert [path for path in paths if not (CHECKOUT / path).is_file()] == []

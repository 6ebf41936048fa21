from __future__ import annotations

from schemas.ids import from_slug


def test_a_slug_becomes_a_name() -> None:
    """Ids are all that is known of some wards and councils."""
    assert from_slug("st-johns-wood") == "St Johns Wood"

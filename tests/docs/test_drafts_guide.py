from __future__ import annotations

import re

from drafts.catalogue import COUNCIL_FACTS, NIGHT_FACTS
from tests.support.checkout import CHECKOUT

GUIDE = (CHECKOUT / "docs" / "guides" / "drafts.md").read_text(encoding="utf-8")


def listed(heading: str) -> list[str]:
    """Returns the facts in the table below a heading."""
    below = GUIDE.split(f"### {heading}\n")[1].split("\n#")[0]
    return re.findall(r"^\| `([a-z_]+)` \|", below, re.MULTILINE)


def test_every_fact_that_templates_can_use_is_listed() -> None:
    """Whoever writes a template finds all facts in the guide, in the order of the catalogue."""
    assert listed("What the templates of a council can use") == list(COUNCIL_FACTS)
    assert listed("What the templates of a night can use") == list(NIGHT_FACTS)


def test_it_is_said_that_nobody_has_checked_the_welsh() -> None:
    """A newsroom knows what is owed before it prints a draft in Welsh."""
    assert "No speaker of Welsh has checked the Welsh templates yet." in GUIDE

from __future__ import annotations

import doctest
import re

from tests.support.checkout import CHECKOUT

PAGE = CHECKOUT / "docs" / "rules.md"


def test_the_examples_on_the_page_of_rules_come_out_as_printed() -> None:
    """Every question on the page has the answer that the code gives."""
    text = PAGE.read_text(encoding="utf-8")
    examples = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    report: list[str] = []
    outcome = doctest.DocTestRunner().run(examples, out=report.append)

    assert (outcome.failed, "".join(report)) == (0, "")
    assert outcome.attempted >= len(re.findall(r"^>>> ", text, re.MULTILINE)) > 30

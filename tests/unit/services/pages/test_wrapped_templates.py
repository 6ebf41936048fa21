from __future__ import annotations

import pytest

from scripts.unwrapped_text import unwrapped
from tests.support.checkout import CHECKOUT

OF_TICKER = (
    *("alert", "council", "draft", "embed", "embed_council", "embed_ward", "foot", "languages"),
    *("left_out", "live", "terms", "updates", "ward"),
    *("alert/more", "alert/where", "alert/wire", "alert/withdrawn"),
    *("council/bar", "council/councillors", "council/history", "council/known"),
    *("council/parties", "council/sits", "council/summary", "council/ward"),
    *("share/head", "share/languages"),
    *("ward/body", "ward/councillors", "ward/links", "ward/result", "ward/shares"),
)
WRAPPED = (
    "pages/templates/base.html",
    *(f"ticker/templates/{name}.html" for name in OF_TICKER),
)
"""Templates of which every text can be translated. One that is wrapped joins them."""


@pytest.mark.parametrize("template", WRAPPED)
def test_a_wrapped_template_has_no_text_that_nobody_can_translate(template: str) -> None:
    """A page in Welsh has no English in it that came in by a template."""
    text = (CHECKOUT / "services" / template).read_text(encoding="utf-8")

    assert unwrapped(text) == []


def test_text_and_attributes_that_are_not_wrapped_are_found() -> None:
    """Each is said with its line; what is wrapped, English by its mark or a name is not."""
    template = (
        "<p>{{ _('Wards') }}</p>\n"
        '<nav aria-label="Where you are">\n'
        "{% trans %}All of it{% endtrans %} <b>Bare {{ count }}</b>\n"
        '<p lang="en">English</p> livecount – 12\n'
    )

    assert unwrapped(template) == [(2, "Where you are"), (3, "Bare")]

"""Text that mentions nobody and links to nothing."""

from __future__ import annotations

import pytest

from schemas.examples import ALERT, WARD_TOTALS
from services.notifier.senders.inert import BREAK, inert


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("@everyone", "@·everyone"),
        ("@here and @channel", "@·here and @·channel"),
        ("<@123> <@&456> <#789>", "<·@·123> <·@·&456> <·#789>"),
        ("<!channel>", "<·!channel>"),
        ('<at user_id="all">', '<·at user_id="all">'),
        ("<users/all>", "<·users/all>"),
        ("[a](http://evil.example)", "[a]·(http:·//evil.example)"),
        ("[a][b] [b]://x", "[a]·[b] [b]:·//x"),
        ("HTTPS://evil.example", "HTTPS:·//evil.example"),
        ("www.evil.example", "www·.evil.example"),
        ("mailto:a", "mailto·:a"),
        ("||hidden|| ~~gone~~ **loud**", "|·|hidden|·| ~·~gone~·~ *·*loud*·*"),
        ("```", "`·`·`"),
    ],
)
def test_what_a_service_would_act_on_is_broken(text: str, harmless: str) -> None:
    """A zero-width space stands where a mention, a link or a spoiler would begin."""
    assert inert(text) == harmless.replace("·", BREAK)


@pytest.mark.parametrize(
    "text",
    [
        ALERT.text,
        *ALERT.proof,
        WARD_TOTALS.text,
        "against the eve of poll: LAB +5, LD −2, CON −6",
        "Labour and Co-operative (Independent), 1,509 < 2,000 at 3 a.m.",
        "Childs Hill: Cohen, Jack B. (LD) 1,509 [elected]: ratio 3:2",
    ],
)
def test_what_is_declared_is_not_changed(text: str) -> None:
    """No mark is put into an ordinary alert: it can be copied, searched, and sent as SMS."""
    assert inert(text) == text

"""The text of a message."""

from __future__ import annotations

import apprise
import pytest

from schemas.alert_seats import ALERT_PARTIES_MAX, AlertSeats
from services.notifier.notice import Notice
from services.notifier.schedule import DIGEST_MAX
from services.notifier.senders.message_text import Text, compose, html_of
from tests.support.notices import notice

MAIL = (250, 32_768)
SMS = (0, 160)
PUSH = (0, 4_096)


def party(name: str, seats: int, change: int | None = None) -> AlertSeats:
    """Returns a row of a table."""
    return AlertSeats(party_id=name, party=name, seats=seats, change=change)


def final(**fields: object) -> Notice:
    """Returns the notice of a full result, with some fields otherwise."""
    seats = (party("Labour", 40, -5), party("Liberal Democrats", 9, 3), party("Greens", 1))
    given = {"beat": "final", "paragraph": "Labour have 40 seats.", "seats": seats, **fields}
    return notice(kind="result", line="LAB HOLD Sheffield", proof=("turnout 35.1%",), **given)


def test_a_final_has_its_paragraph_and_its_table() -> None:
    """Below the line: what can be published, the seats under each other, and then the proof."""
    text = compose([final()], *MAIL)

    assert text.title == "FINAL: LAB HOLD Sheffield"
    assert text.body.splitlines() == [
        "Labour have 40 seats.",
        "Labour             40  −5",
        "Liberal Democrats   9  +3",
        "Greens              1",
        "turnout 35.1%",
    ]


def test_a_flash_and_a_final_say_so_first_after_the_rehearsal() -> None:
    """In a message of their own, in a text message and in a digest."""
    notices = [notice(beat="flash"), final(mode="rehearsal"), notice()]

    assert [compose([each], *SMS).body for each in notices] == [
        "FLASH: CON HOLD Barnet: 32 of 63",
        "REHEARSAL: FINAL: LAB HOLD Sheffield",
        "CON HOLD Barnet: 32 of 63",
    ]
    assert compose(notices, *MAIL).body.splitlines() == [
        compose([each], *SMS).body for each in notices
    ]


def test_a_table_of_the_largest_kind_stays_within_a_services_lengths() -> None:
    """With as many parties as an alert may have, of the longest names."""
    seats = tuple(party("x" * 200, 999, -999) for _ in range(ALERT_PARTIES_MAX))
    for lengths in (MAIL, SMS, PUSH, (20, 1_001)):
        text = compose([final(seats=seats)], *lengths)

        assert len(text.title) <= lengths[0]
        assert 0 < len(text.body) <= lengths[1]


def test_the_table_of_a_mail_is_html_in_which_nothing_of_others_is() -> None:
    """Names are escaped, in the paragraph, the table, the proof and the link."""
    name = "<img src=x>&"
    found = html_of(final(paragraph=name, seats=(party(name, 4, 1),)), "https://count.example")

    assert "<td>&lt;img src=x&gt;&amp;</td> <td>4</td> <td>+1</td>" in found
    assert "<p>&lt;img src=x&gt;&amp;</p>" in found
    assert "<img" not in found
    assert 'href="https://count.example/councils/local.barnet.2014-05-22"' in found


def test_title_is_the_line_and_the_body_its_proof() -> None:
    """An email has the line as its subject, then the proof and the link to the page."""
    text = compose([notice()], *MAIL, page_url="https://count.example/")

    assert text == Text(
        "CON HOLD Barnet: 32 of 63",
        "The third seat in Childs Hill went by 9 votes.\n"
        "https://count.example/councils/local.barnet.2014-05-22",
    )


def test_short_message_is_only_the_line() -> None:
    """A text message has only the line that can be filed, without the proof."""
    assert compose([notice()], *SMS, page_url="https://count.example") == Text(
        "", "CON HOLD Barnet: 32 of 63"
    )


@pytest.mark.parametrize("lengths", [MAIL, SMS, PUSH, (20, 50)])
def test_lengths_are_respected(lengths: tuple[int, int]) -> None:
    """Every message fits the service, also a digest."""
    title_max, body_max = lengths
    long = notice(line="LAB GAIN " * 33, proof=("word " * 200,) * 20)
    for notices in ([long], [long] * 80):
        text = compose(notices, title_max, body_max)
        assert len(text.title) <= title_max
        assert 0 < len(text.body) <= body_max


@pytest.mark.parametrize(
    "url",
    [
        "twilio://AC" + "a" * 32 + ":" + "b" * 32 + "@15551234567/15557654321",
        "clickatell://" + "t" * 32 + "/15551234567",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#desk",
        "mailto://desk:secret@mail.example",
        "ntfy://topic",
        "pover://" + "u" * 30 + "@" + "t" * 30,
    ],
)
def test_the_lengths_of_real_services_are_respected(url: str) -> None:
    """Messages fit SMS, Slack, mail and push, whose lengths Apprise knows."""
    service = apprise.Apprise.instantiate(url, suppress_exceptions=False)
    long = notice(line="LAB GAIN " * 33, proof=("word " * 200,) * 20)
    for notices in ([long], [long] * 80):
        text = compose(notices, service.title_maxlen, service.body_maxlen, "https://count.example")

        assert len(text.title) <= service.title_maxlen
        assert 0 < len(text.body) <= service.body_maxlen


def test_a_text_message_that_is_cut_stays_in_its_alphabet() -> None:
    """An ellipsis as one character would turn one text message into three."""
    assert compose([notice(line="LAB GAIN " * 33)], *SMS).body.endswith("LAB...")


def test_digest_lists_lines_in_order() -> None:
    """Several notices are one message: their number, then their lines, and how many more."""
    text = compose([notice(line=f"line {n}") for n in range(DIGEST_MAX + 2)], *MAIL)

    assert text.title == "52 alerts"
    assert text.body.splitlines()[:2] == ["line 0", "line 1"]
    assert text.body.splitlines()[-1] == "and 2 more"


def test_rehearsal_is_unmistakable() -> None:
    """Every line of a rehearsal begins with REHEARSAL, also in a digest."""
    notices = [notice(mode="rehearsal"), notice(mode="live")]

    assert compose(notices[:1], *SMS).body == "REHEARSAL: CON HOLD Barnet: 32 of 63"
    assert compose(notices, *MAIL).body.splitlines()[0].startswith("REHEARSAL: ")


def test_what_is_of_the_night_links_to_the_page_of_the_night() -> None:
    """As it is of no council."""
    milestone = notice(council="", election="local.2014-05-22")

    text = compose([milestone], *MAIL, page_url="https://count.example")

    assert text.body.endswith("\nhttps://count.example/elections/local.2014-05-22")

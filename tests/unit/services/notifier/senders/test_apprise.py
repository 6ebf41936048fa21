"""What Apprise is given to send."""

from __future__ import annotations

import apprise
import pytest
from apprise.conversion import convert_between

from schemas.alert_seats import AlertSeats
from services.notifier.notice import Notice
from services.notifier.senders.apprise import AppriseSender
from services.notifier.senders.inert import BREAK
from services.notifier.senders.message_text import Text
from services.notifier.senders.receivers import cautions, open_receivers
from tests.support.notices import channel, notice

SERVICES = {
    "discord": "discord://1234567890/" + "a" * 60,
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#desk",
    "telegram": "tgram://123456789:" + "a" * 35 + "/12345",
    "teams": "workflows://host.example/WorkflowID/Signature/",
    "mail": "mailto://desk:secret@mail.example",
    "ntfy": "ntfy://topic",
    "sms": "twilio://AC" + "a" * 32 + ":" + "b" * 32 + "@15551234567/15557654321",
    "google chat": "gchat://space/key/token",
    "mattermost": "mmost://chat.example/" + "a" * 26,
    "rocket chat": "rocket://desk:secret@chat.example/%23desk",
    "push": "pover://" + "u" * 30 + "@" + "t" * 30,
    "json": "json://cms.example/",
}


def message(url: str, *notices: Notice, page_url: str = "https://count.example") -> Text:
    """Returns the message that a channel's service is given."""
    return AppriseSender(channel(url=url, page_url=page_url)).message(notices)


@pytest.mark.parametrize("name", SERVICES)
def test_a_name_calls_nobody_and_links_nowhere(name: str) -> None:
    """`@everyone`, links and hidden text in a name are text, also in a digest and in the proof."""
    hostile = "@everyone <!channel> [free](http://evil.example) ||x||"
    forged = notice(line=hostile, proof=(hostile,))
    for notices in ([forged], [forged, forged]):
        text = message(SERVICES[name], *notices)
        sent = f"{text.title}\n{text.body}"
        for active in ("@everyone", "<!channel>", "](", "http://", "||"):
            assert active not in sent
        assert f"@{BREAK}everyone" in sent


def test_the_link_to_our_own_page_stays_one() -> None:
    """The address of the council's page, which nobody else has written, can be followed."""
    text = message(SERVICES["discord"], notice(line="@here"))

    assert text.body.endswith("\nhttps://count.example/councils/local.barnet.2014-05-22")


def test_the_console_shows_what_there_is() -> None:
    """A terminal mentions nobody, so nothing is put into what it shows."""
    assert message("console://", notice(line="@here")).title == "@here"


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("letters", ["x", "@", "|", ".(", "<&", "€ ", "\\u202e"])
def test_the_longest_messages_fit_their_service(name: str, letters: str) -> None:
    """At the schemas' bounds a message is as long as its service takes, whatever it consists of.

    Discord counts title and body together; where Markdown is read, Apprise's marks count too.
    """
    service = apprise.Apprise.instantiate(SERVICES[name], suppress_exceptions=False)
    long = notice(line=(letters * 300)[:300], proof=((letters * 1_000)[:1_000],) * 20)
    for notices in ([long], [long] * 2, [long] * 80):
        text = message(SERVICES[name], *notices)
        body = text.body
        if service.resolve_format(apprise.NotifyFormat.TEXT) == apprise.NotifyFormat.MARKDOWN:
            body = convert_between(apprise.NotifyFormat.TEXT, apprise.NotifyFormat.MARKDOWN, body)
        together = len(text.title) + 2 if service.overflow_amalgamate_title and text.title else 0

        assert len(text.title) <= service.title_maxlen
        assert 0 < len(body) + together <= service.body_maxlen


def test_a_certificate_that_is_not_verified_is_warned_of() -> None:
    """`verify=no` and `redirect=yes` are said; a URL without them is not."""
    verify, redirect = cautions("jsons://cms.example/?verify=no&redirect=yes")

    assert verify.startswith("url: verify=no accepts any certificate")
    assert redirect.startswith("url: redirect=yes has no effect")
    assert cautions("jsons://cms.example/?verify=yes") == []
    assert all(cautions(url) == [] for url in SERVICES.values())


def test_a_burst_waits_for_no_limit_that_the_service_does_not_have() -> None:
    """Apprise's pause of 5.5 s for services whose limits it does not know is left out."""
    for url in (SERVICES["ntfy"], SERVICES["mail"], SERVICES["teams"]):
        ((service,),) = open_receivers(url)
        assert service.request_rate_per_sec == 0
    ((slack,),) = open_receivers(SERVICES["slack"])
    assert slack.request_rate_per_sec == type(slack).request_rate_per_sec == 1.2


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ntfy://host.example/one/two/three", [["one"], ["two"], ["three"]]),
        ("ntfy://host.example/one, ntfy://host.example/two", [["one"], ["two"]]),
        ("ntfy://host.example/only", [["only"]]),
    ],
)
def test_each_receiver_of_a_url_is_sent_to_by_itself(url: str, expected: list[list[str]]) -> None:
    """A URL with several topics, or several URLs, are as many receivers, in their order."""
    assert [service.topics for (service,) in open_receivers(url)] == expected


def test_receivers_that_one_request_reaches_stay_together() -> None:
    """A service that sends to all of them at once gives the message to all or to none."""
    url = "clicksend://desk:key@15551234567/15551234568?batch=yes"
    assert len(open_receivers(url)) == 1


def test_apprise_itself_repeats_nothing() -> None:
    """`retry` in a URL would multiply our own attempts."""
    ((service,),) = open_receivers("ntfy://host.example/one?retry=5")
    assert service.retry == 0


@pytest.mark.parametrize(
    ("url", "is_html"),
    [
        (SERVICES["mail"], True),
        (f"{SERVICES['mail']}?format=text", False),
        (SERVICES["telegram"], False),
        (SERVICES["slack"], False),
        ("console://", False),
    ],
)
def test_mail_alone_has_its_table_in_html(url: str, is_html: bool) -> None:  # noqa: FBT001 -- a case
    """A chat is given aligned text, and so is a mail reader that asked for text; so are digests."""
    seats = (AlertSeats(party_id="PP53", party="Labour", seats=40),)
    flash = notice(beat="flash", paragraph="Labour have won.", seats=seats)

    text = message(url, flash)

    assert ("<td>Labour</td> <td>40</td>" in text.html) is is_html
    assert "Labour  40" in text.body
    assert message(url, flash, flash).html == ""

"""The hosts to which notifications may be sent."""

from __future__ import annotations

import pytest

from services.platform.push_services import (
    PUSH_SERVICES,
    PushServices,
    check_push_contact,
    check_push_services,
)

OWN = PushServices(f"{PUSH_SERVICES} http://127.0.0.1:9000 push.example.org:8443")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:APA91b",
        "https://fcm.googleapis.com:443/x",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://web.push.apple.com/QGz",
        "https://db5p.notify.windows.com/w/?token=BQYA",
        "http://127.0.0.1:9000/x",
        "https://push.example.org:8443/x",
    ],
)
def test_the_browsers_own_push_services_are_known(endpoint: str) -> None:
    """Those of the makers of browsers, and what the setting names besides."""
    assert OWN.of(endpoint) is not None


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8080/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com@evil.example/x",
        "https://user:word@fcm.googleapis.com/x",
        "https://FCM.googleapis.com/x",
        "https://evil.example\\@fcm.googleapis.com/x",
        "https://notify.windows.com/x",
        "https://evilnotify.windows.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:9001/x",
        "http://127.0.0.1/x",
        "https://push.example.org/x",
        "https://fcm.googleapis.com:notaport/x",
        "https://[fcm.googleapis.com/x",
        "ftp://fcm.googleapis.com/x",
        "",
    ],
)
def test_no_other_address_is_ever_sent_to(endpoint: str) -> None:
    """Neither one that only looks like a push service, nor one inside of this network."""
    assert OWN.of(endpoint) is None


@pytest.mark.parametrize(
    "listed", ["fcm", "https://a.example/path", "a.example/x", "*", "A.example"]
)
def test_what_is_no_host_is_refused_with_its_name(listed: str) -> None:
    """A slip in the setting is found at the start."""
    with pytest.raises(ValueError, match="no push service"):
        check_push_services(listed)


@pytest.mark.parametrize("contact", ["desk@example.org", "http://example.org", "mailto:desk"])
def test_a_contact_is_an_address_that_push_services_take(contact: str) -> None:
    """Apple refuses every message of a newsroom whose contact is none."""
    with pytest.raises(ValueError, match="mailto:"):
        check_push_contact(contact)
    assert check_push_contact("mailto:desk@example.org") == "mailto:desk@example.org"

"""The example of a proxy fits the services that are behind it."""

from __future__ import annotations

import re

from services.intake.body import BODY_MAX_BYTES
from services.platform.settings import Settings
from tests.support.checkout import CHECKOUT

CONFIGURATION = (CHECKOUT / "deploy" / "nginx" / "livecount.conf").read_text(encoding="utf-8")


def test_the_proxy_reaches_each_service_where_it_listens() -> None:
    """At the port that a service has unless another is set."""
    ports = dict(
        re.findall(r"upstream livecount_(\w+) \{ server 127\.0\.0\.1:(\d+);", CONFIGURATION)
    )
    fields = Settings.model_fields

    assert ports.keys() == {"ticker", "intake", "entry"}
    for name, port in ports.items():
        assert int(port) == fields[f"{name}_port"].default
        assert f"proxy_pass http://livecount_{name};" in CONFIGURATION


def test_the_proxy_takes_the_largest_body_that_intake_takes() -> None:
    """A file that livecount would take is not refused on its way."""
    (largest,) = re.findall(
        r"client_max_body_size (\d+)m;\n    location / \{ proxy_pass http://livecount_intake",
        CONFIGURATION,
    )

    assert int(largest) * 1_048_576 == BODY_MAX_BYTES


def test_a_client_cannot_pass_for_another_address() -> None:
    """What it says of its address is replaced."""
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in CONFIGURATION
    assert "$proxy_add_x_forwarded_for" not in CONFIGURATION

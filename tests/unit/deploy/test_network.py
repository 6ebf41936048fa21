"""The network policies for Kubernetes: who may speak with whom."""

from __future__ import annotations

from services.platform.accounts import ACCOUNTS
from tests.support.manifests import HTTP, PODS, of_kind, reached


def test_nobody_speaks_with_anybody_unless_it_is_written() -> None:
    """Everything else is refused, in both directions."""
    everything = of_kind("NetworkPolicy")["nothing"]["spec"]

    assert everything == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert reached("fill-night", "egress") == set()


def test_each_service_reaches_what_its_account_is_for() -> None:
    """Kafka if it has one there, Valkey if it has one there, and outside only to tell or to ask."""
    outside = {
        "notifier": {"outside:443", "outside:465", "outside:587"},
        "push": {"outside:443"},
    }
    feeds = {name for name in PODS if name.startswith("feed-")}
    for account in ACCOUNTS:
        expected = {"kafka:9093"} | outside.get(account.name, set())
        if account.redis:
            expected.add("valkey:6379")
        if account.name == "ticker":
            expected |= {f"{name}:9100" for name in feeds}
        assert reached(account.name, "egress") == expected
    assert reached("topics", "egress") == {"kafka:9093"}
    for name in feeds:
        assert reached(name, "egress") == {"intake:8001", "outside:443", "outside:80"}


def test_each_service_is_reached_by_those_who_need_it() -> None:
    """By readers through the Ingress controller, by feeds, and by whoever collects metrics."""
    feeds = {name for name in PODS if name.startswith("feed-")}
    for name in PODS:
        expected = {"monitoring:metrics"}
        if name in HTTP:
            expected.add("ingress:http")
        if name == "intake":
            expected |= {f"{feed}:http" for feed in feeds}
        if name in feeds:
            expected.add("ticker:metrics")
        assert reached(name, "ingress") == expected


def test_what_is_outside_is_not_the_inside() -> None:
    """Neither machines of the cluster nor the cloud's metadata count as outside."""
    private = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"}
    for policy in of_kind("NetworkPolicy").values():
        for rule in policy["spec"].get("egress", ()):
            for peer in rule["to"]:
                block = peer.get("ipBlock", {"cidr": "::/0"})
                if block["cidr"] == "0.0.0.0/0":
                    assert set(block["except"]) == private

"""What watches a night: each rule has its entry in the runbook, and asks for what there is."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.support.checkout import CHECKOUT
from tests.support.monitoring import (
    DASHBOARD,
    alerting_rules,
    asked_series,
    expressions,
    known_series,
    panels,
)
from tests.support.promtool import MONITORING

RUNBOOK = (CHECKOUT / "docs" / "operations" / "runbook.md").read_text(encoding="utf-8")
PAGE = (CHECKOUT / "docs" / "operations" / "monitoring.md").read_text(encoding="utf-8")
ENTRIES = dict(
    re.findall(r"^## (Livecount\w+)\n\n(.*?)(?=^## |\Z)", RUNBOOK, re.DOTALL | re.MULTILINE)
)
OF_EVERY_PROCESS = {"process_resident_memory_bytes"}
OF_PROMETHEUS = {"service", "job", "instance"}
"""Labels that the scrape configuration adds."""


def test_every_rule_has_its_entry_and_every_entry_its_rule() -> None:
    """In the same order, so that who reads one finds the other."""
    assert list(ENTRIES) == list(alerting_rules())


@pytest.mark.parametrize("name", alerting_rules())
def test_a_rule_leads_to_its_entry(name: str) -> None:
    """By the anchor that the heading has, and says how urgent it is."""
    rule = alerting_rules()[name]

    expected = f"docs/operations/runbook.md#{name.lower()}"
    assert rule["annotations"]["runbook_url"] == expected
    assert rule["annotations"]["summary"]
    assert rule["labels"]["severity"] in {"page", "desk"}


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_says_what_to_do_and_what_not(name: str) -> None:
    """What it means, where to look, what to do, and what would make it worse; in this order."""
    said = re.findall(r"^\*\*(.*?)\*\*", ENTRIES[name], re.MULTILINE)

    assert said == ["It means", "Look at", "Do", "Do not"]


def test_rules_and_panels_ask_for_metrics_that_there_are() -> None:
    """Each name is that of a metric in the code, and each label one that it has."""
    asked = [rule["expr"] for rule in alerting_rules().values()]
    asked += [expression for found in expressions().values() for expression in found]
    known = known_series()
    for expression in asked:
        for name, labels in asked_series(expression).items():
            assert name in known or name in OF_EVERY_PROCESS, expression
            assert labels <= {*known.get(name, ()), "le", *OF_PROMETHEUS}, expression


def test_every_panel_has_a_source_a_place_and_words() -> None:
    """The source is the one that is provisioned; no two panels overlap."""
    file = MONITORING / "grafana" / "provisioning" / "datasources" / "prometheus.yml"
    (source,) = yaml.safe_load(file.read_text())["datasources"]
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        assert panel["datasource"] == {"type": source["type"], "uid": source["uid"]}
        assert panel["description"]
        for target in panel["targets"]:
            assert target["datasource"] == panel["datasource"]
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert taken.isdisjoint(cells), panel["title"]
        taken |= cells
    identifiers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(identifiers)) == len(identifiers)


def test_the_dashboard_is_read_only_and_where_grafana_looks() -> None:
    """What is changed in Grafana does not replace it."""
    file = MONITORING / "grafana" / "provisioning" / "dashboards" / "livecount.yml"
    (provider,) = yaml.safe_load(file.read_text())["providers"]

    assert provider["allowUiUpdates"] is False
    assert DASHBOARD["editable"] is False
    compose = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    mounted = [each.split(":")[1] for each in compose["services"]["grafana"]["volumes"]]
    assert provider["options"]["path"] in mounted


def test_prometheus_asks_every_service_of_compose_that_has_metrics() -> None:
    """Those that always run by name; those that are asked for only once they have a name."""
    compose = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]
    always, asked_for = set(), set()
    for name, service in compose.items():
        if service["image"].endswith(":-livecount}") and name not in {"topics", "audit"}:
            (asked_for if "profiles" in service else always).add(name)
            assert service["environment"]["LIVECOUNT_METRICS_PORT"] == "9100"
    file = MONITORING / "prometheus" / "prometheus.yml"
    static, found = yaml.safe_load(file.read_text())["scrape_configs"]
    (targets,), (names,) = static["static_configs"], found["dns_sd_configs"]

    assert set(targets["targets"]) == {f"{name}:9100" for name in always}
    assert (set(names["names"]), names["port"]) == (asked_for, 9100)


def test_the_page_names_every_rule_by_how_urgent_it_is() -> None:
    """As the rules say it."""
    for severity in ("page", "desk"):
        (line,) = re.findall(rf"^\| `{severity}` \|.*$", PAGE, re.MULTILINE)
        expected = {
            name
            for name, rule in alerting_rules().items()
            if rule["labels"]["severity"] == severity
        }
        assert set(re.findall(r"#(livecount\w+)", line)) == {name.lower() for name in expected}

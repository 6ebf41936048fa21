"""What watches a night, as Prometheus itself reads it: configuration, rules, dashboard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.support.monitoring import DASHBOARD, alerting_rules, expressions
from tests.support.promtool import MONITORING, RULES, promtool

COURSES = MONITORING / "prometheus" / "rules_test.yml"


def test_prometheus_reads_the_configuration_and_the_rules() -> None:
    """Without a complaint."""
    checked = promtool("check", "config", MONITORING / "prometheus" / "prometheus.yml")

    assert checked.returncode == 0, checked.stdout


def test_each_rule_fires_when_it_should_and_not_before() -> None:
    """In courses of events, by Prometheus' own clockwork."""
    tested = promtool("test", "rules", COURSES)

    assert tested.returncode == 0, tested.stdout


def test_a_rule_that_no_longer_fires_is_noticed(tmp_path: Path) -> None:
    """The courses fail with rules that never fire, one by one."""
    rules = yaml.safe_load(RULES.read_text())
    (tmp_path / COURSES.name).write_text(COURSES.read_text())
    for rule in rules["groups"][0]["rules"]:
        kept, rule["expr"] = rule["expr"], "vector(0) > 1"
        (tmp_path / RULES.name).write_text(yaml.safe_dump(rules))
        rule["expr"] = kept

        assert promtool("test", "rules", tmp_path / COURSES.name).returncode != 0, rule["alert"]


@pytest.mark.parametrize("title", sorted(expressions()))
def test_prometheus_can_answer_every_panel(title: str, tmp_path: Path) -> None:
    """Each expression of the dashboard is one of its language."""
    recorded = [
        {"record": f"panel_{number}", "expr": expression}
        for number, expression in enumerate(expressions()[title])
    ]
    file = tmp_path / "panel.yml"
    file.write_text(json.dumps({"groups": [{"name": "panel", "rules": recorded}]}))
    checked = promtool("check", "rules", file)

    assert checked.returncode == 0, checked.stdout


def test_there_is_something_to_test() -> None:
    """Panels and rules were found."""
    assert len(expressions()) > 15
    assert len(alerting_rules()) > 15
    assert DASHBOARD["uid"]

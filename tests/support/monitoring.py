"""The dashboard and the rules, as what reads them finds them."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from services.platform import metrics
from tests.support.promtool import MONITORING, RULES

DASHBOARD: dict[str, Any] = json.loads(
    (MONITORING / "grafana" / "dashboards" / "night.json").read_text()
)


def alerting_rules() -> dict[str, dict[str, Any]]:
    """Returns the rules by name."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def panels() -> list[dict[str, Any]]:
    """Returns the panels of the dashboard, without the headings of its rows."""
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions() -> dict[str, list[str]]:
    """Returns what each panel asks, by its title."""
    return {panel["title"]: [each["expr"] for each in panel["targets"]] for panel in panels()}


def series_names(metric: MetricWrapperBase) -> set[str]:
    """Returns the names of the series that a metric has at Prometheus."""
    (family,) = metric.describe()
    match metric:
        case Counter():
            return {f"{family.name}_total"}
        case Histogram():
            return {f"{family.name}_{part}" for part in ("bucket", "count", "sum")}
        case _:
            return {family.name}


def known_series() -> dict[str, tuple[str, ...]]:
    """Returns every series of the services by its name, with its labels."""
    found = [
        each for each in vars(metrics).values() if isinstance(each, Counter | Gauge | Histogram)
    ]
    return {
        name: tuple(metric._labelnames)  # noqa: SLF001 -- the library has no public attribute
        for metric in found
        for name in series_names(metric)
    }


def asked_series(expression: str) -> dict[str, set[str]]:
    """Returns the series of livecount that an expression names, with the labels it selects by."""
    pattern = r"\b(livecount_\w+|process_\w+)(?:\{([^}]*)\})?"
    found: dict[str, set[str]] = {}
    for name, selectors in re.findall(pattern, expression):
        found.setdefault(name, set()).update(re.findall(r"(\w+)\s*[=!]", selectors))
    return found

"""The manifests for Kubernetes: rights, probes, ports, ends, and how many run of each."""

from __future__ import annotations

import pytest

from services.access import trail
from services.engine import app as engine
from services.entry import server as entry
from services.intake import server as intake
from services.notifier import service as notifier
from services.push import service as push
from services.ticker import server as ticker
from tests.support.checkout import CHECKOUT
from tests.support.manifests import (
    COMPOSE,
    CONFIG,
    HTTP,
    LASTING,
    PODS,
    WORKLOADS,
    container,
    environment,
    of_kind,
)


@pytest.mark.parametrize("name", PODS)
def test_a_pod_has_no_more_rights_than_it_needs(name: str) -> None:
    """An ordinary user, no capability, nothing to write to but a bounded folder in memory."""
    spec, own = PODS[name], container(name)

    assert "\nUSER 10001:10001\n" in (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
    assert spec["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert own["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert set(own["resources"]["requests"]) == {"cpu", "memory"}
    assert own["resources"]["limits"]["memory"]
    for each in own["volumeMounts"]:
        assert each.get("readOnly") or each["name"] == "tmp" or name == "fill-night"


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_has_at_most_the_memory_of_its_container_in_compose(name: str) -> None:
    """The limits are the same."""
    limit = container(name)["resources"]["limits"]["memory"]

    assert {"512Mi": "512m", "1Gi": "1g"}[limit] == COMPOSE[name]["mem_limit"]


@pytest.mark.parametrize("name", LASTING)
def test_probes_ask_for_health_where_it_is_served(name: str) -> None:
    """What is not live is restarted, and what is not ready is sent nothing."""
    ports = {each["name"]: each["containerPort"] for each in container(name)["ports"]}
    given = environment(name)

    assert str(ports["metrics"]) == given["LIVECOUNT_METRICS_PORT"]
    assert given["LIVECOUNT_METRICS_HOST"] == "0.0.0.0"  # noqa: S104 - a pod's own
    for probe in ("startupProbe", "livenessProbe"):
        assert container(name)[probe]["httpGet"] == {"path": "/health/live", "port": "metrics"}
    # As `livecount health` does in compose: where readers come, if any do.
    port = "http" if name in HTTP else "metrics"
    assert container(name)["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": port}
    annotations = WORKLOADS[name]["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/port"] == given["LIVECOUNT_METRICS_PORT"]


@pytest.mark.parametrize("name", HTTP)
def test_a_service_leads_to_where_its_pods_listen(name: str) -> None:
    """By its name, under the port that compose has."""
    ports = {each["name"]: each["containerPort"] for each in container(name)["ports"]}
    service = of_kind("Service")[name]["spec"]
    given = environment(name)

    assert str(ports["http"]) == given[f"LIVECOUNT_{name.upper()}_PORT"]
    assert given[f"LIVECOUNT_{name.upper()}_HOST"] == "0.0.0.0"  # noqa: S104 - a pod's own
    assert service["ports"] == [{"name": "http", "port": ports["http"], "targetPort": "http"}]
    assert COMPOSE[name]["ports"] == [f"127.0.0.1:{ports['http']}:{ports['http']}"]
    assert service["selector"] == WORKLOADS[name]["spec"]["selector"]["matchLabels"]


@pytest.mark.parametrize("name", LASTING)
def test_a_pod_is_given_the_time_that_it_takes_to_stop(name: str) -> None:
    """And the pause before, in which balancers learn that it goes."""
    stops_s = {
        "intake": intake.SHUTDOWN_TIMEOUT_S + trail.STOP_TIMEOUT_S,
        "aggregator": engine.STOP_TIMEOUT_S,
        "nation": engine.STOP_TIMEOUT_S,
        "notifier": notifier.FINISH_TIMEOUT_S,
        "entry": entry.SHUTDOWN_TIMEOUT_S + trail.STOP_TIMEOUT_S,
        "ticker": ticker.SHUTDOWN_TIMEOUT_S,
        "push": push.SHUTDOWN_TIMEOUT_S + push.FINISH_TIMEOUT_S,
    }
    pause_s = 0
    if name in HTTP:
        pause_s = container(name)["lifecycle"]["preStop"]["sleep"]["seconds"]

    assert (pause_s > 0) is (name in HTTP)
    assert PODS[name]["terminationGracePeriodSeconds"] > pause_s + stops_s.get(name, 10.0)


def test_one_of_several_may_be_away_at_a_time() -> None:
    """What runs more than once has a disruption budget, what runs once has none."""
    budgets = of_kind("PodDisruptionBudget")

    assert set(budgets) == {name for name, each in LASTING.items() if each["spec"]["replicas"] > 1}
    for name, budget in budgets.items():
        assert budget["spec"]["maxUnavailable"] == 1
        assert budget["spec"]["selector"] == LASTING[name]["spec"]["selector"]
        first, second = PODS[name]["topologySpreadConstraints"]
        assert first["topologyKey"] == "kubernetes.io/hostname"
        assert second["topologyKey"] == "topology.kubernetes.io/zone"
        for each in (first, second):
            assert each["labelSelector"] == LASTING[name]["spec"]["selector"]


def test_what_may_run_only_once_does() -> None:
    """Its next pod starts when the one before has ended, under the same name in the group."""
    once = {name for name, each in LASTING.items() if each["spec"]["replicas"] == 1}

    assert once == {"notifier", "push", "feed-democracy-club", "feed-moderngov"}
    for name in once:
        assert LASTING[name]["spec"]["strategy"] == {"type": "Recreate"}
    for name in ("notifier", "push"):
        assert environment(name)["LIVECOUNT_WORKER_ID"] == name


@pytest.mark.parametrize("name", ["aggregator", "nation"])
def test_a_worker_has_a_name_that_outlasts_its_pod(name: str) -> None:
    """Each its own, and there are no more of them than partitions."""
    (own,) = [each for each in container(name)["env"] if each["name"] == "LIVECOUNT_WORKER_ID"]
    partitions = int(CONFIG["livecount-kafka"]["LIVECOUNT_KAFKA_PARTITIONS"])

    assert LASTING[name]["kind"] == "StatefulSet"
    assert own["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.name"}}
    assert 2 <= LASTING[name]["spec"]["replicas"] <= partitions

"""The manifests for Kubernetes as they are written, and what Kubernetes makes of them.

`kubectl kustomize` changes no more of them than the namespace, the image and the number of pods.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.support.checkout import CHECKOUT

FOLDER = CHECKOUT / "deploy" / "kubernetes"
OLDEST, NEWEST = "1.33", "1.37"
# `mine` is a newsroom's own copy, which Git ignores.
FOLDERS = sorted(each for each in FOLDER.iterdir() if each.is_dir() and each.name != "mine")
FILES = sorted(
    file
    for folder in FOLDERS
    for file in folder.glob("*.yaml")
    if file.name != "kustomization.yaml"
)
OBJECTS: list[dict[str, Any]] = [
    document for file in FILES for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))
]
COMPOSE = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
# What compose has besides: the page says why each is not here.
ELSEWHERE = {"kafka", "redis", "prometheus", "grafana", "feed-folder", "feed-pa"}
HTTP = ("intake", "entry", "ticker", "push")


def of_kind(*kinds: str) -> dict[str, dict[str, Any]]:
    """Returns the objects of these kinds by their names."""
    return {each["metadata"]["name"]: each for each in OBJECTS if each["kind"] in kinds}


def pod_of(workload: dict[str, Any]) -> dict[str, Any]:
    """Returns the specification of the pods of a workload."""
    spec: dict[str, Any] = workload["spec"]
    if workload["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec if workload["kind"] == "Pod" else spec["template"]["spec"]


LASTING = of_kind("Deployment", "StatefulSet")
WORKLOADS = LASTING | of_kind("Job", "CronJob")
PODS = {name: pod_of(each) for name, each in (WORKLOADS | of_kind("Pod")).items()}
CONFIG = {name: each["data"] for name, each in of_kind("ConfigMap").items()}


def container(name: str) -> dict[str, Any]:
    (found,) = PODS[name]["containers"]
    return dict(found)


def environment(name: str) -> dict[str, str]:
    """Returns the variables of a workload as Kubernetes makes them of its manifests."""
    given: dict[str, str] = {}
    for each in container(name).get("envFrom", ()):
        given |= CONFIG[each["configMapRef"]["name"]]
    for each in container(name).get("env", ()):
        value = each.get("value", f"{name}-0")
        given[each["name"]] = re.sub(r"\$\((\w+)\)", lambda found: given[found[1]], value)
    return given


def secret_files(name: str) -> dict[str, str]:
    """Returns the files among a workload's settings, each with the Secret that it comes from."""
    return {
        item["path"]: source["secret"]["name"]
        for volume in PODS[name]["volumes"]
        for source in volume.get("projected", {}).get("sources", ())
        for item in source["secret"]["items"]
    }


def folders(name: str) -> dict[str, str]:
    """Returns where a container has what, each path with the name of its volume."""
    return {each["mountPath"]: each["name"] for each in container(name)["volumeMounts"]}


def selects(selector: dict[str, Any], component: str) -> bool:
    """Returns whether a selector of labels takes the pods of a component."""
    labels = selector.get("matchLabels", {})
    if labels.get("app.kubernetes.io/component", component) != component:
        return False
    return all(component in each["values"] for each in selector.get("matchExpressions", ()))


def reached(component: str, direction: str) -> set[str]:
    """Returns with whom a component may speak, by namespace, component or `outside`, with ports."""
    word = {"ingress": "from", "egress": "to"}[direction]
    found = set()
    for policy in of_kind("NetworkPolicy").values():
        if not selects(policy["spec"]["podSelector"], component):
            continue
        for rule in policy["spec"].get(direction, ()):
            ports = [each["port"] for each in rule["ports"]]
            for peer in rule[word]:
                if "ipBlock" in peer:
                    names = ["outside"]
                elif "namespaceSelector" in peer:
                    names = list(peer["namespaceSelector"]["matchLabels"].values())
                else:
                    names = [each for each in PODS if selects(peer["podSelector"], each)]
                found |= {f"{name}:{port}" for name in names for port in ports}
    return found - {"kube-system:53"}

"""The page on Kubernetes says what the manifests say, and its commands name what is there."""

from __future__ import annotations

import re

from tests.support.checkout import CHECKOUT
from tests.support.manifests import (
    COMPOSE,
    CONFIG,
    ELSEWHERE,
    LASTING,
    NEWEST,
    OLDEST,
    PODS,
    WORKLOADS,
    of_kind,
    secret_files,
)

PAGE = (CHECKOUT / "docs" / "operations" / "kubernetes.md").read_text(encoding="utf-8")
SECRETS = (CHECKOUT / "scripts" / "secrets").read_text(encoding="utf-8")


def made() -> set[str]:
    """Returns the Secrets that the page's commands make."""
    found = set(re.findall(r"create secret generic ([\w-]+)", PAGE))
    for accounts, prefix in re.findall(
        r'^for account in (.*); do\n +kubectl create secret generic "(.*)\$account"',
        PAGE,
        re.MULTILINE,
    ):
        found |= {prefix + account for account in accounts.split()}
    return found


def test_the_commands_make_every_secret_that_is_mounted() -> None:
    """And no other; the certificates of hosts are named."""
    mounted = {secret for name in WORKLOADS for secret in secret_files(name).values()}
    for name in PODS:
        mounted |= {
            volume["secret"]["secretName"] for volume in PODS[name]["volumes"] if "secret" in volume
        }

    assert made() == mounted
    for ingress in of_kind("Ingress").values():
        assert f"`{ingress['spec']['tls'][0]['secretName']}`" in PAGE


def test_the_passwords_are_those_that_the_script_makes() -> None:
    """Each file that the commands read is one of `scripts/secrets`, or of another command."""
    files = set(re.findall(r"\.local/secrets/(livecount_\w+)(?!\$)\b", PAGE))
    others = {
        "livecount_feed_democracy_club",
        "livecount_feed_moderngov",
        "livecount_push_private_key",
    }

    for file in files - others - {"livecount_kafka_", "livecount_redis_"}:
        assert re.search(rf"\b{file}\b", SECRETS)


def test_the_table_says_how_many_run_of_what() -> None:
    """Each workload has its row, with its kind and its number."""
    rows = {
        name: (kind, number)
        for names, kind, number in re.findall(
            r"^\| (`.+?`) \| (\w+) \| (.+?) \|", PAGE, re.MULTILINE
        )
        for name in re.findall(r"`([\w-]+)`", names)
    }

    assert set(rows) == set(WORKLOADS)
    for name, (kind, number) in rows.items():
        assert kind == WORKLOADS[name]["kind"]
        if name in LASTING:
            assert number.split()[0] == str(LASTING[name]["spec"]["replicas"])


def test_the_page_says_which_services_of_compose_are_not_there() -> None:
    """Each with the reason, and it names the versions of Kubernetes that are tried."""
    (reasons,) = re.findall(r"six are not there:\n\n(.*?)\n\n", PAGE, re.DOTALL)

    assert set(re.findall(r"`(kafka|redis|prometheus|grafana|feed-[\w-]+)`", reasons)) == ELSEWHERE
    assert set(COMPOSE) - set(WORKLOADS) == ELSEWHERE
    assert f"**Kubernetes** {OLDEST} to {NEWEST}" in PAGE
    assert f"schemas of Kubernetes {OLDEST} and {NEWEST}" in PAGE


def test_what_the_commands_name_is_there() -> None:
    """Folders, files and workloads."""
    for path in re.findall(r"deploy/kubernetes/([\w/.-]+)", PAGE):
        assert (CHECKOUT / "deploy" / "kubernetes" / path.replace("mine", "newsroom")).exists()
    kinds = {"job": "Job", "deployment": "Deployment", "statefulset": "StatefulSet"}
    for kind, name in re.findall(r"\b(job|deployment|statefulset|cronjob)/([\w-]+)", PAGE):
        if name not in {"verify-now", "alerts-held"}:
            assert WORKLOADS[name]["kind"] == kinds.get(kind, "CronJob")
    for setting in re.findall(r"Set `(LIVECOUNT_\w+)` and `(LIVECOUNT_\w+)`", PAGE):
        assert set(setting) <= {key for values in CONFIG.values() for key in values}

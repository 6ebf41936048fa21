"""Checks of what a night has to survive: kills, hangs, restarts, losses, upgrade, restore."""

from __future__ import annotations

import json
import time

from scripts.compose_check.counting import COUNCIL, HEADLINE, council
from scripts.compose_check.stack import (
    LASTING,
    OWN,
    POLL_EVERY_S,
    PROJECT,
    TICKER,
    Stack,
    get,
    require,
    wait_for,
)

BACK_TIMEOUT_S = 300.0
"""For a container to be healthy again, on a machine that does other things too."""

AT_ONCE = ((*OWN, "feed-folder"), ("redis",), ("kafka",))
"""What is broken at the same time: the services, then each of the servers that they need."""


def everything_is_back(stack: Stack) -> float:
    """Waits until all services are healthy; returns how many seconds it took."""
    return wait_for(lambda: not stack.unhealthy(), BACK_TIMEOUT_S, stack.unhealthy)


def nobody_was_told_again(stack: Stack, told: int) -> None:
    """Raises unless the webhook has had so many messages since its container was made."""
    found = stack.log("receiver").count('"id":')
    require(found == told, f"{found} messages instead of {told}: {stack.log('receiver')[-600:]}")


def until_back(stack: Stack, sign: str) -> dict[str, float]:
    """Sends a signal to every process of each container, and waits until it was restarted.

    Returns after how many seconds each was healthy again.
    """
    took: dict[str, float] = {}
    for names in AT_ONCE:
        before = stack.inspect_all(names)
        began_s = time.monotonic()
        for name in names:
            stack.inside(name, f"kill -s {sign} -- -1")
        while missing := [name for name in names if name not in took]:
            require(time.monotonic() - began_s < BACK_TIMEOUT_S, f"not restarted: {missing}")
            for name, each in stack.inspect_all(missing).items():
                restarted = each["RestartCount"] > before[name]["RestartCount"]
                if restarted and each["State"]["Health"]["Status"] == "healthy":
                    took[name] = time.monotonic() - began_s
            time.sleep(POLL_EVERY_S)
        everything_is_back(stack)
    return took


def a_killed_service_comes_back(stack: Stack) -> None:
    """After kill -9 each container is restarted, and `verify` finds no difference."""
    stack.figures["healthy again after kill -9"] = until_back(stack, "KILL")
    stack.verify()


def a_hung_service_is_restarted(stack: Stack) -> None:
    """A process that is stopped (SIGSTOP) is noticed, ended and started again."""
    stack.figures["healthy again after SIGSTOP"] = until_back(stack, "STOP")
    stack.verify()


def kafka_is_away(stack: Stack) -> None:
    """Without Kafka services say what they wait for, pages go on, and then all is well again."""
    stack.compose("stop", "kafka")
    needing = ("intake", "aggregator", "nation", "notifier", "entry")
    took_s = wait_for(
        lambda: not any(stack.is_healthy(name) for name in needing),
        BACK_TIMEOUT_S,
        lambda: [name for name in needing if stack.is_healthy(name)],
    )
    stack.figures["unhealthy after Kafka is stopped"] = took_s
    require(get(f"{TICKER}/councils/{COUNCIL}")[0] == 200, "the page is away, too")  # noqa: PLR2004
    stack.compose("start", "kafka")
    stack.figures["healthy after Kafka is started"] = everything_is_back(stack)
    stack.verify()


def down_and_up(stack: Stack) -> None:
    """After `make compose-down` and `compose-up` the count is as it was; nobody is told again."""
    want = council()
    began_s = time.monotonic()
    stack.must("make", "compose-down")
    stack.figures["down"] = time.monotonic() - began_s
    stack.figures["start, with a night in Kafka"] = stack.start()
    wait_for(lambda: council() == want, BACK_TIMEOUT_S, council)
    stack.verify()
    nobody_was_told_again(stack, 0)


def redis_loses_its_volume(stack: Stack) -> None:
    """If Redis loses its volume the count is rebuilt from Kafka, and nobody is told again."""
    want = council()
    stack.compose("rm", "--stop", "--force", "redis")
    stack.must("docker", "volume", "rm", f"{PROJECT}_redis-data")
    began_s = time.monotonic()
    stack.compose("up", "--detach", "--no-recreate", "redis")
    wait_for(
        lambda: council().get("wards_declared") == want["wards_declared"], BACK_TIMEOUT_S, council
    )
    everything_is_back(stack)
    # A page may show for a moment what it had; the audit counts again.
    stack.verify()
    stack.figures["rebuilt from Kafka after Redis lost its volume"] = time.monotonic() - began_s
    nobody_was_told_again(stack, 0)


def an_upgrade_keeps_the_count(stack: Stack) -> None:
    """A new revision of the image replaces our containers and leaves Kafka, Redis and the count."""
    before = {name: stack.inspect(name)["Id"] for name in LASTING}
    stack.figures["upgrade to another revision"] = stack.start(LIVECOUNT_REVISION="another")
    after = {name: stack.inspect(name)["Id"] for name in LASTING}
    kept = {name for name in LASTING if before[name] == after[name]}
    require(kept == {"kafka", "redis"}, f"left as they were: {kept}")
    labels = json.loads(stack.must("docker", "inspect", PROJECT))[0]["Config"]["Labels"]
    require(labels["org.opencontainers.image.revision"] == "another", labels)
    stack.verify()
    nobody_was_told_again(stack, 0)


def docker_starts_again(stack: Stack) -> None:
    """After a restart of Docker everything comes back by itself."""
    if not stack.owns_docker:
        stack.figures["restart of Docker"] = "not tried: the daemon is not the check's own"
        return
    began_s = time.monotonic()
    stack.restart_docker()
    everything_is_back(stack)
    stack.figures["restart of Docker"] = time.monotonic() - began_s
    stack.verify()


def everything_is_lost_and_restored(stack: Stack) -> None:
    """An archive restores the night after all volumes are lost, and nobody is told again."""
    stack.command("audit", "archive", "--out", "/out/check")
    want = council()
    stack.compose("--profile", "feeds", "down", "--volumes")
    began_s = time.monotonic()
    stack.compose("up", "--detach", "--wait", "kafka", "redis")
    stack.compose("run", "--rm", "-T", "topics")
    stack.command("topics", "restore", "/out/check")
    stack.start()
    wait_for(
        lambda: council().get("wards_declared") == want["wards_declared"], BACK_TIMEOUT_S, council
    )
    stack.verify()
    stack.figures["restored from an archive, all volumes lost"] = time.monotonic() - began_s
    nobody_was_told_again(stack, 0)


def the_alert_is_still_there(stack: Stack) -> None:
    """After all that the page says `CON HOLD Barnet: 32 of 63`."""
    status, page = get(f"{TICKER}/councils/{COUNCIL}")
    require(status == 200 and HEADLINE in page, status)  # noqa: PLR2004
    stack.figures["the alert"] = str(council()["explanation"])


def nothing_is_left(stack: Stack) -> None:
    """`down --volumes` leaves no container, no volume and no network."""
    stack.compose("--profile", "*", "down", "--volumes")
    label = f"label=com.docker.compose.project={PROJECT}"
    left = [
        stack.must("docker", *words, "--filter", label, "-q").split()
        for words in (("ps", "-a"), ("volume", "ls"), ("network", "ls"))
    ]
    if stack.owns_docker:
        left.append(stack.must("docker", "volume", "ls", "-q").split())
    require(not any(left), left)


CHECKS = (
    a_killed_service_comes_back,
    a_hung_service_is_restarted,
    kafka_is_away,
    down_and_up,
    redis_loses_its_volume,
    an_upgrade_keeps_the_count,
    docker_starts_again,
    everything_is_lost_and_restored,
    the_alert_is_still_there,
    nothing_is_left,
)

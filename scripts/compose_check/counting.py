"""Checks of a night: keys, channels, files and feeds, the alert, and what it takes."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import secrets
import time

from scripts.compose_check.stack import (
    ENTRY,
    INTAKE,
    LASTING,
    PROJECT,
    TICKER,
    Stack,
    get,
    require,
    wait_for,
)

ELECTION = "local.2014-05-22"
COUNCIL = "local.barnet.2014-05-22"
HEADLINE = "CON HOLD Barnet: 32 of 63"
OF_A_RESULT = ("votes", "elected", "turnout_pct", "source", "declared_at")
CHANNELS = """
[[channels]]
name = "hook"
webhook = "http://receiver:8080/"
secret = "env:HOOK_SECRET"
rehearsal = true
"""
ENGLAND_TIMEOUT_S = 300.0
"""For 4,000 events of England in 2021; it took a fraction of that."""


def nominations(results: str) -> str:
    """Returns the results of a night as they were before it: who stands, without votes."""
    rows = list(csv.DictReader(io.StringIO(results)))
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0].keys())
    writer.writeheader()
    writer.writerows(row | dict.fromkeys(OF_A_RESULT, "") for row in rows)
    return written.getvalue()


def barnet(stack: Stack, name: str) -> str:
    """Returns a file of the Barnet night."""
    return (stack.checkout / "nights" / "barnet-2014" / f"{name}.csv").read_text(encoding="utf-8")


def council() -> dict[str, object]:
    """Returns Barnet as the ticker has it, nothing if it does not answer."""
    status, body = get(f"{TICKER}/v1/councils/{COUNCIL}")
    found: dict[str, object] = json.loads(body)["council"] if status == 200 else {}  # noqa: PLR2004
    return found


def a_key_is_made_in_a_container(stack: Stack) -> None:
    """`access add` in a container prints a token, with which intake and entry let somebody in."""
    added = stack.command("audit", "access", "add", "returning-officers", "--trust", "final")
    token = re.findall(r"returning-officers\.\S+", added)[-1]
    stack.put("secrets/livecount_feed_folder", token)
    (stack.checkout / ".local/secrets/livecount_feed_folder").chmod(0o644)
    stack.command("audit", "access", "add", "desk-1", "--role", "desk")
    stack.set("LIVECOUNT_KEYS_FILE", "/config/keys.toml")
    channels = (stack.checkout / ".local/config/channels.toml").read_text(encoding="utf-8")
    stack.put("config/channels.toml", channels + CHANNELS)
    key = base64.b64encode(secrets.token_bytes(24)).decode()
    stack.put("config/channels.env", f"HOOK_SECRET=whsec_{key}\n")
    stack.start()
    stack.compose("restart", "notifier")
    wait_for(lambda: not stack.unhealthy(), 90, stack.unhealthy)
    event = b"{}"
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    wrong = headers | {"authorization": "Bearer nobody.at-all"}
    found = [get(f"{INTAKE}/v1/declarations", event, each)[0] for each in (wrong, headers)]
    require(found == [401, 422], f"with a wrong key and with the right one: {found}")


def channels_can_be_tried(stack: Stack) -> None:
    """`notifier check` reads the channels with their secrets; `test` reaches the webhook."""
    shown = stack.command("notifier", "notifier", "check")
    require("hook: signed webhook" in shown, shown)
    stack.command("notifier", "notifier", "test")
    wait_for(
        lambda: "TEST from livecount" in stack.log("receiver"), 30, lambda: stack.log("receiver")
    )


def a_night_is_prepared_in_a_container(stack: Stack) -> None:
    """`prepare` makes a night's files in the mounted folder, `declare` opens its councils."""
    scripts = ("-v", f"{stack.checkout / 'scripts'}:/project/scripts:ro", "-w", "/project")
    invent = (*scripts, "--entrypoint", "python")
    stack.command(
        "audit",
        "-m",
        "scripts.invented_night",
        "/night/2027-05-06",
        "--councils",
        "12",
        options=invent,
    )
    status, shown = stack.run(
        *("docker", "compose", "run", "--rm", "-T", "--no-deps", "audit"),
        *("prepare", "2027-05-06", "--out", "/night/2027-05-06"),
    )
    require(status in {0, 3} and "12 councils" in shown, shown)
    shown = stack.command("audit", "declare", "/night/2027-05-06")
    require("declared in rehearsal" in shown, shown)


def a_night_goes_through_intake(stack: Stack) -> None:
    """A folder's results are posted to intake by a feed in a container, under its key."""
    for name in ("councils", "standing"):
        stack.put(f"night/{name}.csv", barnet(stack, name))
    stack.put("night/results.csv", nominations(barnet(stack, "results")))
    shown = stack.command("audit", "declare", "/night")
    require("Barnet: opened, 63 seats" in shown, shown)
    stack.compose("up", "--detach", "--wait", "feed-folder")
    stack.put("feeds/folder/results.csv", barnet(stack, "results"))
    took_s = wait_for(lambda: council().get("wards_declared") == 21, 90, council)  # noqa: PLR2004
    stack.figures["from the file to all 21 wards of Barnet on the page"] = took_s


def the_alert_is_at_the_log_the_page_and_a_channel(stack: Stack) -> None:
    """`CON HOLD Barnet: 32 of 63` is in the notifier's log, at the webhook, and on every page."""
    wait_for(lambda: HEADLINE in stack.log("notifier"), 60, lambda: stack.log("notifier")[-800:])
    wait_for(lambda: HEADLINE in stack.log("receiver"), 60, lambda: stack.log("receiver")[-800:])
    require(HEADLINE in str(council()["explanation"]), council()["explanation"])
    for path in (
        f"/v1/councils/{COUNCIL}/alerts",
        f"/v1/councils/{COUNCIL}/alerts.atom",
        f"/councils/{COUNCIL}",
        f"/elections/{ELECTION}/alerts",
    ):
        status, text = get(TICKER + path)
        require(status == 200 and HEADLINE in text, f"{path}: {status}")  # noqa: PLR2004
    said = stack.command("audit", "explain", "barnet")
    require(HEADLINE in said, said[-500:])


def the_nation_and_the_desk_have_pages(stack: Stack) -> None:
    """The night's page has the council added up, entry asks who it is, the desk has a token."""
    address = f"{TICKER}/v1/elections/{ELECTION}/national"
    wait_for(lambda: '"decided":1' in get(address)[1].replace(" ", ""), 60, lambda: get(address))
    for page, expected in ((f"{TICKER}/elections/{ELECTION}", 200), (f"{ENTRY}/sign-in", 200)):
        require(get(page)[0] == expected, f"{page}: {get(page)}")
    require(get(f"{TICKER}/desk")[0] == 401, "the desk's page asks for no token")  # noqa: PLR2004
    login = base64.b64encode(f"desk:{stack.secret('desk_token')}".encode()).decode()
    status, _ = get(f"{TICKER}/desk", headers={"authorization": f"Basic {login}"})
    require(status == 200, f"the desk's page with its token: {status}")  # noqa: PLR2004


def the_audit_finds_no_difference(stack: Stack) -> None:
    """`verify` counts the log again and finds what is stored."""
    stack.verify()


def two_aggregators_share_the_work(stack: Stack) -> None:
    """With `--scale aggregator=2` both count England in 2021, each its own councils."""
    stack.compose("up", "--detach", "--no-recreate", "--wait", "--scale", "aggregator=2")
    require(len(stack.containers("aggregator")) == 2, stack.containers("aggregator"))  # noqa: PLR2004
    night = stack.checkout / "nights" / "england-2021"
    mounted = ("-v", f"{night}:/england:ro")
    began_s = time.monotonic()
    files = [
        word
        for name in ("councils", "standing", "results")
        for word in (f"--{name}", f"/england/{name}.csv")
    ]
    stack.command("audit", "declare", *files, options=mounted)
    stack.figures["declared England in 2021 (4,000 events) with two aggregators"] = (
        time.monotonic() - began_s
    )
    stack.verify(ENGLAND_TIMEOUT_S)
    counted = [declarations(stack, number) for number in (1, 2)]
    require(min(counted) > 0, f"counted by each: {counted}")
    stack.figures["counted by each of two aggregators"] = counted
    stack.compose("up", "--detach", "--no-recreate", "--wait", "--scale", "aggregator=1")
    stack.verify()


def declarations(stack: Stack, number: int) -> int:
    """Returns how many declarations an aggregator has counted since its start."""
    script = (
        'python -c \'import urllib.request as r; print(r.urlopen("http://127.0.0.1:9100/metrics")'
        ".read().decode())'"
    )
    shown = stack.must("docker", "exec", f"{PROJECT}-aggregator-{number}", "sh", "-c", script)
    found = re.findall(
        r"^livecount_aggregator_declarations_total\{.*\} ([\d.e+]+)$", shown, re.MULTILINE
    )
    return int(sum(map(float, found)))


def memory_is_well_below_the_limits(stack: Stack) -> None:
    """After a whole English night no container has used three quarters of its memory."""
    names = [f"{PROJECT}-{name}-1" for name in (*LASTING, "feed-folder")]
    shown = stack.must("docker", "stats", "--no-stream", "--format", "{{json .}}", *names)
    found = {}
    for line in shown.splitlines():
        each = json.loads(line)
        service = each["Name"].removeprefix(f"{PROJECT}-").removesuffix("-1")
        used, limit = each["MemUsage"].split(" / ")
        found[service] = {
            "memory": used,
            "limit": limit,
            "percent": float(each["MemPerc"].rstrip("%")),
        }
    stack.figures["memory"] = found
    require({name for name, each in found.items() if each["percent"] > 75} == set(), found)  # noqa: PLR2004


def commands_work_or_say_why_not(stack: Stack) -> None:
    """Commands run in containers; what needs a Kafka of its own says that it has none."""
    given = [
        word
        for name in ("councils", "standing", "results")
        for word in (f"--{name}", f"/barnet/{name}.csv")
    ]
    mounted = ("-v", f"{stack.checkout / 'nights/barnet-2014'}:/barnet:ro")
    require(HEADLINE in stack.command("audit", "tally", *given, options=mounted), "tally")
    require(HEADLINE in stack.command("topics", "rehearse", *given, options=mounted), "rehearse")
    stack.command("audit", "rejects", "list")
    for command in (("demo", "--speed", "max", "--no-serve"), ("stack", "up")):
        _, shown = stack.run(
            "docker", "compose", "run", "--rm", "-T", "--no-deps", "topics", *command
        )
        require("Traceback" not in shown and "Kafka" in shown, f"{command}: {shown[-600:]}")


CHECKS = (
    a_key_is_made_in_a_container,
    channels_can_be_tried,
    a_night_is_prepared_in_a_container,
    a_night_goes_through_intake,
    the_alert_is_at_the_log_the_page_and_a_channel,
    the_nation_and_the_desk_have_pages,
    the_audit_finds_no_difference,
    two_aggregators_share_the_work,
    memory_is_well_below_the_limits,
    commands_work_or_say_why_not,
)

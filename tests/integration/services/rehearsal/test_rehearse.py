import csv
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.platform.kafka import admin
from services.platform.names import Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.checkout import CHECKOUT

NIGHTS = CHECKOUT / "nights"


def livecount(
    *arguments: str, settings: Settings, folder: Path, **further: str
) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("LIVECOUNT_")
    }
    environment |= {
        "LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "LIVECOUNT_REDIS_URL": settings.redis_url.get_secret_value(),
        "LIVECOUNT_ACCOUNTS_DIR": str(settings.accounts_dir),
    }
    environment |= {f"LIVECOUNT_{name.upper()}": value for name, value in further.items()}
    return subprocess.run(
        [sys.executable, "-m", "services.cli", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def files(night: str) -> list[str]:
    folder = NIGHTS / night
    return [
        *("--councils", str(folder / "councils.csv")),
        *("--standing", str(folder / "standing.csv")),
        *("--results", str(folder / "results.csv")),
    ]


@pytest.mark.parametrize("night", ["barnet-2014", "london-2014", "three-boroughs-2022"])
def test_rehearse_and_tally_print_the_same(night: str, settings: Settings, tmp_path: Path) -> None:
    """All services together give the same councils and alerts as the rules by themselves."""
    rehearsed = livecount("rehearse", *files(night), "--json", settings=settings, folder=tmp_path)
    tallied = livecount("tally", *files(night), "--json", settings=settings, folder=tmp_path)

    assert (rehearsed.returncode, tallied.returncode) == (0, 0), rehearsed.stderr
    assert json.loads(rehearsed.stdout) == json.loads(tallied.stdout)


def test_a_rehearsal_runs_where_the_environment_names_a_port_for_metrics(
    settings: Settings, tmp_path: Path
) -> None:
    """As in a container: the port is one service's, and a rehearsal starts two."""
    (port,) = free_ports(1, random.Random())
    rehearsed = livecount(
        *("rehearse", *files("barnet-2014")),
        settings=settings,
        folder=tmp_path,
        metrics_port=str(port),
    )

    assert rehearsed.returncode == 0, rehearsed.stderr


def test_a_rehearsal_with_an_event_file_equals_the_tally(
    settings: Settings, tmp_path: Path
) -> None:
    """Corrections, duplicates, old revisions and recounts give the same in both."""
    (tmp_path / "events.jsonl").write_text(
        "".join(json.dumps(event) + "\n" for event in barnet_events())
    )
    arguments = [*files("barnet-2014"), "--events", "events.jsonl", "--json"]

    rehearsed = livecount("rehearse", *arguments, settings=settings, folder=tmp_path)
    tallied = livecount("tally", *arguments, settings=settings, folder=tmp_path)

    assert (rehearsed.returncode, tallied.returncode) == (0, 0), rehearsed.stderr
    counted = json.loads(rehearsed.stdout)
    assert counted == json.loads(tallied.stdout)
    control = [
        (alert["action"], alert["control"], alert["seq"])
        for alert in counted["alerts"]
        if alert["kind"] == "control"
    ]
    assert control == [("raise", "PP52", 22), ("retract", "PP52", 24), ("raise", "PP52", 26)]


def barnet_events() -> list[dict[str, Any]]:
    """Returns Barnet's night; Childs Hill is recounted, lost by the Conservatives, and won back."""
    wards: dict[str, list[dict[str, str]]] = {}
    with (NIGHTS / "barnet-2014" / "results.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            wards.setdefault(row["ward"], []).append(row)
    night = [name for name in wards if name not in {"Childs Hill", "Colindale"}]

    def declaration(name: str, revision: int, *, without: str = "") -> dict[str, Any]:
        rows = wards[name]
        ranked = sorted(
            rows, key=lambda row: (row["party_id"] == without, -int(row["votes"] or "0"))
        )
        elected = {row["candidate"] for row in ranked[:3]}
        return {
            **place(name),
            "type": "declaration",
            "revision": revision,
            "seats": 3,
            "candidates": [
                {
                    "candidate": row["candidate"],
                    "party": row["party"],
                    "party_id": row["party_id"],
                    "votes": None if without else int(row["votes"]),
                    "elected": int(row["candidate"] in elected),
                }
                for row in rows
            ],
        }

    def place(name: str) -> dict[str, Any]:
        row = wards[name][0]
        return {name: row[name] for name in ("council_gss", "council", "ward_gss", "ward")}

    events = [declaration(name, 1) for name in night]
    events.append(
        {**place("Childs Hill"), "type": "recount", "revision": 0, "seats": 3, "candidates": []}
    )
    events.append(
        {**place("Colindale"), "type": "postponed", "revision": 0, "seats": 3, "candidates": []}
    )
    events += [
        declaration("Childs Hill", 1),
        declaration("Childs Hill", 1),
        declaration("Childs Hill", 2, without="PP52"),
        declaration("Childs Hill", 1),
        declaration("Childs Hill", 3),
    ]
    return [
        {"seq": seq, "id": f"{event['ward']}-{event['type']}-{event['revision']}", **event}
        for seq, event in enumerate(events, start=1)
    ]


async def test_a_rehearsal_leaves_nothing_behind(settings: Settings, tmp_path: Path) -> None:
    """Its topics and keys are removed at the end."""
    done = livecount("rehearse", *files("barnet-2014"), settings=settings, folder=tmp_path)

    client = admin(settings, "test")
    await client.start()
    topics = set(await client.list_topics())
    await client.close()
    async with connect(settings) as redis:
        keys = [key async for key in redis.scan_iter("rehearsal-*")]
    assert done.returncode == 0, done.stderr
    assert not [name for name in topics if name.startswith("rehearsal-")]
    assert keys == []
    assert Topics(settings.namespace).alerts in topics

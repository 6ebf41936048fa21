"""A prepared night: declared, prepared again, declared again, and ready, with a real Kafka."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.platform.settings import Settings
from tests.support.intake_log import log
from tests.support.prepared import SAMPLES, NightFolder

Process = Callable[..., Any]

KESTREL = "Exampleborough,local.exampleborough.kestrel.2027-05-06"
UNKNOWN = "Kestrel: nominations are not known, so that anyone can win"
LEFT_OUT = "the number of all its seats is not known, so that the council is left out"
SETTLED = (
    "Exampleborough,,,,seats_total,31,",
    f"{KESTREL},,,seats_contested,1,",
    f'{KESTREL},,,settled,"{UNKNOWN}",',
    "New Westshire,,,,seats_total,15,",
    'New Westshire,,,,settled,"no seats before, and nobody controlled it: a new council",',
    "New Westshire,,,,council_gss,E06999001,",
    f'Otherdale,,,,settled,"{LEFT_OUT}",',
    "Sir Enghraifft,,Independent,,seats_eve_of_poll,1,",
    "Sir Enghraifft,,Independent,,seats_last_election,1,",
)
CHANNELS = '[[channels]]\nname = "desk"\nurl = "console://"\nrehearsal = true\n'


@pytest.fixture
def night(tmp_path: Path) -> NightFolder:
    found = NightFolder.with_samples(tmp_path / "2027-05-06")
    found.prepare()
    return found


async def test_a_withdrawal_opens_the_council_again(
    process: Process, settings: Settings, night: NightFolder
) -> None:
    """Only that council is sent, under the next revision; nothing is set aside."""
    first = process("declare", str(night.folder))
    assert first.process.wait(60) == 0, first.written()
    shutil.copy(SAMPLES / "dc-v2.csv", night.sources / "dc-candidates.csv")
    night.prepare()

    again = process("declare", str(night.folder))

    assert again.process.wait(60) == 0
    assert "Exampleborough: opened again, revision 2: 1 ward changed: Abbey" in again.written()
    records = [json.loads(record.value) for record in await log(settings)]
    opened = [each for each in records if each["type"] == "council.opened"]
    (again_opened,) = [each for each in opened if each["revision"] == 2]
    assert [each["revision"] for each in opened if each is not again_opened] == [1, 1, 1, 1]
    (abbey,) = [ward for ward in again_opened["wards"] if ward["ward"] == "Abbey"]
    assert "Candidate 90004" not in {each["candidate"] for each in abbey["candidates"]}
    third = process("declare", str(night.folder))
    assert third.process.wait(60) == 0
    assert f"0 declared in {settings.namespace}" in third.written()


async def test_ready_says_what_is_left_until_nothing_is(
    process: Process, settings: Settings, night: NightFolder, tmp_path: Path
) -> None:
    """Councils, wards, keys, channels and what is to do; the status is 0 only at the end."""
    day = ("2027-05-06", "--folder", str(night.folder))
    before = process("ready", *day)

    assert before.process.wait(60) == 1
    written = before.written()
    assert "to do: 0 of 4 councils open as the files say" in written
    assert "Exampleborough: not opened" in written
    assert "ok: 21 of 21 wards with nominations" in written
    assert "to do: no keys" in written
    assert "to do: no channels" in written
    assert "Otherdale: left out" in written
    assert await log(settings) == []

    night.correct(*SETTLED)
    night.prepare()
    assert process("declare", str(night.folder)).process.wait(60) == 0
    keys, channels = tmp_path / "keys.toml", tmp_path / "channels.toml"
    channels.write_text(CHANNELS, encoding="utf-8")
    added = process("access", "add", "agency", "--keys", str(keys))
    assert added.process.wait(60) == 0
    files = ("--keys", str(keys), "--channels", str(channels))
    after = process("ready", *day, *files)

    assert after.process.wait(60) == 1
    written = after.written()
    assert "ok: 4 of 4 councils open as the files say" in written
    assert "ok: keys of 1 source: agency" in written
    assert "ok: 1 channel: desk" in written
    assert "Kestrel, Exampleborough: nominations are not known" in written
    assert "1 thing left to do" in written

    night.correct(
        *SETTLED,
        "Exampleborough,local.exampleborough.kestrel.2027-05-06,PP90,Ann Example,nominated,1,",
    )
    night.prepare()
    changed = process("ready", *day, *files)
    assert changed.process.wait(60) == 1
    assert "Exampleborough: the files have changed since it was opened" in changed.written()
    assert process("declare", str(night.folder)).process.wait(60) == 0

    done = process("ready", *day, *files)

    assert done.process.wait(60) == 0, done.written()
    assert done.written().rstrip().endswith("ready")

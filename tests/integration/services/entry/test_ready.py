"""The page that says what is left to do before the polls close, with a real Kafka."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from services.readiness.night_files import read_night_files
from tests.support.entering import at_the_desk, entering, text_of
from tests.support.keys import added
from tests.support.prepared import NightFolder

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]

CHANNELS = '[[channels]]\nname = "desk"\nurl = "console://"\nrehearsal = true\n'


@pytest.fixture
def night(tmp_path: Path) -> NightFolder:
    """The folder of a prepared night, in which something is still to do."""
    found = NightFolder.with_samples(tmp_path / "2027-05-06")
    found.prepare()
    return found


@pytest.fixture
def token(keys: Path, desk_token: str) -> str:
    """The token of the desk's key; a source has one, too."""
    added(keys, "agency")
    return desk_token


def lines(html: str) -> list[str]:
    """Returns what was looked at, and what is left, as the command prints it."""
    checks = html.partition('id="checks"')[2].partition("</ol>")[0]
    found = []
    for check in checks.split("<li class")[1:]:
        state = "to do" if ">To do<" in check else "ok"
        (text,) = re.findall(r'<p class="alert-text">(.*?)</p>', check)
        found.append(f"{state}: {text_of(text)}")
        found += (f"  {text_of(each)}" for each in re.findall(r"<li>(.*?)</li>", check))
    return found


async def test_the_page_has_what_the_command_prints_and_changes_with_log_and_files(  # noqa: PLR0913, PLR0917
    settings: Settings,
    keys: Path,
    token: str,
    night: NightFolder,
    tmp_path: Path,
    process: Process,
    eventually: Eventually,
) -> None:
    """Councils, wards, keys, channels and what is to do; each is looked at again each time."""
    channels = tmp_path / "channels.toml"
    own = settings.model_copy(
        update={"night_dir": night.folder, "notifier_channels_file": channels}
    )
    async with entering(own, keys) as entry, at_the_desk(entry.url, token) as desk:
        assert 'href="/ready"' in (await desk.get("/desk")).text
        before = await desk.get("/ready")
        assert before.status_code == 200
        assert "to do: 0 of 4 councils open as the files say" in lines(before.text)
        assert "to do: no channels" in lines(before.text)
        assert "ok: keys of 1 source: agency" in lines(before.text)
        assert any("Otherdale: left out" in line for line in lines(before.text))

        channels.write_text(CHANNELS, encoding="utf-8")
        async with DeclarationProducer(own) as producer:
            files = read_night_files(night.folder, own).night
            await producer.publish_all((*files.openings, *files.declarations))

        async def is_open() -> bool:
            page = (await desk.get("/ready")).text
            return "ok: 4 of 4 councils open as the files say" in lines(page)

        await eventually(is_open)
        opened = lines((await desk.get("/ready")).text)
        assert "ok: 1 channel: desk" in opened
        ready = process(
            *("ready", "2027-05-06", "--folder", str(night.folder)),
            *("--keys", str(keys), "--channels", str(channels)),
        )
        assert ready.process.wait(60) == 1
        assert opened == ready.written().splitlines()[:-1]

        results = night.folder / "results.csv"
        text = results.read_text(encoding="utf-8")
        results.write_text(text.replace("Candidate 90004", "Candidate Renamed"), encoding="utf-8")
        changed = lines((await desk.get("/ready")).text)

    assert "to do: 3 of 4 councils open as the files say" in changed
    again = "the files have changed since it was opened; declare them again"
    assert f"  Exampleborough: {again}" in changed


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("results.csv", b"\xff\xfe\x00", "results.csv:1: "),
        ("councils.csv", b"council\nA,B\n", "councils.csv:1: "),
        ("standing.csv", b'council_gss\n"', "standing.csv:1: "),
        ("night.toml", b"a = " + b"[" * 10_000, "night.toml:1: not TOML: nested too deeply"),
        ("parties.csv", b"%PDF-1.4", "parties.csv:1: is "),
        ("todo.csv", b"council\nAll\n", "todo.csv:1: ballot_paper_id: no such column"),
        ("results.csv", None, "results.csv:1: is no file"),
    ],
)
async def test_a_file_with_a_fault_is_named_and_the_rest_is_looked_at(  # noqa: PLR0913, PLR0917
    settings: Settings,
    keys: Path,
    token: str,
    night: NightFolder,
    name: str,
    content: bytes | None,
    fault: str,
) -> None:
    """Keys and channels are checked all the same."""
    file = night.folder / name
    if content is None:
        file.unlink()
        os.mkfifo(file)
    else:
        file.write_bytes(content)
    own = settings.model_copy(update={"night_dir": night.folder})
    async with entering(own, keys) as entry, at_the_desk(entry.url, token) as desk:
        page = await desk.get("/ready")

    assert page.status_code == 200
    assert lines(page.text)[0] == "to do: the files of the night cannot be used"
    assert str(night.folder / fault) in text_of(page.text)
    assert "ok: keys of 1 source: agency" in lines(page.text)


async def test_what_a_file_has_is_shown_as_text(
    settings: Settings, keys: Path, token: str, night: NightFolder
) -> None:
    """Markup in the name of a council is no markup of the page."""
    todo = night.folder / "todo.csv"
    text = todo.read_text(encoding="utf-8")
    todo.write_text(f"{text}<b>Bold</b>,,left out,,x,,\n", encoding="utf-8")
    own = settings.model_copy(update={"night_dir": night.folder})
    async with entering(own, keys) as entry, at_the_desk(entry.url, token) as desk:
        page = (await desk.get("/ready")).text

    assert "&lt;b&gt;Bold&lt;/b&gt;: left out: x" in page
    assert "<b>Bold" not in page


async def test_without_a_folder_the_page_says_what_to_set(
    settings: Settings, keys: Path, token: str
) -> None:
    """And whoever has not signed in has to."""
    async with entering(settings, keys) as entry:
        async with at_the_desk(entry.url) as nobody:
            assert (await nobody.get("/ready")).url.path == "/sign-in"
        async with at_the_desk(entry.url, token) as desk:
            page = await desk.get("/ready")

    assert page.status_code == 200
    assert "export LIVECOUNT_NIGHT_DIR=" in page.text

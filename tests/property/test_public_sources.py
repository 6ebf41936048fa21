"""Public sources whose cells and fields hold anything at all."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from pathlib import Path
from random import Random
from typing import Any

import pytest

from readers.findings import Findings
from readers.parties_file import shipped_register
from readers.public_sources.reading import read_sources
from services.prepare.corrections import Corrections
from services.prepare.folder import faults_of
from services.prepare.preparing import prepare
from tests.support.prepared import FILES, POLL, SAMPLES

ANYTHING = (
    *(None, True, False, 0, -1, 10**30, 1.5, "", "x", "\x00", "é" * 400, [], {}, [1], {"a": 1}),
    *("2027-05-06", "local..", "local.exampleborough.a b.2027-05-06", "PP52", "=cmd", "a\nb"),
    *("6", "999999", "\u202e", "local.exampleborough.by.2027-05-06"),
)


def spoilt(item: Any, chance: Random, share: float) -> Any:
    """Returns JSON of which a share is something else, or missing."""
    if chance.random() < share:
        return chance.choice(ANYTHING)
    if isinstance(item, dict):
        return {
            name: spoilt(value, chance, share)
            for name, value in item.items()
            if chance.random() > share / 3
        }
    return [spoilt(each, chance, share) for each in item] if isinstance(item, list) else item


def spoilt_table(text: str, chance: Random, share: float) -> str:
    header, *rows = csv.reader(io.StringIO(text))
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    for row in rows:
        writer.writerow(
            [str(chance.choice(ANYTHING)) if chance.random() < share else cell for cell in row]
        )
    return written.getvalue()


@pytest.mark.parametrize("seed", range(24))
def test_whatever_sources_hold_a_night_is_made_or_its_faults_are_named(
    tmp_path: Path, seed: int
) -> None:
    """Nothing in them stops the work, and what cannot be counted is a fault of the files."""
    chance = Random(seed)
    share = chance.choice([0.002, 0.01, 0.05, 0.3])
    files = []
    for name in (*FILES, "dc-ballots.json"):
        text = (SAMPLES / name).read_text(encoding="utf-8")
        if name.endswith(".json"):
            text = json.dumps(spoilt(json.loads(text), chance, share))
        elif name.endswith(".csv"):
            text = spoilt_table(text, chance, share)
        (tmp_path / name).write_text(text, encoding="utf-8")
        files.append(tmp_path / name)
    findings = Findings()

    sources = read_sources(files, POLL, findings)
    texts = prepare(sources, POLL, shipped_register(), Corrections()).texts()

    assert tomllib.loads(texts["night.toml"])["election_date"] == POLL
    assert all(": " in fault for fault in faults_of(texts, None))


def test_an_answer_with_a_number_in_place_of_candidates_has_none(tmp_path: Path) -> None:
    """The ballot is there, and nominations are not known."""
    page = json.loads((SAMPLES / "dc-ballots.json").read_text(encoding="utf-8"))
    page["results"][0]["candidacies"] = 7
    (tmp_path / "page.json").write_text(json.dumps(page), encoding="utf-8")

    (ballot,) = read_sources([tmp_path / "page.json"], POLL, Findings()).nominations

    assert ballot.candidates == ()

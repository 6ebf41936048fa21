"""The file of the nation."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers.findings import UnusableFilesError
from services.nation.plan_file import read_plan

COUNCILS = """\
election_date,council,council_gss,cycle,seats_total,control_before,independents_as_party
2026-05-07,Barnet,E09000003,all-out,63,PP53,0
2026-05-07,Leeds,E08000035,thirds,99,PP53,0
"""


def written(folder: Path, text: str) -> Path:
    """Returns a file of the nation, beside a list of two councils."""
    (folder / "councils.csv").write_text(COUNCILS)
    file = folder / "nation.toml"
    file.write_text(text)
    return file


def faults(file: Path) -> list[str]:
    """Returns what is wrong with a file, without its folder."""
    with pytest.raises(UnusableFilesError) as refused:
        read_plan(file)
    return str(refused.value).replace(f"{file.parent}/", "").splitlines()


def test_marks_digest_and_councils_are_read(tmp_path: Path) -> None:
    """Parties are named by id or name, places by kind and name, councils in a file beside it."""
    plan = read_plan(
        written(
            tmp_path,
            """
            [digest]
            minutes = 15

            [night]
            councils = "councils.csv"

            [[mark]]
            name = "700 gains"
            count = "seats_change"
            party = "Labour"
            at_least = 700

            [[mark]]
            name = "Fewer than ten in London"
            count = "councils"
            party = "PP52"
            below = 10
            where = {kind = "region", name = "London"}
            """,
        )
    )

    assert plan.digest_minutes == 15
    assert [(mark.party, mark.bound, mark.limit) for mark in plan.marks or ()] == [
        ("PP53", "at_least", 700),
        ("PP52", "below", 10),
    ]
    assert [each.council for each in plan.expected] == [
        "local.barnet.2026-05-07",
        "local.leeds.2026-05-07",
    ]
    assert plan.place_of("E09000003").region == "London"


def test_without_a_file_there_are_the_marks_of_every_night() -> None:
    """And no digest, and no list of councils."""
    plan = read_plan(None)

    assert (plan.marks, plan.digest_minutes, plan.expected) == (None, None, ())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("marks = [", "nation.toml:1: not TOML"),
        ("[digests]\nminutes = 1\n", "nation.toml:1: digests: unknown"),
        ("[digest]\nminutes = 0\n", "nation.toml:1: digest.minutes: 0"),
        ('\n\n[[mark]]\nname = "x"\n', "nation.toml:3: mark 'x': count: missing"),
        (
            """[[mark]]
name = "x"
count = "councils_decided"
at_least = 1
[[mark]]
name = "y"
count = "seats_won"
at_least = 1
""",
            "nation.toml:5: mark 'y': party: blank",
        ),
        ('[night]\ncouncils = "none.csv"\n', "none.csv:1: cannot be read"),
    ],
)
def test_a_fault_is_named_with_its_line_and_field(tmp_path: Path, text: str, fault: str) -> None:
    """And what to do about it."""
    found = faults(written(tmp_path, text))

    assert len(found) == 1
    assert found[0].startswith(fault)


def test_every_fault_is_listed_at_once(tmp_path: Path) -> None:
    """Whoever mends the file need not start it again for each."""
    bad = '[[mark]]\nname = "x"\ncount = "seats"\nparty = "PP52"\nat_least = 1\n'

    assert len(faults(written(tmp_path, 3 * bad))) == 3

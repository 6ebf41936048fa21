import json
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readers.findings import Finding, UnusableFilesError
from readers.night import read_night
from services.rehearsal.tally import fold
from tests.support.night_files import RandomNight
from tests.support.night_writer import Files

NASTY = (
    *("", " ", "0", "-1", "1.5", "1e9", "9" * 30, "٣", "NaN", "1,000", "yes", "NOC", "PP53", "🗳"),
    *('"', '"Smith, "Ann""', "a,b", "\x00", "\x1b[31m", "\u2028", "x" * 5_000, "=1+1", "<b>"),
    *("2022-05-05", "2022-13-01", "2021-01-01", "2022-06-09", "S09000000", "E09000000", "../.."),
    *("{", "[]", "null", '{"seq": 1}', '{"seq": "1", "type": "declaration"}'),
)


def spoil(text: str, chance: Random) -> str:
    """Returns a file with a few cells or bytes replaced, lines doubled, dropped or swapped."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(lines))
        kind = chance.randrange(5)
        if kind == 0:
            cells = lines[place].split(",")
            cells[chance.randrange(len(cells))] = chance.choice(NASTY)
            lines[place] = ",".join(cells)
        elif kind == 1:
            lines.insert(chance.randrange(len(lines)), lines[place])
        elif kind == 2:
            lines[place] = chance.choice(NASTY)
        elif kind == 3:
            other = chance.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        elif len(lines) > 1:
            del lines[place]
    return "\n".join(lines)


def faults(paths: dict[str, Path | None]) -> tuple[Finding, ...]:
    """Returns the faults of the files; counts them where there are none."""
    councils, standing, results = (paths[name] for name in ("councils", "standing", "results"))
    assert councils is not None
    assert standing is not None
    assert results is not None
    try:
        night = read_night(councils, standing, results, paths["events"], mode="rehearsal")
    except UnusableFilesError as error:
        return error.faults
    fold(night)
    return ()


PEOPLE = (("Ann", "PP53", 20, True), ("Bob", "PP52", 10, False))


def shapes() -> dict[str, str]:
    """Returns one ward in each form that is no `results.csv`."""
    people = [
        {
            "elected": elected,
            "party": {"ec_id": party, "name": ""},
            "person": {"id": 1, "name": name},
            "result": {"num_ballots": votes},
        }
        for name, party, votes, elected in PEOPLE
    ]
    ballot = {"ballot_paper_id": "local.barnet.hale.2014-05-22", "winner_count": 1}
    lines = "".join(
        f"<candidate><electionareaid>1</electionareaid><candidatename>{name}</candidatename>\n"
        f"<numvotes>{votes}</numvotes>\n<iselected>{elected}</iselected></candidate>\n"
        for name, _, votes, elected in PEOPLE
    )
    area = "<electionarea><electionareaid>1</electionareaid>\n<title>Hale</title>\n"
    lga = "electoralarealabel,candidatesurname,politicalpartyuri,organisationlabel,votes,elected"
    return {
        "json": json.dumps({"results": [ballot | {"candidacies": people}]}, indent=0),
        "xml": f"<election>\n{lines}{area}<numseats>1</numseats>\n</electionarea></election>",
        "lga": "\n".join([lga, *(f"Hale,{n},{p},Barnet,{v},{e}" for n, p, v, e in PEOPLE)]),
    }


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_any_file_of_another_form_is_counted_or_refused_with_its_lines(seed: int) -> None:
    """Answers of Democracy Club's API, ModernGov's XML and the LGA schema, with slips in them."""
    chance = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        files = Files(Path(folder))
        files.councils = ["2014-05-22,Barnet,E09000003,all-out,1,,0"]
        paths: dict[str, Path | None] = {"events": None, **files.paths()}
        text = spoil(chance.choice([*shapes().values()]), chance)
        (Path(folder) / "results.csv").write_text(text, encoding="utf-8")
        found = faults(paths)

    assert all(fault.line >= 1 and fault.message for fault in found)


@pytest.mark.parametrize("shape", shapes())
def test_each_other_form_is_counted_as_it_is(tmp_path: Path, shape: str) -> None:
    """Without slips there are no faults."""
    files = Files(tmp_path)
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,1,,0"]
    paths: dict[str, Path | None] = {"events": None, **files.paths()}
    (tmp_path / "results.csv").write_text(shapes()[shape], encoding="utf-8")

    assert faults(paths) == ()


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_any_file_is_is_counted_or_refused_with_its_lines(seed: int) -> None:
    """Whatever a file holds, the reader gives a night that counts, or faults with file and line."""
    chance = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        paths = RandomNight(chance).write(Path(folder))
        spoilt = chance.choice([path for path in paths.values() if path is not None])
        text = spoil(spoilt.read_text(encoding="utf-8"), chance)
        spoilt.write_text(text, encoding=chance.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"]))
        found = faults(paths)

    assert all(fault.line >= 1 and fault.message for fault in found)

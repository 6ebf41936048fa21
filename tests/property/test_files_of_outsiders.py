import tempfile
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from readers.findings import Finding, UnusableFilesError
from readers.night import read_night
from services.rehearsal.tally import fold
from tests.support.night_files import RandomNight

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


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_any_file_is_counted_or_refused_with_its_lines(seed: int) -> None:
    """Whatever a file holds, the reader gives a night that counts, or faults with file and line."""
    chance = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        paths = RandomNight(chance).write(Path(folder))
        spoilt = chance.choice([path for path in paths.values() if path is not None])
        text = spoil(spoilt.read_text(encoding="utf-8"), chance)
        spoilt.write_text(text, encoding=chance.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"]))
        found = faults(paths)

    assert all(fault.line >= 1 and fault.message for fault in found)

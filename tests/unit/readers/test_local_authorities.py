import pytest

from readers.local_authorities import Place, place
from readers.night import load_night, nights

ENGLAND = {
    *("East Midlands", "East of England", "London", "North East", "North West"),
    *("South East", "South West", "West Midlands", "Yorkshire and The Humber"),
}
TYPES = {
    *("London borough", "Metropolitan district", "Non-metropolitan district", "County"),
    *("Unitary authority", "Scottish unitary authority", "Welsh unitary authority"),
}


@pytest.mark.parametrize("name", nights())
def test_every_council_of_every_night_is_in_a_region(name: str) -> None:
    """None is without its nation, region and kind, whatever code it had on that day."""
    councils = load_night(name).openings

    assert councils
    for each in councils:
        found = place(each.council_gss or "")
        assert found.authority_type in TYPES, each.name
        if found.nation == "England":
            assert found.region in ENGLAND, each.name
        else:
            assert (found.nation, found.region) in {("Scotland",) * 2, ("Wales",) * 2}, each.name


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ("E07000101", "E07000243"),  # Stevenage
        ("E08000019", "E08000039"),  # Sheffield
        ("E08000020", "E08000037"),  # Gateshead
        ("S12000043", "S12000049"),  # Glasgow
        ("S12000046", "S12000049"),
    ],
)
def test_former_code_of_a_council_has_the_place_of_its_code_now(former: str, now: str) -> None:
    """A council whose boundary moved has another code, and is where it was."""
    assert place(former) == place(now)
    assert place(now).region


def test_council_that_was_abolished_keeps_its_place() -> None:
    """Past nights have councils that are no more; Christchurch's register entry has no region."""
    assert place("E07000048") == Place("England", "South West", "Non-metropolitan district")


@pytest.mark.parametrize(
    ("council_gss", "nation"), [("W06000099", "Wales"), ("E06999999", "England"), ("", "")]
)
def test_council_that_the_register_does_not_have_is_in_no_region(
    council_gss: str, nation: str
) -> None:
    """Nothing is made up: the code says the nation, and nothing else."""
    assert place(council_gss) == Place(nation, "", "")

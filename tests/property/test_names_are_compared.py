from hypothesis import given
from hypothesis import strategies as st

from readers.parties_file import shipped_register
from readers.party_id import canonical_party_id
from schemas.spelling import compared, tidied

NUMBERS = st.integers(min_value=1, max_value=99_999)
FORMS = (
    "PP{0}",
    "pp{0}",
    " PP {0} ",
    "party:{0}",
    "Party:{0}",
    "http://search.electoralcommission.org.uk/English/Registrations/PP{0}",
    "https://candidates.democracyclub.org.uk/parties/pp{0}/",
    "https://example.org/organizations/party:{0}/?format=json",
)


@given(st.text(max_size=400))
def test_comparing_again_changes_nothing(name: str) -> None:
    """A name that was compared, and one that was tidied, stay what they are."""
    assert compared(compared(name)) == compared(name)
    assert tidied(tidied(name)) == tidied(name)
    assert compared(tidied(name)) == compared(name)


@given(NUMBERS)
def test_every_written_form_of_an_id_is_one_id(number: int) -> None:
    """However it is written, and however often it is read."""
    found = {canonical_party_id(form.format(number)) for form in FORMS}

    assert found == {f"PP{number}"}
    assert {canonical_party_id(each) for each in found} == found


@given(st.text(max_size=150))
def test_an_id_is_canonical_after_one_reading(written: str) -> None:
    """Whatever stands in the cell."""
    once = canonical_party_id(written)
    assert canonical_party_id(once) == once


@given(st.text(max_size=150), st.text(max_size=150), st.sampled_from(["", "E", "S", "N", "W"]))
def test_a_party_that_was_found_is_found_again(party_id: str, label: str, nation: str) -> None:
    """Reading what the log has gives the same party."""
    register = shipped_register()
    try:
        party = register.party(party_id, label, nation=nation)
    except ValueError:
        return
    assert register.party(*party, nation=nation) == party

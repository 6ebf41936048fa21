"""The arguments of the audit's commands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.reject import Reject
from services.audit.rejects import Place, UnusableError, outgoing, parse_place
from services.audit.times import parse_as_of
from services.platform.council_name import UnknownCouncilError, resolve

COUNCILS = ("local.barnet.2014-05-22", "local.bath.2014-05-22", "local.bath.2018-05-03")


@pytest.mark.parametrize("name", ["local.barnet.2014-05-22", "barnet", "Barnet", " BARNET "])
def test_a_council_is_known_by_its_id_or_short_name(name: str) -> None:
    """The part between the dots is enough, in upper or lower case."""
    assert resolve(name, COUNCILS) == "local.barnet.2014-05-22"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bath", "fits several; give one of local.bath.2014-05-22, local.bath.2018-05-03"),
        ("barn", "is it one of local.barnet.2014-05-22?"),
        ("york", "give its id or its short name"),
    ],
)
def test_a_name_that_fits_no_council_or_several_is_refused(name: str, message: str) -> None:
    """The refusal lists what to choose from."""
    with pytest.raises(UnknownCouncilError, match="council: ") as refused:
        resolve(name, COUNCILS)

    assert message in str(refused.value)


def test_a_time_without_an_offset_is_uk_time() -> None:
    """Ten past five on a May morning is ten past four in UTC."""
    assert parse_as_of("2014-05-23T05:10") == datetime(2014, 5, 23, 4, 10, tzinfo=UTC)
    assert parse_as_of("2014-05-23T05:10Z") == datetime(2014, 5, 23, 5, 10, tzinfo=UTC)
    with pytest.raises(ValueError, match="as-of: 'five'; give a time such as 2014-05-23T05:10"):
        parse_as_of("five")


def test_a_place_is_typed_as_it_is_shown() -> None:
    """It is partition and offset with a slash between them; that of a night says so before."""
    assert parse_place(str(Place(3, 1234))) == Place(3, 1234)
    assert parse_place(str(Place(3, 1234, "night"))) == Place(3, 1234, "night")
    with pytest.raises(UnusableError, match="place: '3'; give partition/offset"):
        parse_place("3")


@pytest.mark.parametrize(
    ("value", "corrected", "message"),
    [
        (None, None, "give --file"),
        (b"{", None, "Invalid JSON"),
        (b"{}", b'{"type":"ward.status"}', "council: Field required"),
    ],
)
def test_what_would_be_rejected_again_is_not_replayed(
    value: bytes | None, corrected: bytes | None, message: str
) -> None:
    """The refusal names what is wrong and what to do."""
    reject = Reject.model_construct(
        topic="t", partition=0, offset=0, reason="payload", detail="", value=value, headers=()
    )
    with pytest.raises(UnusableError) as refused:
        outgoing(reject, corrected)

    assert message in str(refused.value)

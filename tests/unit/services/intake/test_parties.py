import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from readers.findings import UnusableFilesError
from readers.parties_file import shipped_register
from readers.party_register import Alias, PartyRegister
from schemas.events import decode_event
from services.intake.declarations_file import read_declarations
from services.intake.parsing import RefusedError
from services.intake.parties import load_register, with_known_parties
from services.intake.request import messages
from services.platform.settings import Settings

TODAY = date(2026, 5, 7)
COUNCIL = "local.barnet.2026-05-07"


def declared(*parties: tuple[str, str]) -> dict[str, Any]:
    return {
        "type": "ward.declared",
        "council": COUNCIL,
        "ballot_paper_id": "local.barnet.hale.2026-05-07",
        "mode": "rehearsal",
        "seats_contested": 1,
        "candidates": [
            {"candidate": f"Candidate {number}", "party_id": party_id, "party": label, "votes": 9}
            for number, (party_id, label) in enumerate(parties)
        ],
    }


def opened(**fields: object) -> dict[str, Any]:
    return {
        "type": "council.opened",
        "council": COUNCIL,
        "name": "Barnet",
        "mode": "rehearsal",
        "seats_total": 3,
        **fields,
    }


def sent(event: dict[str, Any], register: PartyRegister | None = None) -> dict[str, Any]:
    (message,) = messages(json.dumps(event).encode(), {}, "rehearsal", TODAY, register)
    found: dict[str, Any] = json.loads(message.value)
    return found


def test_the_parties_of_earlier_polls_have_the_registers_ids() -> None:
    """As those who stand now have; a local label stays."""
    poll = {
        "last_fought": "2022-05-05",
        "parties": [
            {"party_id": "party:52", "votes": 900, "seats": 1},
            {"party": "Llafur Cymru", "votes": 800, "seats": 0},
            {"party": "Hale First", "votes": 1},
        ],
    }
    ward = {
        "ballot_paper_id": "local.barnet.hale.2026-05-07",
        "ward": "Hale",
        "seats_contested": 1,
        "previous": {"same_boundaries": True, "polls": [poll]},
    }
    (found,) = sent(opened(wards=[ward]))["wards"]

    parties = found["previous"]["polls"][0]["parties"]
    assert [(each.get("party_id"), each["votes"]) for each in parties] == [
        ("PP52", 900),
        ("PP53", 800),
        ("", 1),
    ]
    assert parties[2]["party"] == "Hale First"


def test_the_log_has_one_id_for_each_party() -> None:
    """Old ids, addresses, descriptions and Welsh names become the register's ids."""
    event = sent(
        declared(
            ("party:52", "Conservative"),
            ("", "Local Conservatives"),
            ("http://search.electoralcommission.org.uk/English/Registrations/PP53", ""),
            ("", "Annibynnol"),
            ("", ""),
            ("", "Residents’  Association"),
        )
    )

    assert [(each["party_id"], each["party"]) for each in event["candidates"]] == [
        ("PP52", "Conservative"),
        ("PP52", "Conservative and Unionist Party"),
        ("PP53", "Labour Party"),
        ("ynmp-party:2", "Independent"),
        ("ynmp-party:2", "Independent"),
        ("", "Residents' Association"),
    ]


def test_the_same_result_under_other_names_is_a_repeat() -> None:
    """Equal events have equal ids, whoever wrote the parties how."""
    bodies = [declared(("pp53", "Labour Party")), declared(("", "Labour"))]
    one, other = (
        messages(json.dumps(body).encode(), {}, "rehearsal", TODAY)[0].id for body in bodies
    )
    assert one == other


def test_a_council_opens_with_the_registers_ids() -> None:
    """Standing, control, its history and nominations name one party in one way."""
    nominee = {"candidate": "Ann", "party": "Green"}
    ward = {"ballot_paper_id": "local.barnet.hale.2026-05-07", "ward": "Hale", "seats_contested": 1}
    event = sent(
        opened(
            council_gss="S12000046",
            control_before="Con",
            standing=[{"party_id": "Conservative"}, {"party_id": "party:53", "party": "Labour"}],
            wards=[{**ward, "candidates": [nominee]}],
            control_history=[{"control": "NOC", "since": 1994}, {"control": "Lab", "since": 1990}],
        )
    )

    assert event["control_before"] == "PP52"
    assert [each["party_id"] for each in event["standing"]] == ["PP52", "PP53"]
    assert [each["control"] for each in event["control_history"]] == ["NOC", "PP53"]
    assert event["wards"][0]["candidates"][0]["party_id"] == "PP130"


def test_a_councils_result_has_the_registers_ids() -> None:
    """A result without wards, too."""
    event = sent(
        {
            "type": "council.declared",
            "council": COUNCIL,
            "mode": "rehearsal",
            "seats": [{"party_id": "Lib Dem", "seats": 2}, {"party_id": "Plaid Môr", "seats": 1}],
        }
    )

    assert [each["party_id"] for each in event["seats"]] == ["PP90", "Plaid Môr"]


@pytest.mark.parametrize(
    ("event", "field", "remedy"),
    [
        (declared(("PP52", "Labour Party")), "party_id", "'PP52' is Conservative"),
        (
            opened(standing=[{"party_id": "Con"}, {"party_id": "PP52"}]),
            "standing",
            "PP52 is listed twice; list each party once",
        ),
    ],
)
def test_two_names_of_one_party_or_one_of_two_are_refused(
    event: dict[str, Any], field: str, remedy: str
) -> None:
    """The refusal names field and remedy, and nothing is sent."""
    with pytest.raises(RefusedError) as refused:
        sent(event)

    (refusal,) = refused.value.refusals
    assert refusal.field == field
    assert refusal.remedy.startswith(remedy)


def test_a_refusal_in_an_array_names_its_event() -> None:
    """The index stands before the field."""
    body = json.dumps([declared(("", "Lab")), declared(("PP52", "Labour"))]).encode()

    with pytest.raises(RefusedError) as refused:
        messages(body, {}, "rehearsal", TODAY)

    assert [each.field for each in refused.value.refusals] == ["[1].party_id"]


def test_a_file_of_events_is_read_likewise(tmp_path: Path) -> None:
    """One JSON object on each line; faults have their lines."""
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps(declared(("", "Lab"))) + "\n")
    (event,) = read_declarations(file, "rehearsal", TODAY)
    assert event.type == "ward.declared"
    assert [each.party_id for each in event.candidates] == ["PP53"]

    file.write_text("\n" + json.dumps(declared(("PP52", "Labour"))) + "\n")
    with pytest.raises(UnusableFilesError, match=r"events\.jsonl:2: party_id: 'PP52' is Cons"):
        read_declarations(file, "rehearsal", TODAY)


def test_the_newsrooms_labels_count_at_intake(tmp_path: Path) -> None:
    """The setting names its file; a fault in it stops the start."""
    register = PartyRegister([Alias("Team Vale", "PP52", "")])
    assert sent(declared(("", "Team Vale")), register)["candidates"][0]["party_id"] == "PP52"

    file = tmp_path / "parties.csv"
    file.write_text("party_id,party,alias\nnobody,,Team Vale\n")
    with pytest.raises(UnusableFilesError, match=r"parties\.csv:2: party_id"):
        load_register(Settings(parties_file=file))


def test_an_event_that_is_canonical_is_not_built_anew() -> None:
    """Nothing differs, so the event itself goes on."""
    body = declared(("PP53", "Labour Party"), ("", "Plaid Môr"), ("PP52", "Local Conservatives"))
    event = decode_event(json.dumps(body))

    assert with_known_parties(event, shipped_register()) is event


def test_an_event_with_another_party_id_states_no_more_than_it_did() -> None:
    """Whoever states no revision states none under the register's ids either."""
    event = with_known_parties(
        decode_event(json.dumps(declared(("party:52", "")))), shipped_register()
    )

    assert event.type == "ward.declared"
    assert event.candidates[0].party_id == "PP52"
    assert "revision" not in event.model_fields_set

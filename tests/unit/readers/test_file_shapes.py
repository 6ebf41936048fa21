import json
from pathlib import Path
from typing import Any

import pytest

from schemas.council_result import CouncilDeclared
from schemas.ward import WardDeclared, WardStatus
from tests.support.night_writer import Files, candidate

HEADER = "council,ward,seats_contested,candidate,party,votes,elected"
TABLE = [
    HEADER,
    "Barnet,Hale,1,Ann,Labour,20,1",
    "Barnet,Hale,1,Bob,Conservative,10,0",
    "Barnet,Mill,1,Cid,Labour,20,1",
]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    found = Files(tmp_path)
    found.councils = ["2014-05-22,Barnet,E09000003,all-out,2,,0"]
    found.paths()
    return found


def write(files: Files, text: str | bytes, name: str = "results.csv") -> None:
    data = text.encode() if isinstance(text, str) else text
    (files.directory / name).write_bytes(data)


def seats(files: Files) -> list[tuple[str, str, str, int | None, bool | None]]:
    """Returns ward, candidate, party id, votes and flag of every declared candidate."""
    night = files.read_as_written()
    wards = {each.ballot_paper_id: each.ward for each in night.openings[0].wards}
    return [
        (wards[event.ballot_paper_id], each.candidate, each.party_id, each.votes, each.elected)
        for event in night.declarations
        if isinstance(event, WardDeclared)
        for each in event.candidates
    ]


def faults(files: Files) -> list[str]:
    with pytest.raises(ValueError, match=r"results\.csv") as refused:
        files.read_as_written()
    return [line.removeprefix(f"{files.directory}/") for line in str(refused.value).split("\n")]


EXPECTED = [
    ("Hale", "Ann", "PP53", 20, True),
    ("Hale", "Bob", "PP52", 10, False),
    ("Mill", "Cid", "PP53", 20, True),
]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("above", ["", "Local election results", '"Results, as\nof 3 am"\n\n'])
def test_a_table_is_found_as_spreadsheets_save_it(
    files: Files, separator: str, encoding: str, above: str
) -> None:
    """Separators, encodings, and lines above the header."""
    lines = [above] * bool(above) + [line.replace(",", separator) for line in TABLE]
    write(files, "\r\n".join(lines).encode(encoding))

    assert seats(files) == EXPECTED


def test_the_line_of_a_fault_counts_what_is_above_the_header(files: Files) -> None:
    """It is the line that an editor shows."""
    write(files, "\n".join(["Title", "", *TABLE[:2], "Barnet,Hale,1,Bob,Conservative,many,0"]))

    assert faults(files)[0].startswith("results.csv:5: votes: 'many' is no whole number")


def test_names_of_columns_may_have_spaces_and_capitals(files: Files) -> None:
    """As people write them."""
    header = "Council,Ward,Seats contested,Candidate,Party,Votes,Elected"
    write(files, "\n".join([header, *TABLE[1:]]))

    assert seats(files) == EXPECTED


@pytest.mark.parametrize(
    ("elected", "other"),
    [
        *(("ELECTED", "NOT ELECTED"), ("Elected", "Not elected"), ("yes", "no"), ("Y", "N")),
        *(("True", "False"), ("x", ""), ("✓", "-"), ("won", "lost"), ("elected at stage 3", "0")),
        *(("Etholwyd", "Heb ei ethol"), ("Elected unopposed", "Eliminated")),
    ],
)
def test_flags_may_be_words(files: Files, elected: str, other: str) -> None:
    """As councils publish them."""
    write(
        files,
        "\n".join(
            [
                HEADER,
                f"Barnet,Hale,1,Ann,Labour,20,{elected}",
                f"Barnet,Hale,1,Bob,Conservative,10,{other}",
            ]
        ),
    )

    assert [(each[1], each[4]) for each in seats(files)] == [("Ann", True), ("Bob", False)]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04\x14\x00", "is an Excel workbook or a ZIP archive; save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old Excel workbook or Word document; save"),
        (b"%PDF-1.7", "is a PDF; ask for the table"),
        (b"\x1f\x8b\x08", "is a gzip archive; unpack it first"),
        (b"<!DOCTYPE html><html></html>", "is a web page (HTML); save the data that it shows"),
        (b'{"a": 1}', "is JSON, but no answer of Democracy Club's API; save it as CSV"),
        (b"[1, 2]", "is JSON, but no answer of Democracy Club's API; save it as CSV"),
        (b"<?xml version='1.0'?><a/>", "is XML, but not of ModernGov's GetElectionResults"),
        (b"<?xml version='1.0'?><a", "is XML that cannot be read:"),
    ],
)
def test_another_kind_of_file_is_named_in_one_line(files: Files, data: bytes, kind: str) -> None:
    """With what to do about it."""
    write(files, data)

    (fault,) = faults(files)
    assert fault.startswith(f"results.csv:1: {kind}")


@pytest.mark.parametrize("name", ["councils.csv", "standing.csv"])
@pytest.mark.parametrize("data", [b"PK\x03\x04", b"{}", b"<html>", b"<?xml?><a/>"])
def test_the_other_files_say_so_too(files: Files, name: str, data: bytes) -> None:
    """They are read from CSV alone."""
    write(files, "\n".join(TABLE))
    write(files, data, name)

    with pytest.raises(ValueError, match=rf"{name}:1: is "):
        files.read_as_written()


def test_a_document_type_in_xml_is_refused(files: Files) -> None:
    """What it defines could be expanded without end."""
    write(files, '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><election>&b;</election>')

    assert faults(files) == [
        "results.csv:1: XML with a document type; leave the <!DOCTYPE …> out",
    ]


MODERN_GOV = """<?xml version="1.0" encoding="utf-8"?>
<election xmlns="http://example.org/"><title>Elections of the London Borough of Barnet</title>
<candidates>
<candidate><electionareaid>7</electionareaid><areatitle>Hale</areatitle>
<candidatename>Ann</candidatename><numvotes>20</numvotes>
<politicalpartytitle>Labour</politicalpartytitle><iselected>True</iselected></candidate>
<candidate><electionareaid>7</electionareaid><candidatename>Bob</candidatename>
<numvotes>10</numvotes><politicalpartytitle>Local Conservatives</politicalpartytitle>
<iselected>False</iselected></candidate>
<candidate><electionareaid>8</electionareaid><candidatename>Cid</candidatename>
<numvotes>0</numvotes><politicalpartytitle></politicalpartytitle><iselected>False</iselected>
</candidate></candidates>
<electionareas><electionarea><electionareaid>7</electionareaid><title>Hale</title>
<electorate>4000</electorate><numballotpapersissued>40</numballotpapersissued>
<numseats>1</numseats><spoiledvotes><spoiledvote><description>Rejected</description>
<numvotes>3</numvotes></spoiledvote></spoiledvotes></electionarea>
<electionarea><electionareaid>8</electionareaid><title>Mill &amp; Vale</title>
<electorate>0</electorate>
<numballotpapersissued>0</numballotpapersissued><numseats>1</numseats></electionarea>
</electionareas></election>"""


def test_modern_gov_is_read_with_seats_and_turnout(files: Files) -> None:
    """A ward that nobody has typed in yet is undeclared."""
    write(files, MODERN_GOV)

    assert seats(files) == [
        ("Hale", "Ann", "PP53", 20, True),
        ("Hale", "Bob", "PP52", 10, False),
    ]
    night = files.read_as_written()
    (hale,) = night.declarations
    assert isinstance(hale, WardDeclared)
    assert (hale.total_electorate, hale.num_turnout_reported, hale.num_spoilt_ballots) == (
        4000,
        40,
        3,
    )
    assert [each.ward for each in night.openings[0].wards] == ["Hale", "Mill & Vale"]


def test_modern_gov_is_of_the_council_in_its_title(files: Files) -> None:
    """Where several are listed."""
    files.councils.append("2014-05-22,Barn,E09000004,all-out,2,,0")
    files.paths()
    write(files, MODERN_GOV)
    assert len(seats(files)) == 2

    write(files, MODERN_GOV.replace("London Borough of Barnet", "Vale"))
    assert faults(files) == [
        (
            "results.csv:1: title: 'Elections of the Vale' is of no council in councils.csv;"
            " add the council there"
        )
    ]


def test_modern_gov_is_of_the_longest_name_in_its_title(files: Files) -> None:
    """North Hertfordshire is not Hertfordshire; a title with two councils is of neither."""
    files.councils.append("2014-05-22,North Barnet,E09000004,all-out,2,,0")
    files.councils.append("2014-05-22,Vale,E09000005,all-out,2,,0")
    files.paths()
    write(files, MODERN_GOV.replace("Borough of Barnet", "Borough of North Barnet"))
    (council,) = {each.council for each in files.read_as_written().declarations}
    assert council == "local.north-barnet.2014-05-22"

    write(files, MODERN_GOV.replace("London Borough of Barnet", "North Barnet and the Vale"))
    assert "is of no council in councils.csv" in faults(files)[0]


LGA = (
    "ElectionDate,TypeofElection,OrganisationURI,OrganisationLabel,ElectoralAreaURI,"
    "ElectoralAreaLabel,CandidateSurname,CandidateForenames,CommonlyUsedForenames,"
    "PoliticalPartyURI,PoliticalPartyLabel,CandidatesDescription,VotesWon,Elected,VotesCast,"
    "EligibleElectorate,PercentageTurnout,BallotsRejectedUnmarked,BallotsRejectedTooManyVotes"
)
EC = "http://search.electoralcommission.org.uk/English/Registrations"
GSS = "http://statistics.data.gov.uk/id/statistical-geography"


def lga(ward: str, name: str, party: str, figures: str, *, day: str = "2014-05-22") -> str:
    kind = "Parish" if ward == "Vale" else "DistrictAndBorough"
    council = f"{GSS}/E09000003,Barnet Council,{GSS}/E05000001"
    return f"{day},{kind},{council},{ward},{name},{EC}/{party},,,{figures},40,4000,1,2,1"


def test_the_lga_schema_is_read(files: Files) -> None:
    """Codes and ids are the ends of addresses; other elections and days are left out."""
    lines = [
        lga("Hale", "ABLE,Ann,", "PP53", "20,ELECTED"),
        lga("Hale", "BEE,Robert,Bob", "PP52", "10,NOT ELECTED"),
        lga("Hale", "CEE,Cid,", "PP52", "9,ELECTED", day="2010-05-06"),
        lga("Vale", "DEE,Dot,", "PP52", "9,ELECTED"),
    ]
    write(files, "\n".join([LGA, *lines]))

    assert seats(files) == [
        ("Hale", "Ann ABLE", "PP53", 20, True),
        ("Hale", "Bob BEE", "PP52", 10, False),
    ]
    (hale,) = files.read_as_written().declarations
    assert isinstance(hale, WardDeclared)
    assert (hale.num_turnout_reported, hale.num_spoilt_ballots) == (40, 3)


def ballot(**fields: object) -> dict[str, Any]:
    """Returns a ballot as `/api/next/ballots/` has it."""
    found: dict[str, Any] = {
        "ballot_paper_id": "local.barnet.hale.2014-05-22",
        "election": {"election_date": "2014-05-22"},
        "post": {"id": "gss:E05000001", "label": "Hale"},
        "winner_count": 1,
        "cancelled": False,
        "candidacies": [
            {
                "elected": None,
                "party": {"ec_id": "PP53", "name": "Labour Party"},
                "person": {"id": 1, "name": "Ann"},
                "result": {"num_ballots": 20, "elected": True},
            },
            {
                "elected": None,
                "party": {"ec_id": "PP52", "name": "Conservative and Unionist Party"},
                "person": {"id": 2, "name": "Bob"},
                "result": {"num_ballots": 10, "elected": False},
            },
        ],
    }
    return found | fields


RESULT = {
    "ballot": {"ballot_paper_id": "local.barnet.hale.2014-05-22"},
    "num_spoilt_ballots": 3,
    "candidate_results": [
        {"elected": True, "num_ballots": 20, "party": {"ec_id": "PP53"}, "person": {"name": "Ann"}},
        {
            "elected": False,
            "num_ballots": 10,
            "party": {"ec_id": "PP52"},
            "person": {"name": "Bob"},
        },
    ],
}
RESULT_SET = {
    "ballot_paper_id": "local.barnet.hale.2014-05-22",
    "candidate_results": [
        {
            "is_winner": votes == 20,
            "num_ballots": votes,
            "membership": {
                "on_behalf_of": {"id": party},
                "person": {"name": name},
                "post": {"id": "BNE:E05000001", "label": "Hale"},
            },
        }
        for name, party, votes in (("Ann", "party:53", 20), ("Bob", "party:52", 10))
    ],
}


@pytest.mark.parametrize(
    "answer",
    [
        ballot(),
        [ballot()],
        {"count": 1, "next": None, "previous": None, "results": [ballot()]},
        {"results": [RESULT]},
        {"results": [RESULT_SET]},
    ],
)
def test_democracy_clubs_api_is_read(files: Files, answer: object) -> None:
    """Ballots with candidacies, results, and the older result sets."""
    write(files, json.dumps(answer))

    assert seats(files) == [("Hale", "Ann", "PP53", 20, True), ("Hale", "Bob", "PP52", 10, False)]


@pytest.mark.parametrize(("seats_up", "status"), [(2, "uncontested"), (1, "countermanded")])
def test_a_cancelled_ballot_of_the_api_says_why(files: Files, seats_up: int, status: str) -> None:
    """As in the export."""
    people = [each | {"result": None} for each in ballot()["candidacies"]]
    write(files, json.dumps(ballot(cancelled=True, winner_count=seats_up, candidacies=people)))

    (notice,) = files.read_as_written().declarations
    assert isinstance(notice, WardStatus)
    assert notice.status == status


def test_a_ballot_of_the_api_without_candidates_is_open_to_anyone(files: Files) -> None:
    """Its nominations are not known."""
    write(files, json.dumps(ballot(candidacies=[])))

    (hale,) = files.read_as_written().openings[0].wards
    assert (hale.seats_contested, hale.candidates) == (1, None)


def test_one_page_of_the_api_is_warned_of(files: Files) -> None:
    """The other wards are on other pages."""
    write(files, json.dumps({"count": 9, "next": "https://example.org", "results": [ballot()]}))

    warnings = files.read_as_written().warnings
    assert any("one page of several, 1 of 9 ballots" in str(each) for each in warnings)


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("kingston-upon-hull", '"Kingston upon Hull, City of"'),
        ("bristol", "City of Bristol"),
        ("city-of-lincoln", "Lincoln"),
        ("county-durham", "Durham"),
        ("ynys-mon", "Isle of Anglesey"),
        ("na-h-eileanan-siar", "Eilean Siar"),
        ("telford-and-wrekin", "Telford & Wrekin"),
        ("kings-lynn-and-west-norfolk", "King's Lynn and West Norfolk"),
    ],
)
def test_the_slug_of_a_council_need_not_be_its_name(files: Files, slug: str, name: str) -> None:
    """The organisation in the ballot's id and the listed council have the same words."""
    files.councils = [f"2014-05-22,{name},E09000003,all-out,1,,0"]
    files.paths()
    write(files, json.dumps(ballot(ballot_paper_id=f"local.{slug}.hale.2014-05-22")))

    assert len(seats(files)) == 2


def test_the_other_export_of_democracy_club_is_read_with_its_old_ids(files: Files) -> None:
    """Its columns begin id,name; the party id is that of the register where both are there."""
    write(
        files,
        "id,name,election,ballot_paper_id,election_date,seats_contested,party_id,party_name,"
        "post_id,post_label,organisation_name,elected,gss_code,party_ec_id,cancelled_poll\n"
        "1,Ann,local.barnet.2014-05-22,local.barnet.hale.2014-05-22,2014-05-22,1,party:53,"
        "Labour Party,gss:E05000001,Hale,Barnet Council,True,,,False\n"
        "2,Bob,local.barnet.2014-05-22,local.barnet.hale.2014-05-22,2014-05-22,1,ynmp-party:2,"
        "Independent,gss:E05000001,Hale,Barnet Council,False,,,False\n",
    )

    assert [each[2:] for each in seats(files)] == [
        ("PP53", None, True),
        ("ynmp-party:2", None, False),
    ]
    assert files.read_as_written().openings[0].wards[0].ward_gss == "E05000001"


STAGES = "council_gss,council,ward,seats_contested,candidate,party,votes,elected,status,stage"


@pytest.mark.parametrize("status", ["counting", ""])
def test_of_a_count_by_stages_the_last_one_counts(files: Files, status: str) -> None:
    """Votes are first preferences; while the count is still on, those elected so far are."""
    files.councils = ["2014-05-22,Glasgow,S12000046,all-out,2,,0"]
    files.paths()
    glasgow = "S12000046,Glasgow,Govan,2"
    last = "0" if status else "1"
    write(
        files,
        "\n".join(
            [
                STAGES,
                f"{glasgow},Ann,SNP,900,1,counting,1",
                f"{glasgow},Bob,Labour,500,,counting,1",
                f"{glasgow},Cid,Green,100,,counting,1",
                f"{glasgow},Ann,SNP,700,1,{status},2",
                f"{glasgow},Bob,Labour,650,{last},{status},2",
                f"{glasgow},Cid,Green,0,Eliminated,{status},2",
            ]
        ),
    )

    assert [(each[1], each[2], each[3], each[4]) for each in seats(files)] == [
        ("Ann", "PP102", 900, True),
        ("Bob", "PP53", 500, not status),
        ("Cid", "PP130", 100, False),
    ]


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([("0", ""), ("0", "")], "votes: 0 for every candidate; the ward is taken as undeclared"),
        ([("9", "0"), ("8", "0")], "elected: 0 for every candidate; the ward is taken as und"),
        ([("9", "0"), ("8", "")], "elected: 0 for every candidate; the ward is taken as und"),
        ([("512", ""), ("0", ""), ("0", "")], "votes: 0 for a winner beside 512; the ward is"),
    ],
)
def test_figures_that_are_no_result_yet_are_nominations(
    files: Files, rows: list[tuple[str, str]], what: str
) -> None:
    """The ward is undeclared, with one warning, and can be won by those nominated."""
    files.results = [
        candidate("Hale", f"Candidate {n}", "PP52", votes, elected=elected, seats_contested=2)
        for n, (votes, elected) in enumerate([*rows, ("0", rows[0][1] and "0")][:3])
    ]
    night = files.read()

    assert night.declarations == ()
    assert len(night.openings[0].wards[0].candidates or ()) == 3
    assert [w for w in files.warnings() if w.startswith(f"results.csv:2: {what}")] != []


PA = {
    "LocalElectionResult": {
        "@revision": "2",
        "@declarationTime": "20140523T023000+0100",
        "Election": {
            "Council": {
                "@name": "Barnet",
                "ElectedCouncillors": {"Party": {"@name": "Labour", "@seats": "2"}},
                "NewCouncil": {
                    "Party": [
                        {"@name": "Labour", "@seats": "1"},
                        {"@name": "Ind", "@seats": "1"},
                    ]
                },
            }
        },
    }
}


def test_the_press_associations_councils_are_read(files: Files) -> None:
    """Other councils of the day are left out."""
    elsewhere = json.loads(json.dumps(PA).replace("Barnet", "Vale"))
    write(files, json.dumps([PA, elsewhere]), "councils.json")
    (files.directory / "results.csv").write_text(HEADER + "\n")

    night = files.read_with(council_results=files.directory / "councils.json")

    (result,) = night.declarations
    assert isinstance(result, CouncilDeclared)
    assert (result.revision, [(e.party_id, e.seats, e.seats_won) for e in result.seats]) == (
        2,
        [("PP53", 1, 2), ("ynmp-party:2", 1, 0)],
    )
    assert any("left out" in str(each) for each in night.warnings)


@pytest.mark.parametrize("text", ["[]", "{", '[{"LocalElectionNominations": {}}]'])
def test_json_of_another_kind_is_no_result_of_a_council(files: Files, text: str) -> None:
    """One line says so."""
    write(files, text, "councils.json")

    with pytest.raises(ValueError, match=r"councils\.json:1: is JSON, but has no LocalElectionR"):
        files.read_with(council_results=files.directory / "councils.json")


@pytest.mark.parametrize(
    ("word", "cycle"),
    [("third", "thirds"), ("half", "halves"), ("all", "all-out"), ("All out", "all-out")],
)
def test_the_cycle_is_known_in_the_press_associations_words(
    files: Files, word: str, cycle: str
) -> None:
    """And in others for the same."""
    files.councils = [f"2014-05-22,Barnet,E09000003,{word},1,,0"]

    assert files.read().openings[0].cycle == cycle


def test_vacant_seats_of_a_council_are_read(files: Files) -> None:
    """A number, or a fault."""
    header = "election_date,council,council_gss,seats_total,seats_vacant"
    for cell, fault in (("2", ""), ("", ""), ("many", "seats_vacant: 'many' is no whole number")):
        write(files, f"{header}\n2014-05-22,Barnet,E09000003,2,{cell}\n", "councils.csv")
        if fault:
            with pytest.raises(ValueError, match=fault):
                files.read_as_written()
        else:
            assert files.read_as_written().openings[0].seats_total == 2

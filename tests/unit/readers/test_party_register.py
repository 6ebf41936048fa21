import csv
import unicodedata
from collections import defaultdict
from importlib import resources

import pytest

from readers.parties_file import shipped_register
from readers.party_id import canonical_party_id
from readers.party_register import Alias, OtherPartyError, Party, PartyRegister
from schemas.party import INDEPENDENT
from schemas.spelling import compared

CONSERVATIVE = Party("PP52", "Conservative and Unionist Party")
LABOUR = Party("PP53", "Labour Party")
INDEPENDENTS = Party(INDEPENDENT, "Independent")
register = shipped_register()


def registered() -> list[dict[str, str]]:
    text = resources.files("readers").joinpath("data", "parties.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize(
    "written",
    [
        *("PP52", "pp52", "PP 52", " party:52 ", "PP052", "PP-52"),
        "http://search.electoralcommission.org.uk/English/Registrations/PP52",
        "https://search.electoralcommission.org.uk/English/Registrations/pp52/?page=1#top",
        "https://candidates.democracyclub.org.uk/parties/PP52/",
        "http://candidates.democracyclub.org.uk/api/v0.9/organizations/party:52/?format=json",
    ],
)
def test_every_form_of_an_id_is_one_id(written: str) -> None:
    """Ids of the register and of Democracy Club, old and new, and addresses that end in them."""
    assert canonical_party_id(written) == "PP52"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("joint-party:53-119", "joint-party:53-119"),
        ("Joint-Party:119-53", "joint-party:53-119"),
        ("joint-PP53-119", "joint-party:53-119"),
        ("ynmp-party:2", INDEPENDENT),
        ("YNMP-party:2", INDEPENDENT),
        ("ynmp-PP2", INDEPENDENT),
        ("https://candidates.democracyclub.org.uk/parties/ynmp-party:2/", INDEPENDENT),
        ("ppm2055", "PPm2055"),
        ("-", ""),
        ("659", "659"),
    ],
)
def test_ids_of_other_schemes_keep_theirs(written: str, canonical: str) -> None:
    """Independents are never rewritten to a number of the register, and PA's ids stay as given."""
    assert canonical_party_id(written) == canonical


@pytest.mark.parametrize(
    ("party_id", "labels"),
    [
        ("PP52", "Con|CON.|Conservative|Conservatives|Local Conservatives|C|Tory|Ceidwadwyr"),
        ("PP52", "Conservative Party candidate|The Conservative Party Candidate|Your Local Tories"),
        ("PP52", "Welsh Conservative Party Candidate / Ymgeisydd Plaid Geidwadol Cymru"),
        (
            "PP53",
            "Lab|LABOUR|Labour Party candidate for Hale|Labour Party Candidate|Llafur|Labour (Lab)",
        ),
        ("PP53", "Welsh Labour/Llafur Cymru|Welsh Labour Party Candidate|Y Blaid Lafur"),
        ("joint-party:53-119", "Labour & Co-operative|Lab/Co-op|Labour and Co–operative Party"),
        ("PP90", "LD|Lib Dem|LibDem|Liberal-Democrat|Lib Dem Focus Team|Democratiaid Rhyddfrydol"),
        ("PP63", "Green|Grn|The Green Party Candidate|Greens|Green Party of England and Wales"),
        ("PP7931", "Reform|REFORM UK|Reform UK - Putting Exampleshire First|Brexit Party"),
        ("PP102", "SNP|S.N.P.|Scottish National Party|Scottish National Party (SNP)"),
        ("PP77", "Plaid Cymru|PC|Plaid Cymru – The Party of Wales"),
        ("PP39", "Sinn Fein|SINN FÉIN|SF"),
        ("PP2755", "Women’s Equality Party|Womens Equality Party"),
        (INDEPENDENT, "Ind|IND|Independents|Annibynnol|Independent / Annibynnol|No description"),
        (INDEPENDENT, "Non-party|non party|Independent Candidate|-|N/A|Dim disgrifiad||None"),
    ],
)
def test_a_label_finds_its_party(party_id: str, labels: str) -> None:
    """Short names, ballot paper descriptions and Welsh names, in any case and with any marks."""
    assert {register.party("", label).party_id for label in labels.split("|")} == {party_id}


@pytest.mark.parametrize(
    "label",
    [
        *("Ashfield Independents", "Plaid Môr", "Exampleshire First", "Residents' Association"),
        *("Independent - Exampleshire First", "Labour and Green", "Liberal", "OTH"),
        "Independent Group",
    ],
)
def test_a_label_that_is_nobodys_stays_itself(label: str) -> None:
    """Local parties, a name that two parties share, and words that say too little."""
    assert register.party("", label) == Party("", label)


def test_every_registered_name_finds_its_party() -> None:
    """Unless several parties have the name, or it is the everyday name of a larger one."""
    owners = defaultdict(set)
    for row in registered():
        owners[compared(row["party"])].add(row["party_id"].replace("PPm", "PP"))
    lost = [
        row["party"]
        for row in registered()
        if len(owners[compared(row["party"])]) == 1
        and register.party("", row["party"]).party_id.replace("PPm", "PP")
        not in {row["party_id"].replace("PPm", "PP"), *register.national}
    ]
    assert lost == []


def test_every_registered_id_keeps_itself() -> None:
    """The register's own ids are canonical, and go with its own names."""
    for row in registered():
        party = register.party(row["party_id"], row["party"])
        assert party == (row["party_id"], row["party"])


def test_a_label_beside_an_id_is_shown_as_written() -> None:
    """The id says who it is; the description is what stood on the ballot paper."""
    assert register.party("PP52", "Local Conservatives") == Party("PP52", "Local Conservatives")
    assert register.party("party:52", "") == CONSERVATIVE


def test_green_in_scotland_is_the_scottish_green_party() -> None:
    """England, Scotland and Northern Ireland have a Green Party each."""
    found = [register.party("", "Green", nation=nation).party_id for nation in "ESN"]
    assert found == ["PP63", "PP130", "PP305"]


def test_a_name_in_place_of_an_id_is_read_as_a_name() -> None:
    """`CON` in the column of ids, and another agency's number beside a known label."""
    assert register.party("CON", "") == CONSERVATIVE
    assert register.party("662", "Labour") == LABOUR


@pytest.mark.parametrize(("party_id", "label"), [("PP52", "Labour Party"), ("CON", "Labour")])
def test_an_id_and_a_label_of_two_parties_contradict_each_other(party_id: str, label: str) -> None:
    """The error names both."""
    with pytest.raises(OtherPartyError, match=r"Conservative.*Labour Party \(PP53\)"):
        register.party(party_id, label)


def test_the_label_of_a_sister_party_is_no_contradiction() -> None:
    """Labour's label beside the joint id, and Green beside the Scottish Greens' id."""
    assert register.party("joint-party:53-119", "Labour Party").party_id == "joint-party:53-119"
    assert register.party("PP130", "Green Party").party_id == "PP130"


def test_composed_and_decomposed_letters_are_the_same() -> None:
    """A Mac writes ô as two characters."""
    labels = {
        register.party("", unicodedata.normalize(form, "Plaid Môr")) for form in ("NFC", "NFD")
    }
    assert labels == {Party("", "Plaid Môr")}


def test_the_newsroom_names_what_nobody_has_registered() -> None:
    """Its labels come first, and the name that it gives a party is shown."""
    own = PartyRegister(
        [
            Alias("Team Vale", "PP52", ""),
            Alias("Greens for Vale", "", "Vale Greens"),
            Alias("The Yellows", "PP90", "Lib Dems"),
        ]
    )

    assert own.party("", "TEAM VALE") == CONSERVATIVE
    assert own.party("", "Greens for Vale") == Party("", "Vale Greens")
    assert own.party("", "the yellows") == Party("PP90", "Lib Dems")
    assert own.is_known("", "vale greens")
    assert register.party("", "Team Vale") == Party("", "Team Vale")


@pytest.mark.parametrize(
    ("label", "party_id"),
    [
        ("Consevative Party", "PP52"),
        ("Exampleshire Tories", "PP52"),
        ("Independent Labour", "PP53"),
        ("Libral Democrats", "PP90"),
        ("Indepednent", INDEPENDENT),
        ("Ashfield Independents", ""),
        ("Residents' Association", ""),
        ("South Hornchurch Independent Residents Group", ""),
    ],
)
def test_a_label_that_resembles_a_large_party_is_noticed(label: str, party_id: str) -> None:
    """Misspelt, or with one of its telling words; words that all parties use are none."""
    assert register.resembled(label) == party_id

"""The columns of the Local Government Association's schema for election results.

What kind of council it is, is not known here, so `TypeofElection` is blank.
"""

from __future__ import annotations

from typing import Final

from services.ticker.formats.ward_table import Columns, Line, WardTable, of_ward

_CODES: Final = "http://statistics.data.gov.uk/id/statistical-geography"
_PARTIES: Final = "http://search.electoralcommission.org.uk/English/Registrations"


def _code(gss: str) -> str:
    return f"{_CODES}/{gss}" if gss else ""


def _names(line: Line) -> tuple[str, str]:
    """Returns forenames and surname. The surname is taken as the last word of a name."""
    name = line.candidate.candidate if line.candidate else ""
    forenames, _, surname = name.rpartition(" ")
    return forenames, surname


def _party(line: Line) -> str:
    """Returns the address of a registered party; any other id as it is."""
    party = line.candidate.party_id if line.candidate else ""
    return f"{_PARTIES}/{party}" if party.startswith("PP") else party


def _elected(line: Line) -> str:
    return {None: "", True: "ELECTED", False: "NOT ELECTED"}[line.elected]


LGA_COLUMNS: Final[Columns] = {
    "ElectionDate": lambda line: line.poll,
    "TypeofElection": lambda _: "",
    "OrganisationURI": lambda line: _code(line.council_gss),
    "OrganisationLabel": lambda line: line.council,
    "ElectoralAreaURI": lambda line: _code(line.ward.ward_gss),
    "ElectoralAreaLabel": of_ward("ward"),
    "NumberofSeats": of_ward("seats_contested"),
    "CandidateSurname": lambda line: _names(line)[1],
    "CandidateForenames": lambda line: _names(line)[0],
    "PoliticalPartyURI": _party,
    "PoliticalPartyLabel": lambda line: line.candidate.party if line.candidate else "",
    "VotesWon": lambda line: line.candidate.votes if line.candidate else None,
    "Elected": _elected,
    "VotesCast": of_ward("num_turnout_reported"),
    "EligibleElectorate": of_ward("total_electorate"),
    "PercentageTurnout": of_ward("turnout_percentage"),
    "BallotsRejectedTotal": of_ward("num_spoilt_ballots"),
}

LGA: Final = WardTable(LGA_COLUMNS)

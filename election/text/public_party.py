"""Parties and candidates as a sentence for the public names them; each with a plural verb."""

from __future__ import annotations

import re

from election.count import Count
from election.rules.majority import party_of
from election.text.party_name import party_name
from schemas.party import CONSERVATIVE, INDEPENDENT, LIBERAL_DEMOCRATS
from schemas.ward import Candidate

_WITH_ARTICLE = re.compile(
    r".*\b(Party|Association|Associations|Independents|Residents|Group|Alliance|Network|Union"
    r"|Coalition|Democrats|Greens|Conservatives|Liberals|Movement|League|Front|Ratepayers"
    r"|Councillors|Unionists|Socialists|Campaign|Citizens|Society|SNP)$"
)

_MEMBERS = {
    CONSERVATIVE: "Conservative",
    LIBERAL_DEMOCRATS: "Liberal Democrat",
    "PP63": "Green",
    "PP130": "Scottish Green",
    INDEPENDENT: "independent",
}
"""What a candidate is called where that differs from the party's name."""

_ID = re.compile(r"(PPm?\d+|[a-z]+-party:[\d-]+)$")

_TITLE = re.compile(r" (Ms|Mrs|Mr|Miss)\.?$")
"""How lists of candidates mark people behind their forenames."""

_NO_PARTIES = frozenset({"other", "others", "no description", "no party"})
"""What sources call candidates of whom they say no more: several parties, or none."""


def is_others(key: str, label: str) -> bool:
    """Returns whether a label stands for several parties, or for candidates without any."""
    return (label or key).casefold() in _NO_PARTIES


def in_sentence(key: str, label: str) -> str:
    """Returns a party as the subject of a sentence: `the Conservatives`, `Labour`."""
    if key == INDEPENDENT:
        return "independents"
    if is_others(key, label):
        return "others"
    name = party_name(key, label)
    if _ID.match(name):
        return f"the party {name}"
    if name.startswith("The "):
        return f"the {name[4:]}"
    return f"the {name}" if _WITH_ARTICLE.match(name) else name


def who(count: Count, party: str | None) -> str:
    """Returns a party of a council as the subject of a sentence."""
    key = party or ""
    return in_sentence(key, count.names.get(key, ""))


def usual_name(key: str, label: str) -> str:
    """Returns a party as a table names it: `Labour`, `Independents`, `Others`."""
    return "Others" if is_others(key, label) else party_name(key, label)


def person(count: Count, each: Candidate) -> str:
    """Returns a candidate with the party: `Andrew Smith (Labour)`."""
    key = party_of(each)
    label = count.names.get(key, each.party)
    if is_others(key, label):
        return person_name(each.candidate)
    return f"{person_name(each.candidate)} ({_MEMBERS.get(key) or party_name(key, label)})"


def person_name(name: str) -> str:
    """Returns a candidate's name in the order of speech: `Andrew Smith` for `Smith, Andrew`."""
    surname, comma, others = name.partition(", ")
    if not comma or not others or "," in others:
        return name
    return f"{_TITLE.sub('', others)} {surname}"

"""Democracy Club identifiers of elections, council elections and ballots.

Built and validated with `uk-election-ids`, the reference implementation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from uk_election_ids.election_ids import IdBuilder
from uk_election_ids.slugger import slugify

# A UK night has at most some 400 councils and 9,000 ballots; the benchmarks go to 50,000
# councils. The caches are bounded so that rubbish cannot fill the memory.
_CACHE_ENTRIES = 131_072
_DAYS = 1_024

# Nearly all ids have this plain form. Matching it costs a fraction of parsing an id
# (benchmarks/results/trials.md). A name `by` is excluded, as it would be read as a by-election.
_SLUG = r"(?!by\.)[a-z0-9]+(?:[-_][a-z0-9]+)*"
# What parts of an id begin and end with. The reference implementation takes any marks.
_PARTS = re.compile(r"[a-z0-9](?:[^.]*[a-z0-9])?(?:\.[a-z0-9](?:[^.]*[a-z0-9])?)*")
_PLAIN_COUNCIL = re.compile(rf"local\.{_SLUG}\.([1-9][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}})")
_PLAIN_BALLOT = re.compile(rf"local\.{_SLUG}\.{_SLUG}\.([1-9][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}})")

POLL_NEAR_DAYS = 366
"""How far off a poll may be in a live count: a year, as councils are opened months before the
poll, and a result may be corrected by a court months after it."""


def election_id(poll: date) -> str:
    """Returns the id of all local elections of a day, such as `local.2014-05-22`."""
    return f"local.{poll.isoformat()}"


def council_id(council: str, poll: date) -> str:
    """Returns the id of one council's election, such as `local.barnet.2014-05-22`.

    Marks around the name are left out. Raises ValueError if the name leaves nothing to build a
    valid id from.
    """
    builder = IdBuilder("local", poll).with_organisation(_part(council))
    if not builder.organisation:
        raise ValueError(f"{council!r} leaves no id; give the council's name in letters")
    return _valid(check_council_id, builder.organisation_group_id, f"{council!r}")


def ballot_paper_id(council: str, ward: str, poll: date, *, by_election: bool = False) -> str:
    """Returns the id of one ballot, such as `local.barnet.childs-hill.2014-05-22`.

    Marks around a name are left out. Raises ValueError if either name leaves nothing to build a
    valid id from.
    """
    builder = IdBuilder("local", poll).with_organisation(_part(council)).with_division(_part(ward))
    if not builder.organisation or not builder.division:
        raise ValueError(f"{council!r} and {ward!r} leave no id; give both names in letters")
    if by_election:
        builder = builder.with_contest_type("by")
    return _valid(check_ballot_paper_id, builder.ballot_id, f"{council!r} and {ward!r}")


def _part(name: str) -> str:
    """Returns the part of an id that is made from a name, without marks around its letters."""
    part: str = slugify(name)
    return part.strip("-_")


def _valid(check: Callable[[str], str], identifier: str, names: str) -> str:
    """Returns an id that was built. Raises ValueError if it is not valid, as of a ward `By`."""
    try:
        return check(identifier)
    except ValueError as error:
        raise ValueError(
            f"{names} make {identifier}, which is no valid id; give names in full, and a poll in"
            " a year of four digits"
        ) from error


@lru_cache(maxsize=_CACHE_ENTRIES)
def check_council_id(identifier: str) -> str:
    """Returns a valid council election id unchanged. Raises ValueError for any other text.

    Only the canonical spelling is valid, so that one council has one id.
    """
    if _is_plain(_PLAIN_COUNCIL, identifier):
        return identifier
    parsed = _parsed(identifier)
    if parsed is None or parsed.division or parsed.organisation_group_id != identifier:
        raise ValueError(
            "not a council election id; expected local.<council>.<YYYY-MM-DD>,"
            " for example local.barnet.2014-05-22"
        )
    return identifier


@lru_cache(maxsize=_CACHE_ENTRIES)
def check_ballot_paper_id(identifier: str) -> str:
    """Returns a valid ballot id unchanged. Raises ValueError for any other text.

    Only the canonical spelling is valid, so that one ballot has one id.
    """
    if _is_plain(_PLAIN_BALLOT, identifier):
        return identifier
    parsed = _parsed(identifier)
    if parsed is None or not parsed.division or parsed.ballot_id != identifier:
        raise ValueError(
            "not a ballot id; expected local.<council>.<ward>.<YYYY-MM-DD>,"
            " for example local.barnet.childs-hill.2014-05-22"
        )
    return identifier


def _is_plain(form: re.Pattern[str], identifier: str) -> bool:
    """Returns whether an id has a plain form and a date that exists."""
    found = form.fullmatch(identifier)
    return found is not None and _is_day(found[1])


@lru_cache(maxsize=_DAYS)
def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _parsed(identifier: str) -> IdBuilder | None:
    """Returns a parsed id of a local election with a council, or None for anything else."""
    if _PARTS.fullmatch(identifier) is None:
        return None
    try:
        parsed = IdBuilder.from_id(identifier)
    except ValueError:
        return None
    return parsed if parsed.election_type == "local" and parsed.organisation else None


@lru_cache(maxsize=_CACHE_ENTRIES)
def election_of(identifier: str) -> str:
    """Returns the election that a council election id belongs to.

    `local.barnet.2014-05-22` belongs to `local.2014-05-22`. Give the council's id and not a
    ballot's, because a ballot that is polled later has another date.
    """
    kind, *_, poll = identifier.split(".")
    return f"{kind}.{poll}"


def from_slug(slug: str) -> str:
    """Returns a name made from a part of an id: `Childs Hill` for `childs-hill`."""
    return slug.replace("-", " ").title()


def is_by_election(ballot: str) -> bool:
    """Returns whether a ballot's id is that of a by-election."""
    return ".by." in ballot


def ward_of(ballot: str) -> str:
    """Returns a ward's name made from the slug in a ballot's id, such as `Childs Hill`."""
    return from_slug(" ".join(part for part in ballot.split(".")[2:-1] if part != "by"))


def belongs_to(ballot: str, council: str) -> bool:
    """Returns whether a ballot belongs to a council's election, on its day or a later one."""
    _, organisation, *_, ballot_poll = ballot.split(".")
    _, council_organisation, council_poll = council.split(".")
    return organisation == council_organisation and ballot_poll >= council_poll


def poll_is_near(identifier: str, today: date) -> bool:
    """Returns whether the poll of an id is at most POLL_NEAR_DAYS from a day, either way."""
    poll = date.fromisoformat(identifier.rpartition(".")[2])
    return abs(poll - today) <= timedelta(days=POLL_NEAR_DAYS)

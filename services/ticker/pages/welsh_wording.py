"""States, times and tallies in Welsh, from the same fields as in English. No I/O.

Names stay as they are. `wording` and its neighbours say when each is blank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from schemas.flip import Flip
from schemas.party import NOC
from schemas.totals import CouncilTotals
from schemas.ward import Candidate
from schemas.ward_totals import WardTotals
from services.pages.language import locale_of, translation, written_day
from services.ticker.pages import council_wording, wording
from services.ticker.pages.party_style import party_style
from services.ticker.pages.welsh_headline import NO_CONTROL, welsh_count, welsh_party

_MONTHS: Final = {f"{date(2000, month, 1):%b}": month for month in range(1, 13)}
_MONTH: Final = re.compile(rf"\b({'|'.join(_MONTHS)})\b")


def clock(moment: datetime | None, of: str) -> str:
    """Returns a time, with its date if it is not of the night: `24 Mai 14.05`."""
    return _with_month(wording.clock(moment, of))


def feed_clock(feed_id: str, of: str) -> str:
    """Returns the time of a feed id as `clock` does."""
    return _with_month(wording.feed_clock(feed_id, of))


def clock_with_seconds(time_ms: int, of: str) -> str:
    """Returns a time in milliseconds since 1970 as `clock` does, with seconds."""
    return _with_month(wording.clock_with_seconds(time_ms, of))


def _with_month(written: str) -> str:
    names = locale_of("cy").months["format"]["abbreviated"]
    return _MONTH.sub(lambda found: str(names[_MONTHS[found.group()]]), written)


def times_note(election: str) -> str:
    """Returns in which zone times are, and of which night those without a date are."""
    found = wording.night(election)
    if found is None:
        return "Amser y DU yw'r amseroedd."
    first, following = found[0].date(), found[1].date()
    return (
        f"Amser y DU ({found[0]:%Z}) yw'r amseroedd. Mae'r rhai heb ddyddiad o'r noson rhwng"
        f" {written_day(first, 'cy')} a {written_day(following, 'cy')}."
    )


def before(totals: CouncilTotals) -> str:
    """Returns who was in control before: `Labour yn rheoli cynt`."""
    if totals.control_before is None:
        return ""
    if totals.control_before == NOC:
        return f"{NO_CONTROL} cynt"
    return f"{welsh_party(totals, totals.control_before)} yn rheoli cynt"


def count_so_far(totals: CouncilTotals) -> str:
    """Returns how many wards are declared: `17 o 18 ward wedi'u cyhoeddi`."""
    if totals.as_a_whole or not totals.wards_total:
        return ""
    every = welsh_count(totals.wards_total, "ward")
    return f"{totals.wards_declared} o {every} wedi'u cyhoeddi"


def would_have(totals: CouncilTotals) -> str:
    """Returns what the voters who cost the party in control its majority would have done."""
    is_changed = council_wording.would_have(totals) == "Control would have changed with"
    changed = "Byddai'r rheolaeth wedi newid gyda"
    return changed if is_changed else "Byddai'r rheolaeth yn agored o hyd gyda"


def ward_state(ward: WardTotals) -> str:
    """Returns the state of a ward's count, and what its sources make of it."""
    if ward.being_checked and ward.status in {"waiting", "counting", "recount"}:
        return _label("Being checked")
    state = _count_state(ward)
    if not ward.sources:
        return state
    if ward.disputed:
        return f"{state}, yn cael ei herio"
    return f"{state} · {confirmed}" if (confirmed := confirmed_by(ward)) else state


def _count_state(ward: WardTotals) -> str:
    if ward.status == "partial":
        every = welsh_count(ward.seats_contested, "seat")
        return f"{sum(ward.seats_won.values())} o {every} wedi'u cyhoeddi"
    if ward.status == "recount" and ward.recount:
        return f"{_label('Recount')} rhif {ward.recount}"
    expected = clock(ward.expected_at, ward.ballot_paper_id)
    if ward.status == "waiting" and expected:
        return f"Disgwylir {expected}"
    # What is left are whole labels, which the catalogue has.
    return _label(wording.ward_state(ward.model_copy(update={"sources": 0})))


def _label(text: str) -> str:
    return translation("cy", text) or text


def confirmed_by(result: WardTotals | CouncilTotals) -> str:
    """Returns `cadarnhawyd gan 2 ffynhonnell`; blank for one, and where another contradicts."""
    if result.sources <= 1 or result.disputed:
        return ""
    return f"cadarnhawyd gan {result.sources} ffynhonnell"


def whole_state(totals: CouncilTotals) -> str:
    """Returns what is known of a council's result as a whole; blank if its wards count."""
    whole = "yn ei gyfanrwydd"
    if not totals.as_a_whole:
        return f"{whole}, yn cael ei wirio" if totals.being_checked else ""
    confirmed = confirmed_by(totals)
    doubt = ", yn cael ei herio" if totals.disputed else ""
    return f"{whole}{doubt}{f', {confirmed}' if confirmed else ''}"


def gained(ward: WardTotals) -> str:
    """Returns who gained seats of a ward: `LAB yn ennill 2`."""
    parties = ward.story.parties if ward.story is not None else ()
    return ", ".join(
        f"{each.party} yn ennill {each.seats_change}"
        for each in parties
        if each.seats_change is not None and each.seats_change > 0
    )


def held(ward: WardTotals) -> str:
    """Returns who held all seats of a ward that were up: `LAB yn cadw`."""
    parties = ward.story.parties if ward.story is not None else ()
    if any(each.seats_change for each in parties):
        return ""
    holding = [each.party for each in parties if each.seats_before and each.seats_change == 0]
    return f"{', '.join(holding)} yn cadw" if holding else ""


def moving(flip: Flip) -> str:
    """Returns between whom voters would have moved: `o Zinkin (Con) i Smith (Lab)`."""
    return f"o {_people(flip.votes_from)} i {_people(flip.votes_to)}"


def _people(people: Sequence[Candidate]) -> str:
    return ", ".join(
        f"{each.candidate} ({party_style(each.party_id or None, each.party).short or each.party})"
        for each in people
    )


def correction(ward: WardTotals) -> str:
    """Returns why a result was replaced; an empty string if it was not."""
    if ward.correction is None:
        return ""
    reason = (
        "newidiwyd y canlyniad gan ddeiseb etholiadol"
        if ward.correction == "court"
        else "cywirwyd camgymeriad yn yr adroddiad cynharach"
    )
    if ward.revision == 1:
        return f"{reason[0].upper()}{reason[1:]}."
    return f"Cywirwyd, fersiwn {ward.revision}: {reason}."

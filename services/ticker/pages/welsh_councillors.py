"""Who sits on a council, and what is not known of it, in Welsh sentences. No I/O."""

from __future__ import annotations

from services.pages.language import translation
from services.ticker.pages.councillors import NOT_KNOWN_HERE, CouncilCouncillors
from services.ticker.pages.party_style import party_style
from services.ticker.pages.welsh_headline import welsh_count


def welsh_sentences(known: CouncilCouncillors, names: dict[str, str]) -> list[str]:
    """Returns what is known of a council's seats, and what is not, as `sentences` has it.

    `names` are those of parties by key.
    """
    found = []
    if known.seats_elected:
        of = f", o {known.seats_total}" if known.seats_elected < known.seats_total else ""
        elected = welsh_count(known.seats_elected, "councillor")
        found.append(f"Etholwyd {elected}{of}, yn yr etholiad hwn.")
    else:
        found.append("Nid yw enw neb a etholwyd yn yr etholiad hwn yn hysbys eto.")
    if known.seats_to_come:
        found.append(f"{welsh_count(known.seats_to_come, 'seat')} i ddod.")
    not_up = sum(known.seats_not_up.values())
    if not_up:
        shares = ", ".join(
            f"{party_style(key, names.get(key, key)).short} {seats}"
            for key, seats in known.seats_not_up.items()
        )
        seats_not_up = welsh_count(not_up, "seat")
        found.append(
            f"Nid oedd {seats_not_up} yn cael eu hethol ({shares}); nid yw'n hysbys yma pwy sydd"
            " ynddynt."
        )
    if known.seats_unknown:
        unknown = welsh_count(known.seats_unknown, "seat")
        found.append(f"Nid yw'n hysbys yma pwy sydd mewn {unknown} arall.")
    return [*found, translation("cy", NOT_KNOWN_HERE) or NOT_KNOWN_HERE]

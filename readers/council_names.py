"""The names of councils, compared without the words that say what kind of council it is."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from schemas.spelling import compared

_CACHE_ENTRIES: Final = 8_192
"""A UK night has some 400 councils under a few spellings each; the limit keeps rubbish out."""

_KINDS: Final = frozenset(
    {
        *("and", "authority", "borough", "bwrdeistref", "city", "combined"),
        *("corporation", "council", "county", "cyngor", "dinas", "district"),
        *("islands", "isles", "london", "metropolitan", "mbc", "of"),
        *("royal", "sir", "sirol", "the", "unitary", "y"),
    }
)

# Welsh and Gaelic names of whole councils, as compared, with the English ones.
_OTHER_NAMES: Final = {
    "abertawe": "swansea",
    "bro morgannwg": "vale glamorgan",
    "caerdydd": "cardiff",
    "caerffili": "caerphilly",
    "casnewydd": "newport",
    "castell nedd port talbot": "neath port talbot",
    "comhairle nan eilean siar": "eilean siar",
    "gaerfyrddin": "carmarthenshire",
    "benfro": "pembrokeshire",
    "ddinbych": "denbighshire",
    "fflint": "flintshire",
    "fynwy": "monmouthshire",
    "isle anglesey": "anglesey",
    "merthyr tudful": "merthyr tydfil",
    "na h eileanan an iar": "eilean siar",
    "na h eileanan siar": "eilean siar",
    "pen bont ar ogwr": "bridgend",
    "rhondda cynon taff": "rhondda cynon taf",
    "tor faen": "torfaen",
    "western": "eilean siar",
    "wrecsam": "wrexham",
    "ynys mon": "anglesey",
}


@lru_cache(maxsize=_CACHE_ENTRIES)
def council_words(name: str) -> str:
    """Returns the words that tell a council from others, in alphabetical order.

    `Kingston upon Hull, City of` and the slug `kingston-upon-hull` have the same; so have the
    English and the Welsh name of a council. Blank if there is no such word.
    """
    words = [word for word in compared(name).split() if word not in _KINDS]
    plain = " ".join(words)
    return " ".join(sorted(_OTHER_NAMES.get(plain, plain).split()))

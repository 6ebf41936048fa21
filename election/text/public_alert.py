"""The paragraph of each kind of alert, as it can be published."""

from __future__ import annotations

from typing import assert_never

from election.alert_state import AlertKey, Condition
from election.count import Count
from election.text.public_call import call_paragraph, out_paragraph
from election.text.public_result import result_paragraph
from election.text.public_ward import ward_paragraph


def alert_paragraph(count: Count, key: AlertKey, condition: Condition) -> str:
    """Returns a raised alert in plain sentences, without the wires' words, from the count alone.

    It has at most `PARAGRAPH_MAX_WORDS`, and is cut only where names have dozens of words.
    """
    match key.kind:
        case "control":
            return call_paragraph(count)
        case "result":
            return result_paragraph(count)
        case "incumbent_out":
            return out_paragraph(count)
        case "decider" | "knife_edge" | "recount" | "postponed" | "notable_beaten":
            return ward_paragraph(count, key, condition)
    assert_never(key.kind)

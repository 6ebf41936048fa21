"""A draft as data."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from drafts.draft import Sentence, Span
from drafts.facts import Basis, BasisKind
from drafts.words import DraftLanguage
from schemas.base import Mode
from services.ticker.drafts.drawing import Drawn, Withdrawal
from services.ticker.feed.entry import BEGINNING, is_after

CHECK_OWED = "Nid yw siaradwr Cymraeg wedi gwirio'r drafft hwn eto."
"""Said with every draft in Welsh: no speaker of Welsh has checked its templates yet."""

Pointer = Annotated[str, Field(description="A JSON pointer (RFC 6901) into the totals.")]


class RestsOn(BaseModel):
    """What a piece of a sentence rests on.

    A number is the sum of the numbers at `plus` in the totals of this council, ward or night, less
    those at `minus`.
    """

    kind: BasisKind
    id: str = Field(description="The id of the council, ballot, alert or election.")
    revision: int = Field(
        description="The version of a council's or a night's totals, the revision of a ward's"
        " result, or that of what caused an alert."
    )
    link: str = Field(description="The path of its page.")
    data: str = Field(description="The path of its totals, or of the alerts it is among.")
    plus: list[Pointer] = []
    minus: list[Pointer] = []


class DraftSpan(BaseModel):
    """A piece of a sentence."""

    text: str
    value: float | None = Field(default=None, description="The number that it says, if any.")
    rests_on: RestsOn | None = Field(default=None, description="Null for words.")


class DraftSentence(BaseModel):
    """A sentence, under its name in the templates."""

    sentence: str
    text: str
    spans: list[DraftSpan]


class DraftParagraph(BaseModel):
    """A paragraph."""

    sentences: list[DraftSentence]


class WithdrawnAlert(BaseModel):
    """An alert that was taken back, in English as it was told."""

    id: str
    kind: str
    council: str | None
    text: str
    withdrawn_by: str = Field(description="The id of the alert that took it back.")
    why: str = Field(description="The line of that alert.")
    feed_id: str = Field(description="When it was taken back, in the feed.")


class PublishedDraft(BaseModel):
    """A story of a council or a night, drawn from what is published at one feed id.

    It is drawn again with every change. Whoever keeps one asks with `since` and its `feed_id` what
    was withdrawn after it.
    """

    feed_id: str
    kind: Literal["council", "night"]
    election: str
    council: str | None = Field(description="Null for the night.")
    name: str
    mode: Mode
    version: int | None = Field(
        description="The version of the totals; null while there are none of the night."
    )
    language: DraftLanguage
    languages: list[DraftLanguage] = Field(description="Those in which there is such a draft.")
    note: str = Field(description="What is still owed before it can be published; blank if none.")
    text: str = Field(description="The whole story, with a blank line between paragraphs.")
    paragraphs: list[DraftParagraph]
    withdrawn: list[WithdrawnAlert] = Field(
        description="Alerts that were taken back, oldest first, of many the latest; with `since`,"
        " after that feed id, and those of which that is no longer known."
    )


def published(drawn: Drawn, since: str | None = None) -> PublishedDraft:
    """Returns a draft as data; `since` is a feed id, and earlier withdrawals are left out.

    Those whose place in the feed is no longer known are not: they may have come after it.
    """
    draft = drawn.draft
    return PublishedDraft(
        feed_id=drawn.feed_id,
        kind=drawn.kind,
        election=drawn.election,
        council=drawn.council or None,
        name=drawn.name,
        mode=drawn.mode,
        version=drawn.version,
        language=draft.language,
        languages=list(drawn.languages),
        note=CHECK_OWED if draft.language == "cy" else "",
        text=draft.text,
        paragraphs=[
            DraftParagraph(sentences=[_sentence(each, drawn.election) for each in paragraph])
            for paragraph in draft.paragraphs
        ],
        withdrawn=[
            _withdrawn(each)
            for each in drawn.withdrawn
            if since is None or each.feed_id == BEGINNING or is_after(each.feed_id, since)
        ],
    )


def _sentence(sentence: Sentence, election: str) -> DraftSentence:
    return DraftSentence(
        sentence=sentence.name,
        text=sentence.text,
        spans=[_span(span, election) for span in sentence.spans],
    )


def _span(span: Span, election: str) -> DraftSpan:
    basis = span.basis
    return DraftSpan(
        text=span.text,
        value=span.value,
        rests_on=None
        if basis is None
        else RestsOn(
            kind=basis.kind,
            id=basis.id,
            revision=basis.revision,
            link=basis.link,
            data=_data(basis, election),
            plus=list(basis.plus),
            minus=list(basis.minus),
        ),
    )


def _data(basis: Basis, election: str) -> str:
    """Returns the path under which what a basis names is served as data."""
    # A page's link is that of its council, and of its ward below that or its alert behind a #.
    council = basis.link.removeprefix("/councils/").partition("/")[0].partition("#")[0]
    return {
        "council": f"/v1/councils/{council}",
        "ward": f"/v1/councils/{council}/wards",
        "alert": f"/v1/councils/{council}/alerts",
        "night": f"/v1/elections/{election}/national",
    }[basis.kind]


def _withdrawn(withdrawal: Withdrawal) -> WithdrawnAlert:
    told, taken_back = withdrawal.told, withdrawal.taken_back
    return WithdrawnAlert(
        id=told.id,
        kind=told.kind,
        council=told.council,
        text=told.text,
        withdrawn_by=taken_back.id,
        why=taken_back.text,
        feed_id=withdrawal.feed_id,
    )

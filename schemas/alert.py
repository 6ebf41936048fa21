"""`alert`: a change that matters to a reporter, and the reason for it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from schemas.alert_seats import ALERT_PARTIES_MAX, AlertSeats
from schemas.base import (
    BallotPaperId,
    Control,
    CouncilId,
    Gss,
    Mode,
    Model,
    Name,
    Seq,
    Timestamp,
)
from schemas.flip import FLIPS_MAX, Flip

CouncilKind = Literal[
    "control",
    "incumbent_out",
    "result",
    "decider",
    "knife_edge",
    "recount",
    "postponed",
    "notable_beaten",
]
"""What an alert of one council is about."""

Beat = Literal["flash", "final"]
"""The two beats of the wire: control as soon as it is certain, and the full result."""

PARAGRAPH_MAX_CHARACTERS = 600
"""Some 60 words, and the longest names."""

NightKind = Literal["milestone", "night"]
"""What an alert of the whole night is about: a mark that it passed, or a digest."""

Kind = Literal[CouncilKind, NightKind]
Action = Literal["raise", "retract"]
Outcome = Literal["hold", "gain", "gain_from_noc", "loss_to_noc", "noc_hold", "undetermined"]


class Alert(Model):
    """One alert. The same log always gives the same alerts with the same ids, in one order."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] = Field(
        description="Hash of election, council, kind, action, cause, its revision, from and to."
    )
    kind: Kind = Field(description="What it is about.")
    action: Action = Field(description="A raise tells; a retract withdraws what was told.")
    election: Name = Field(description="The election, such as local.2014-05-22.")
    council: CouncilId | None = Field(
        description="The council it is about; null for a milestone or digest of the whole night.",
    )
    council_gss: Gss = ""
    name: Name = Field(
        description="The council's name; of a milestone the mark's, of a digest its time."
    )
    mode: Mode
    control: Control | None = Field(
        default=None, description="The control that is certain now; in a retract, no longer."
    )
    outcome: Outcome | None = Field(
        default=None, description="The outcome against the control before, in wire terms."
    )
    change: bool | None = Field(
        default=None, description="Whether control changes hands; null where the prior is unknown."
    )
    from_: Control | None = Field(default=None, alias="from", description="Control before.")
    to: Control | None = Field(default=None, description="Control after.")
    ballots: tuple[BallotPaperId, ...] = Field(
        default=(),
        max_length=20,
        description="The ballots it is about, such as the ward that the council hangs on;"
        " empty where it is about the council alone. What caused it is in `cause`.",
    )
    cause: BallotPaperId | None = Field(
        default=None, description="The ballot that caused it; null where no ballot did."
    )
    cause_revision: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Revision of the causing fact; 0 where no ballot caused it."
    )
    ward: Name = Field(default="", description="The name of the causing ward.")
    seq: Seq | None = None
    caused_at: Timestamp | None = Field(
        default=None, description="When the causing event was declared, by its own account."
    )
    retracts: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = Field(
        default=None, description="Id of the alert withdrawn."
    )
    told_by: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = Field(
        default=None,
        description="Id of the control alert of the same event, which says this as well; null"
        " where there is none.",
    )
    flip_at: tuple[Flip, ...] = Field(
        default=(),
        max_length=FLIPS_MAX,
        description="The fewest voters who would have changed it, by ward, most voters first;"
        " empty where none could, and where more wards are needed.",
    )
    text: Name = Field(description="One line that a reporter can print.")
    beat: Beat | None = Field(
        default=None,
        description="flash: control is certain; final: every seat is known; null for any other"
        " kind, and for every retract.",
    )
    paragraph: Annotated[str, Field(max_length=PARAGRAPH_MAX_CHARACTERS)] = Field(
        default="",
        description="The same in plain sentences, without abbreviations, as it can be published;"
        " empty where an older version wrote the alert.",
    )
    seats: tuple[AlertSeats, ...] = Field(
        default=(),
        max_length=ALERT_PARTIES_MAX,
        description="The table of a flash or final, most seats first; empty in any other.",
    )
    proof: tuple[Annotated[str, Field(max_length=1_000)], ...] = Field(
        default=(), max_length=20, description="The facts behind the line, one each."
    )
    certificate: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        default=None,
        description="SHA-256 of the certificate, which says why it is certain; null for a kind"
        " that has none, for a retract, and where an older version wrote the alert.",
    )

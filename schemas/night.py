"""`night`: what the national totals are counted from, beside the councils' own totals."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Mode, Model, Name, Timestamp
from schemas.national import Projection


class DigestDue(Model):
    """It is time to say what has changed. In the log, so that whoever reads it again agrees."""

    type: Literal["digest.due"] = "digest.due"
    election: Name = Field(description="The election, such as local.2014-05-22.")
    mode: Mode
    due_at: Timestamp = Field(description="The end of the time that the digest is about.")


class ProjectionStated(Model):
    """A projection that was published. The latest of a name and source replaces those before."""

    type: Literal["projection.stated"] = "projection.stated"
    election: Name = Field(description="The election, such as local.2014-05-22.")
    mode: Mode
    projection: Projection = Field(description="What was published, and who entered it.")

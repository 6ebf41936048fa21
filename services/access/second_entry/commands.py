"""The command `livecount access policy`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from services.access.operator import operator
from services.access.options import By, KeysFile

if TYPE_CHECKING:
    from pathlib import Path

    from services.access.second_entry.policy import Policy


class PolicyChoice(StrEnum):
    """When a stringer's result needs a second person who types the same."""

    always = "always"
    decisive = "decisive"
    never = "never"


def policy(
    second_entry: Annotated[
        PolicyChoice | None,
        typer.Argument(help="When a stringer's result needs a second one; else shows what holds."),
    ] = None,
    *,
    council: Annotated[str, typer.Option(help="A council it is for, an id or a name.")] = "",
    election: Annotated[str, typer.Option(help="An election it is for.")] = "",
    by: By = "",
    keys: KeysFile = None,
) -> None:
    """Says when a stringer's result needs a second entry, everywhere or for one place.

    A running intake and entry go by it two seconds later, for what is said from then on. Exit
    status 3 if the policy is set, but the audit could not be told.
    """
    from services.access.changing import keys_file_of, settings_of_audit, tell_audit

    settings = settings_of_audit()
    file = keys_file_of(settings, keys)
    if second_entry is None:
        _show(file)
        return
    made = _set(file, second_entry, council, election)
    typer.echo(f"{made.words} in {file}")
    tell_audit(settings, "policy set", by or operator(), "", made.words)


def _show(file: Path) -> None:
    """Prints the policies of a file, and what holds everywhere else."""
    from services.access.changing import unusable
    from services.access.keys_file import KeysError, parse_keys, read_content
    from services.access.second_entry.policy import everywhere

    try:
        policies = parse_keys(read_content(file), file).policies
    except KeysError as error:
        raise unusable(*error.faults) from error
    for each in (everywhere(policies), *(each for each in policies if each.place)):
        typer.echo(each.words)


def _set(file: Path, second_entry: PolicyChoice, council: str, election: str) -> Policy:
    """Returns a policy that is in the file now; each fault ends the command."""
    from pydantic import ValidationError

    from schemas.refusal import refusals
    from services.access.changing import unusable
    from services.access.keys_edit import set_policy
    from services.access.keys_file import KeysError
    from services.access.second_entry.policy import Policy

    given = {"second_entry": second_entry.value, "council": council, "election": election}
    try:
        made = Policy.model_validate({name: value for name, value in given.items() if value})
        set_policy(file, made)
    except ValidationError as error:
        raise unusable(*(str(each) for each in refusals(error))) from error
    except KeysError as error:
        raise unusable(*error.faults) from error
    return made

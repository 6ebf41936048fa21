"""Tokens: secrets of the settings that open a door."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, SecretStr

TOKEN_CHARACTERS_MIN = 16
"""The shortest token. Of 16 random letters and digits there are more than anybody can try."""


def _check_token(token: SecretStr) -> SecretStr:
    given = len(token.get_secret_value())
    if given < TOKEN_CHARACTERS_MIN:
        raise ValueError(
            f"{given} characters; give at least {TOKEN_CHARACTERS_MIN},"
            " such as `openssl rand -hex 24` prints"
        )
    return token


def _check_token_if_any(token: SecretStr) -> SecretStr:
    return _check_token(token) if token.get_secret_value() else token


Token = Annotated[SecretStr, AfterValidator(_check_token)]
"""A secret that opens a door, long enough that it cannot be guessed."""

TokenIfAny = Annotated[SecretStr, AfterValidator(_check_token_if_any)]
"""The same, or an empty text if there is none."""

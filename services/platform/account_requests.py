"""Kafka's requests about accounts and their rights that aiokafka does not have, or not for many."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiokafka.protocol.admin import (
    CreateAclsRequest_v1,
    DeleteAclsRequest_v1,
    DescribeAclsRequest,
)
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    CompactArray,
    CompactBytes,
    CompactString,
    Int8,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from services.platform.accounts import Grant

SCRAM_SHA_512: Final = 2
ITERATIONS: Final = 4_096
"""Rounds of hashing, the fewest that Kafka takes: a password of 192 random bits needs no more."""

SALT_BYTES: Final = 16

_ANY, _LITERAL, _ALLOW = 1, 3, 3
_RESOURCES: Final = {"topic": 2, "group": 3}
_OPERATIONS: Final = {"read": 3, "write": 4, "describe": 8}


class _AlterCredentialsResponse(Response):  # type: ignore[misc] # aiokafka has no types
    API_KEY = 51
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _AlterCredentialsStruct(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION = True
    API_KEY = 51
    API_VERSION = 0
    RESPONSE_TYPE = _AlterCredentialsResponse
    SCHEMA = Schema(
        (
            "deletions",
            CompactArray(
                ("name", CompactString("utf-8")), ("mechanism", Int8), ("tags", TaggedFields)
            ),
        ),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class SetPasswords(Request[_AlterCredentialsStruct]):  # type: ignore[misc]
    """Makes SCRAM accounts, or gives those that exist another password. By account's name."""

    API_KEY = 51

    def __init__(self, passwords: Mapping[str, str]) -> None:
        self._passwords = passwords

    def build(self, request_struct_class: type[Any]) -> Any:
        """Returns the request with salted passwords, so that none travels."""
        return request_struct_class([], [_salted(*each) for each in self._passwords.items()], {})


def _salted(name: str, password: str) -> tuple[str, int, int, bytes, bytes, dict[int, bytes]]:
    salt = secrets.token_bytes(SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return (name, SCRAM_SHA_512, ITERATIONS, salt, salted, {})


class AddGrants(Request[CreateAclsRequest_v1]):  # type: ignore[misc]
    """Adds rights; those that are there already stay."""

    API_KEY = 30

    def __init__(self, wanted: Iterable[Grant]) -> None:
        self._wanted = list(wanted)

    def build(self, request_struct_class: type[Any]) -> Any:
        """Returns the request, for literal names and from any host."""
        return request_struct_class(
            [
                (
                    _RESOURCES[grant.resource],
                    grant.name,
                    _LITERAL,
                    f"User:{grant.account}",
                    "*",
                    _OPERATIONS[grant.operation],
                    _ALLOW,
                )
                for grant in self._wanted
            ]
        )


class RemoveGrants(Request[DeleteAclsRequest_v1]):  # type: ignore[misc]
    """Removes every right on the topics and groups of some grants, whoever has it."""

    API_KEY = 31

    def __init__(self, unwanted: Iterable[Grant]) -> None:
        self._places = sorted({(grant.resource, grant.name) for grant in unwanted})

    def build(self, request_struct_class: type[Any]) -> Any:
        """Returns the request, with one filter for each topic and group."""
        return request_struct_class(
            [
                (_RESOURCES[resource], name, _LITERAL, None, None, _ANY, _ANY)
                for resource, name in self._places
            ]
        )


def every_grant() -> DescribeAclsRequest:
    """Returns the request for every right that a broker knows of."""
    return DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, _ANY)


def known_grants(answer: Mapping[str, Any]) -> set[Grant]:
    """Returns those rights of the answer to `every_grant` that are of livecount's kind."""
    resources = {code: name for name, code in _RESOURCES.items()}
    operations = {code: name for name, code in _OPERATIONS.items()}
    return {
        Grant(
            acl["principal"].removeprefix("User:"),
            resources[resource["resource_type"]],
            resource["resource_name"],
            operations[acl["operation"]],
        )
        for resource in answer["resources"]
        for acl in resource["acls"]
        if resource["resource_type"] in resources
        and resource["resource_pattern_type"] == _LITERAL
        and acl["operation"] in operations
        and acl["permission_type"] == _ALLOW
    }

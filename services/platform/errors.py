"""Outages: one name for each, with the exit status of a service that gives up for it."""

from __future__ import annotations

from typing import ClassVar

from services.platform.exit_status import ExitStatus


class ServiceError(Exception):
    """An error that ends a service. Each kind has an exit status of its own."""

    exit_status: ClassVar[ExitStatus]


class KafkaUnavailableError(ServiceError):
    """Kafka cannot be reached, does not acknowledge an output, or lacks a topic."""

    exit_status = ExitStatus.KAFKA_UNAVAILABLE


class SharedNameError(ServiceError):
    """Another worker has this one's name in their group."""

    exit_status = ExitStatus.FENCED


class RedisUnfitError(ServiceError):
    """Redis is set up so that it may lose what it holds."""

    exit_status = ExitStatus.UNUSABLE


class RedisUnavailableError(ServiceError):
    """Redis did not do what was asked for as long as the retries lasted."""

    exit_status = ExitStatus.REDIS_UNAVAILABLE

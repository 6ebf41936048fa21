"""What the local stack of a directory is made of: its id and its ports."""

from __future__ import annotations

import base64
import json
import random
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from services.platform.stack.kafka_process import BrokerAddress
from services.platform.stack.ports import free_ports, is_free


@dataclass(frozen=True, slots=True)
class StackPlan:
    """Kept in `stack.json`, so that the next start finds its data and, if free, its ports."""

    cluster_id: str
    redis_port: int
    brokers: tuple[BrokerAddress, ...]

    @classmethod
    def new(cls, brokers: int, chance: random.Random) -> Self:
        """Returns a plan for a number of brokers, on ports that are free now."""
        redis_port, *ports = free_ports(1 + 2 * brokers, chance)
        return cls(
            cluster_id=base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="),
            redis_port=redis_port,
            brokers=tuple(
                BrokerAddress(node_id, ports[2 * node_id - 2], ports[2 * node_id - 1])
                for node_id in range(1, brokers + 1)
            ),
        )

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """Returns the plan in a file, or None if there is no usable one."""
        try:
            found = json.loads(file.read_text())
            # A plan of a version before there were accounts has it.
            found.pop("redis_password", None)
            brokers = tuple(BrokerAddress(**broker) for broker in found.pop("brokers"))
            return cls(brokers=brokers, **found)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, file: Path) -> None:
        """Writes the plan, readable only by its owner."""
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_text(json.dumps(asdict(self), indent=2) + "\n")

    def on_free_ports(self, chance: random.Random) -> Self:
        """Returns the plan with other ports in place of those that something else took."""
        ports = [self.redis_port]
        for broker in self.brokers:
            ports += [broker.port, broker.controller_port]
        if all(is_free(port) for port in ports):
            return self
        redis_port, *others = free_ports(len(ports), chance)
        moved = tuple(
            BrokerAddress(broker.node_id, others[2 * place], others[2 * place + 1])
            for place, broker in enumerate(self.brokers)
        )
        return replace(self, redis_port=redis_port, brokers=moved)

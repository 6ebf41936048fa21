"""The aggregator, but its client has been told of no broker.

aiokafka takes an answer without brokers for the cluster, as one gives that has just started and
does not know the others. The coordinator of its group can then not be asked for.
"""

from __future__ import annotations

from aiokafka.client import AIOKafkaClient

from services.aggregator.engine.service import run_aggregator
from services.platform.settings import load_settings

AIOKafkaClient.get_random_node = lambda _client: None


if __name__ == "__main__":
    run_aggregator(load_settings())

"""The aggregator with a Kafka client that knows no broker.

A broker that has just started and does not know the others answers with an empty list of brokers,
and aiokafka takes that for the cluster. It then has nobody to ask for its group's coordinator.
"""

from __future__ import annotations

from aiokafka.client import AIOKafkaClient

from services.aggregator.service import run_aggregator
from services.platform.settings import load_settings

AIOKafkaClient.get_random_node = lambda _client: None


if __name__ == "__main__":
    run_aggregator(load_settings())

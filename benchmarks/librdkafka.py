"""How clients on librdkafka reach the test bed."""

from __future__ import annotations

from services.platform.settings import Settings


def librdkafka(settings: Settings) -> dict[str, str]:
    """Returns the configuration that leads such a client to Kafka with the settings' account."""
    return {
        "bootstrap.servers": settings.kafka_bootstrap_servers,
        "security.protocol": settings.kafka_security_protocol,
        "sasl.mechanism": settings.kafka_sasl_mechanism,
        "sasl.username": settings.kafka_sasl_username,
        "sasl.password": settings.kafka_sasl_password.get_secret_value(),
    }

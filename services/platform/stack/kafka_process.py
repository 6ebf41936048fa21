"""A Kafka broker of the local stack: its configuration, storage and command line."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from services.platform.accounts import ADMIN, kafka_secret, password
from services.platform.kafka import MESSAGE_MAX_BYTES
from services.platform.stack.ports import LOOPBACK
from services.platform.stack.process import Process, ProcessError
from services.platform.stack.servers import Certificates

FORMAT_TIMEOUT_S = 60.0
"""Formatting takes one second; a cold, busy machine may take many."""

# Measured on two cores with Java 17 and 25: formatted in 1.0 s, listening 2.1 s after the start.
# Only the first compiler and the serial collector: they start fastest and leave most of a small
# machine to the services. A class data archive would save another second, and cost 43 MB and
# three seconds when it is made.
JVM_FLAGS = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.logFile=System.out",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    # The full configuration is in the properties file; here it would fill the log.
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
)

# Each setting has its reason. For production see docker-compose.yml and the documentation.
SETTINGS = f"""\
process.roles=broker,controller
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENTS
listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT

# Whoever connects has to be one of the accounts, and may do what it is granted and nothing else.
# Brokers and controllers are the administrator to each other; its password is known before there
# is a cluster that could keep accounts. See docs/decisions/0011-accounts-and-acls.md.
sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.controller.sasl.enabled.mechanisms=PLAIN
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{ADMIN}
allow.everyone.if.no.acl.found=false

# Topics are made by `livecount topics create`, with their settings, and by nothing else.
auto.create.topics.enable=false
unclean.leader.election.enable=false

# The headers of a batch come on top of the largest message.
message.max.bytes={MESSAGE_MAX_BYTES + 65_536}
replica.fetch.max.bytes={MESSAGE_MAX_BYTES + 65_536}

# Offsets outlast the months between two elections (one year); the topic is small here.
offsets.retention.minutes=525600
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=1

# A group starts immediately; in production it waits for further members (3000).
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.coordinator.threads=2

# A broker that comes back can join after this time instead of nine seconds. Long enough for
# the pauses of a busy machine.
broker.session.timeout.ms=6000
broker.heartbeat.interval.ms=500

# Without changes the controller writes a record that says nothing, every half second by default.
# An idle broker took 3.1% of a core with that, and takes 2.1% (measured on two cores, Java 17).
metadata.max.idle.interval.ms=5000

# Small segments are enough, and space is freed soon after a rehearsal is removed.
log.segment.bytes=104857600
log.segment.delete.delay.ms=1000
log.cleaner.dedupe.buffer.size=16777216

# Acknowledged means held by every in-sync broker; the system writes it to disk later.
log.flush.interval.messages=9223372036854775807

num.network.threads=2
num.io.threads=4
background.threads=4
num.recovery.threads.per.data.dir=1
"""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """The ports of one broker, on loopback."""

    node_id: int
    port: int
    controller_port: int


@dataclass(frozen=True, slots=True)
class KafkaRuntime:
    """What a broker runs on."""

    java: Path
    jars: tuple[Path, ...]

    def command(self, main_class: str, *arguments: str) -> list[str]:
        """Returns the command line of one of Kafka's main classes."""
        class_path = os.pathsep.join(str(jar) for jar in self.jars)
        return [str(self.java), *JVM_FLAGS, "-cp", class_path, main_class, *arguments]


def login_properties(listener: str, admin_password: str) -> str:
    """Returns how a listener knows the administrator, and all others by their accounts."""
    classes = "org.apache.kafka.common.security"
    prefix = f"listener.name.{listener.lower()}"
    return (
        f"{prefix}.plain.sasl.jaas.config={classes}.plain.PlainLoginModule required"
        f' username="{ADMIN}" password="{admin_password}" user_{ADMIN}="{admin_password}";\n'
        f"{prefix}.scram-sha-512.sasl.jaas.config={classes}.scram.ScramLoginModule required;\n"
    )


def tls_properties(certificates: Certificates) -> str:
    """Returns what makes a broker and its controller speak TLS and nothing else.

    It stands last in the file: of two lines for one setting Kafka takes the later.
    """
    return (
        "listener.security.protocol.map=CLIENTS:SASL_SSL,CONTROLLER:SASL_SSL\n"
        "ssl.enabled.protocols=TLSv1.3,TLSv1.2\n"
        "ssl.keystore.type=PEM\n"
        f"ssl.keystore.location={certificates.kafka}\n"
        "ssl.truststore.type=PEM\n"
        f"ssl.truststore.location={certificates.authority}\n"
    )


def broker_properties(
    own: BrokerAddress, every: list[BrokerAddress], data: Path, admin_password: str
) -> str:
    """Returns the configuration file of one broker of a cluster."""
    voters = ",".join(f"{broker.node_id}@{LOOPBACK}:{broker.controller_port}" for broker in every)
    copies = len(every)
    insync = 2 if copies > 2 else 1  # noqa: PLR2004 - of three copies one may be missing
    return (
        f"node.id={own.node_id}\n"
        f"listeners=CLIENTS://{LOOPBACK}:{own.port},"
        f"CONTROLLER://{LOOPBACK}:{own.controller_port}\n"
        f"advertised.listeners=CLIENTS://{LOOPBACK}:{own.port}\n"
        f"controller.quorum.voters={voters}\n"
        f"log.dirs={data}\n"
        f"default.replication.factor={copies}\n"
        f"min.insync.replicas={insync}\n"
        f"offsets.topic.replication.factor={copies}\n"
        f"transaction.state.log.replication.factor={copies}\n"
        f"transaction.state.log.min.isr={insync}\n"
        + login_properties("CLIENTS", admin_password)
        + login_properties("CONTROLLER", admin_password)
        + SETTINGS
    )


class Broker:
    """One broker with its files inside a directory of the stack."""

    def __init__(
        self,
        directory: Path,
        address: BrokerAddress,
        secrets: Path,
        certificates: Certificates | None = None,
    ) -> None:
        name = f"kafka-{address.node_id}"
        self._certificates = certificates
        self.address = address
        self._data = directory / name
        self._secrets = secrets
        self.process = Process(
            name, directory / f"{name}.properties", directory / "logs" / f"{name}.log"
        )

    def configure(self, every: list[BrokerAddress]) -> None:
        """Writes the configuration file, for the ports as they are now.

        Only its owner can read it: it has the administrator's password.
        """
        admin_password = password(self._secrets, kafka_secret(ADMIN))
        configuration = self.process.configuration
        configuration.touch(mode=0o600)
        configuration.chmod(0o600)
        properties = broker_properties(self.address, every, self._data, admin_password)
        if self._certificates:
            properties += tls_properties(self._certificates)
        configuration.write_text(properties)

    def prepare(self, runtime: KafkaRuntime, cluster_id: str) -> None:
        """Formats the broker's storage if it is new. Blocks for about a second.

        Raises ProcessError if that fails.
        """
        if (self._data / "meta.properties").exists():
            return
        configuration = str(self.process.configuration)
        formatted = subprocess.run(  # noqa: S603 - the command is the stack's own
            runtime.command(
                "kafka.tools.StorageTool",
                "format",
                # In one word: an id may begin with a dash.
                f"--cluster-id={cluster_id}",
                f"--config={configuration}",
            ),
            capture_output=True,
            text=True,
            check=False,
            timeout=FORMAT_TIMEOUT_S,
        )
        if formatted.returncode != 0:
            raise ProcessError(
                f"{self.process.name}: storage {self._data} could not be formatted:"
                f" {formatted.stderr.strip() or formatted.stdout.strip()}"
            )

    def start(self, runtime: KafkaRuntime, *, outlives_parent: bool) -> None:
        """Starts the broker on prepared storage; returns before it listens."""
        self.process.start(
            runtime.command("kafka.Kafka", str(self.process.configuration)),
            os.environ,
            outlives_parent=outlives_parent,
        )

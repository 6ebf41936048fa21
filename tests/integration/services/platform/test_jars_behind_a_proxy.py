"""Kafka's jars behind a company's proxy, which shows a certificate of the company's own."""

from __future__ import annotations

import os
import socketserver
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.support.checkout import CHECKOUT

TIMEOUT_S = 60.0


class Proxy(socketserver.ThreadingTCPServer):
    """A proxy that opens every tunnel itself, and has nothing."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, authority: trustme.CA) -> None:
        super().__init__(("127.0.0.1", 0), Tunnel)
        self.authority = authority
        self.asked: list[bytes] = []


class Tunnel(socketserver.BaseRequestHandler):
    """One tunnel: who it is to, and the first request inside."""

    server: Proxy

    def handle(self) -> None:
        """Answers with 404 in the name of whoever was asked for."""
        host = self.request.recv(4_096).split(b" ")[1].partition(b":")[0].decode()
        self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.authority.issue_cert(host).configure_cert(context)
        try:
            with context.wrap_socket(self.request, server_side=True) as tunnel:
                self.server.asked.append(tunnel.recv(4_096).partition(b"\r\n")[0])
                tunnel.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        except ssl.SSLError:
            self.server.asked.append(b"the certificate was refused")


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    """A proxy, with the certificate of its authority in ca.pem."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with Proxy(authority) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_jars_are_asked_of_a_proxy_whose_authority_this_machine_trusts(
    proxy: Proxy, tmp_path: Path
) -> None:
    """The tunnel is accepted, so that the answer inside it is what counts."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(CHECKOUT),
        "HTTPS_PROXY": f"http://127.0.0.1:{proxy.server_address[1]}",
        "SSL_CERT_FILE": str(tmp_path / "ca.pem"),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "services.cli", "stack", "up"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert ended.returncode == 1
    assert "could not be downloaded" in ended.stderr
    assert any(b".jar HTTP/1.1" in line for line in proxy.asked)
    assert b"the certificate was refused" not in proxy.asked

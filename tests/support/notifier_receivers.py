"""Real receivers and alerts for the notifier's tests."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web
from aiokafka import AIOKafkaProducer
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from schemas.alert import Alert
from schemas.delivery import Delivery
from schemas.envelope import content_id
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.topics import messages

SECRET_KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(SECRET_KEY).decode()
"""A signing secret of the tests, good for nothing else."""


def an_alert(number: int = 1, **fields: object) -> Alert:
    """Returns a valid alert; equal numbers give equal ids."""
    given: dict[str, object] = {
        "id": content_id(f"alert {number}".encode()),
        "kind": "control",
        "action": "raise",
        "election": "local.2014-05-22",
        "council": "local.barnet.2014-05-22",
        "council_gss": "E09000003",
        "name": "Barnet",
        "mode": "rehearsal",
        "control": "PP52",
        "outcome": "hold",
        "change": False,
        "cause": "local.barnet.childs-hill.2014-05-22",
        "cause_revision": 1,
        "text": f"CON HOLD Barnet: 32 of 63 ({number})",
        "proof": ("The third seat in Childs Hill went by 9 votes.",),
    }
    return Alert.model_validate(given | fields)


def a_milestone(number: int = 1, **fields: object) -> Alert:
    """Returns an alert of the whole night; equal numbers give equal ids."""
    given: dict[str, object] = {
        "kind": "milestone",
        "council": None,
        "council_gss": "",
        "name": "Labour past 700 gains",
        "control": None,
        "outcome": None,
        "change": None,
        "cause": None,
        "cause_revision": 0,
        "text": f"MILESTONE Labour past 700 gains: 703 net over 133 councils ({number})",
        "proof": ("Birmingham: Labour +4",),
    }
    return an_alert(1_000 + number, **(given | fields))


def rehearsal_channels(folder: Path, *tables: str) -> str:
    """Writes a channels file of rehearsal channels and returns its name.

    Each table has the fields of one channel, a line each.
    """
    file = folder / "channels.toml"
    file.write_text("\n".join(f"[[channels]]\nrehearsal = true\n{table}" for table in tables))
    return str(file)


async def publish(producer: AIOKafkaProducer, settings: Settings, alerts: Sequence[Alert]) -> None:
    """Puts alerts on the alerts topic as our services do."""
    for alert in alerts:
        await producer.send_and_wait(
            Topics(settings.namespace).alerts,
            alert.model_dump_json().encode(),
            key=(alert.council or alert.election).encode(),
        )


async def recorded(settings: Settings) -> list[Delivery]:
    """Returns every record of the ledger, in the order of writing."""
    records = await messages(settings, Topics(settings.namespace).deliveries)
    return [Delivery.model_validate_json(record.value) for record in records]


class Receiver:
    """An HTTP server that verifies signatures and keeps every alert in order of arrival.

    `answer` is the status to give; a function of the alert may choose it.
    """

    def __init__(self, *, signed: bool = False, answer: Callable[[Alert], int] | int = 204) -> None:
        self.answer = answer
        self.alerts: list[Alert] = []
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.held = asyncio.Event()
        self.held.set()
        self._signed = signed
        application = web.Application()
        application.router.add_post("/", self._receive)
        self._runner = web.AppRunner(application, access_log=None, handle_signals=False)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.held.set()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The address of this receiver."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def ids(self) -> list[str]:
        """The ids of the alerts taken, in order of arrival."""
        return [alert.id for alert in self.alerts]

    async def _receive(self, request: web.Request) -> web.Response:
        content = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((headers, content))
        if self._signed and not verified(headers, content):
            return web.Response(status=401)
        if headers["ce-type"] != "livecount.alert.v1":
            return web.Response(status=204)
        alert = Alert.model_validate_json(content)
        status = self.answer if isinstance(self.answer, int) else self.answer(alert)
        await self.held.wait()
        if 200 <= status < 300:
            self.alerts.append(alert)
        return web.Response(status=status)


class MailServer:
    """An SMTP server that keeps what it is sent."""

    def __init__(self, port: int) -> None:
        self.messages: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    async def handle_DATA(  # noqa: N802 -- aiosmtpd calls it so
        self, _server: object, _session: object, envelope: Envelope
    ) -> str:
        """Takes a message: aiosmtpd's hook."""
        content = envelope.content
        assert isinstance(content, bytes)
        self.messages.append(message_from_bytes(content, _class=EmailMessage, policy=default))
        return "250 taken"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


class SyslogServer(asyncio.DatagramProtocol):
    """A syslog receiver over UDP that keeps what it is sent."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def datagram_received(self, data: bytes, _: object) -> None:
        """Takes a line: asyncio's hook."""
        self.lines.append(data.decode())


def verified(headers: dict[str, str], content: bytes) -> bool:
    """Returns whether a request is signed after Standard Webhooks, computed independently here."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + content
    expected = base64.b64encode(hmac.new(SECRET_KEY, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(each, f"v1,{expected}") for each in given)

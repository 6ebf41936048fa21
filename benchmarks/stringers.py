"""Stringers: people with an invitation and a device each, who fill in entry's forms over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from ipaddress import IPv4Address
from pathlib import Path

import httpx

from schemas.ward import WardDeclared
from services.access.second_entry.policy import SecondEntry
from services.access.token import hash_of, new_token

BEHIND_A_PROXY = {"LIVECOUNT_TRUSTED_PROXIES": "127.0.0.1"}
"""Settings with which entry believes the addresses that stringers are forwarded from."""

FIRST_ADDRESS = IPv4Address("198.18.0.1")
"""The first of the addresses that RFC 2544 sets aside for benchmarks."""

ANSWER_TIMEOUT_S = 40.0
"""How long a phone waits for an answer; that of its script."""

SAME_ORIGIN = {"sec-fetch-site": "same-origin"}

_HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">')
_PERSON = re.compile(r'<label for="(votes-\d+)">.*?<b>(.*?)</b>')


def invite(
    file: Path, councils: Sequence[Sequence[str]], second_entry: SecondEntry = "decisive"
) -> list[str]:
    """Writes a file of keys with an invitation for each list of councils; returns the tokens."""
    now = datetime.now(UTC)
    tokens = []
    tables = [f'[[policy]]\nsecond_entry = "{second_entry}"\n']
    for number, theirs in enumerate(councils, 1):
        key_id = f"stringer-{number}"
        token = new_token(key_id)
        tokens.append(token)
        tables.append(
            f'[[keys]]\nid = "{key_id}"\nhash = "{hash_of(token.encode())}"\nrole = "stringer"\n'
            f'person = "Stringer {number}"\ncouncils = {json.dumps(sorted(set(theirs)))}\n'
            f"added = {now.isoformat()}\nexpires = {(now + timedelta(days=1)).isoformat()}\n"
        )
    file.touch(mode=0o600)
    file.write_text("\n".join(tables))
    return tokens


class Stringer:
    """Somebody at a count, on a device of their own, as a proxy in front of entry forwards them.

    `place` is the number of their address: those with one share it, as in a hall. Every method
    raises RuntimeError if it is not answered as it should be, and httpx.HTTPError.
    """

    def __init__(self, url: str, token: str, place: int) -> None:
        self._token = token
        self.client = httpx.AsyncClient(
            base_url=url,
            trust_env=False,
            timeout=ANSWER_TIMEOUT_S,
            headers={"x-forwarded-for": str(FIRST_ADDRESS + place)},
        )

    async def sign_in(self) -> None:
        """Opens the invitation, and has this device use it."""
        _check(await self.client.get("/invitation"))
        await self._post("/invitation", {"key": self._token}, httpx.codes.SEE_OTHER)

    async def read_back(self, result: WardDeclared) -> dict[str, str]:
        """Gets a ward's form, fills it in and has it read back; returns what is to be sent then."""
        address = f"/wards/{result.ballot_paper_id}"
        page = _check(await self.client.get(address)).text
        votes = {each.candidate: str(each.votes) for each in result.candidates}
        people = _PERSON.findall(page)
        elected = {each.candidate for each in result.candidates if each.elected}
        typed = {field: votes[unescape(name)] for field, name in people}
        typed |= {
            field.replace("votes", "elected"): "yes"
            for field, name in people
            if unescape(name) in elected
        }
        fields = _hidden(page.partition('class="people"')[0]) | typed
        back = await self._post(address, fields, httpx.codes.OK)
        return _hidden(back.text.partition('id="read-back"')[2])

    async def send(self, ballot: str, fields: dict[str, str]) -> None:
        """Sends what was read back; returns once it is received."""
        await self._post(f"/wards/{ballot}/send", fields, httpx.codes.SEE_OTHER)

    async def sent(self, ballot: str) -> str:
        """Returns the page that says what became of what was sent."""
        return _check(await self.client.get(f"/wards/{ballot}/sent")).text

    async def look_again(self) -> None:
        """Looks at the list of wards, as its page does by itself every five seconds."""
        _check(await self.client.get("/wards?again"))

    async def _post(self, address: str, fields: dict[str, str], status: int) -> httpx.Response:
        answer = await self.client.post(address, data=fields, headers=SAME_ORIGIN)
        return _check(answer, status)


def _check(answer: httpx.Response, status: int = httpx.codes.OK) -> httpx.Response:
    if answer.status_code != status:
        raise RuntimeError(f"{answer.request.url}: {answer.status_code}: {answer.text[-500:]}")
    return answer


def _hidden(page: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _HIDDEN.findall(page)}

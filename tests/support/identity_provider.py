"""A real identity provider, Canaille, with people in groups; run by tests as a process of its own.

`python -m tests.support.identity_provider PORT CALLBACK` serves it at http://localhost:PORT.
"""

from __future__ import annotations

import sys
import uuid
from datetime import UTC, datetime
from typing import Any

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from joserfc.jwk import JWKRegistry
from werkzeug.serving import make_server

CLIENT = "livecount"
PASSWORD = "a password of the tests"  # noqa: S105 -- used only by tests
SECRET = "a-secret-of-the-client"  # noqa: S105 -- the same

PEOPLE = {
    "ann": ("Ann", "Able", ("night-desk",)),
    "bob": ("Bob", "<b>Baker</b> (Camden)", ("stringers-camden", "everybody")),
    "cat": ("Cat", "Carr", ("stringers-camden",)),
    "eve": ("Eve", "Evans", ("everybody",)),
}
"""Everybody at the newsroom: their user name, and their names and groups."""


def configuration(port: int) -> dict[str, Any]:
    """Returns how the provider is set up."""
    key = JWKRegistry.generate_key("RSA", 2048)
    key.ensure_kid()
    return {
        "TESTING": True,
        "SECRET_KEY": uuid.uuid4().hex,
        "PREFERRED_URL_SCHEME": "http",
        "SERVER_NAME": f"localhost:{port}",
        "CANAILLE": {
            "DATABASE": "memory",
            "JAVASCRIPT": False,
            "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc"]}},
        },
        "CANAILLE_OIDC": {
            "ACTIVE_JWKS": [key.as_dict(private=True)],
            # As it is written, so that entry is given what is markup.
            "USERINFO_MAPPING": {"NAME": "{{ user.formatted_name | safe }}"},
        },
    }


def populate(callback: str) -> None:
    """Adds the people, their groups, and entry as a client."""
    backend, people = Backend.instance, {}
    for name, (given, family, _) in PEOPLE.items():
        people[name] = models.User(
            user_name=name,
            given_name=given,
            family_name=family,
            formatted_name=f"{given} {family}",
            emails=[f"{name}@example.org"],
            password=PASSWORD,
        )
        backend.save(people[name])
    for group in sorted({each for _, _, groups in PEOPLE.values() for each in groups}):
        members = [people[name] for name, (_, _, groups) in PEOPLE.items() if group in groups]
        backend.save(models.Group(display_name=group, members=members))
    backend.save(
        models.Client(
            client_id=CLIENT,
            client_secret=SECRET,
            client_id_issued_at=datetime.now(UTC),
            client_name="livecount",
            client_uri="http://127.0.0.1",
            contacts=["desk@example.org"],
            redirect_uris=[callback],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "profile", "groups"],
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 -- no secret
        )
    )


def main() -> None:
    """Serves until it is stopped."""
    port, callback = int(sys.argv[1]), sys.argv[2]
    app = create_app(config=configuration(port), env_file=None)
    with app.app_context():
        populate(callback)
    make_server("localhost", port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    main()

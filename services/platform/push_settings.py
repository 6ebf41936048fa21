"""The settings of readers' notifications."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from services.platform.addresses import check_public_url
from services.platform.push_services import PUSH_SERVICES, check_push_contact, check_push_services


class PushSettings(BaseModel):
    """What a newsroom can set of notifications."""

    push_host: str = Field(default="127.0.0.1", description="Address push listens on.")
    push_port: Annotated[int, Field(ge=0, le=65_535)] = Field(
        default=8003, description="Port push listens on."
    )
    push_url: Annotated[str, AfterValidator(check_public_url)] = Field(
        default="",
        description="The address at which readers' browsers reach push, such as"
        " `https://push.example.org`: with it the ticker's pages offer notifications, and may ask"
        " that address. The same as `LIVECOUNT_PUBLIC_URL` if a proxy leads `/v1/push/` there.",
    )
    push_private_key: SecretStr = Field(
        default=SecretStr(""),
        description="The private key by which push services know the newsroom (VAPID), as"
        " `livecount push keys` writes it; for a secret file.",
    )
    push_contact: Annotated[str, AfterValidator(check_push_contact)] = Field(
        default="",
        description="Where the makers of browsers reach the newsroom if something is wrong with"
        " its notifications, such as `mailto:desk@example.org`; push does not start without.",
    )
    push_services: Annotated[str, AfterValidator(check_push_services)] = Field(
        default=PUSH_SERVICES,
        description="Hosts of the browsers' makers to which notifications are sent, over HTTPS"
        " only, separated by spaces; `*.` at the beginning is any host below. Nothing is sent"
        " anywhere else. One with a scheme, such as `http://127.0.0.1:9000`, is that place"
        " alone, for tests.",
    )
    push_subscriptions_max: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=100_000,
        description="Browsers that are subscribed at the same time; each takes 1 kB of memory.",
    )

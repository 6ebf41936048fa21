"""Settings of every service, from the environment, secret files and one settings file.

Precedence: the environment, then files in the secrets directory, then the settings file, then
the defaults below. Each field `x` is the variable `LIVECOUNT_X`.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.platform.addresses import (
    check_issuer,
    check_named_addresses,
    check_networks,
    check_public_url,
)
from services.platform.local_folder import settings_file
from services.platform.push_settings import PushSettings
from services.platform.server_settings import ServerSettings
from services.platform.token_setting import Token, TokenIfAny
from services.platform.trace_settings import TraceSettings


class _ServiceSettings(BaseSettings):
    """Everything but servers, and what readers' notifications and traces need."""

    model_config = SettingsConfigDict(
        env_prefix="LIVECOUNT_",
        extra="forbid",
        frozen=True,
        env_ignore_empty=True,
        # A token that is refused must not stand in a traceback.
        hide_input_in_errors=True,
    )

    namespace: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")] = Field(
        default="live",
        description="Prefix of topics, groups and keys; a rehearsal has one of its own.",
    )

    intake_host: str = Field(default="127.0.0.1", description="Address intake listens on.")
    intake_port: Annotated[int, Field(ge=0, le=65_535)] = Field(
        default=8001, description="Port intake listens on."
    )
    parties_file: Path | None = Field(
        default=None,
        description="A parties.csv of the newsroom: labels of parties that are in no register, read"
        " when intake or `livecount declare` starts.",
    )
    intake_token: TokenIfAny = Field(
        default=SecretStr(""),
        description="Bearer token that intake asks for, at least 16 characters: the key `default`,"
        " of trust `final`. To listen beyond loopback, this or a file of keys must be set.",
    )
    keys_file: Path | None = Field(
        default=None,
        description="TOML file of the keys of sources, as `livecount access add` writes it. With it"
        " intake asks for a key, keys of the role `desk` can sign in at entry, and what is done"
        " with keys goes to the topic `audit`.",
    )
    ticker_host: str = Field(default="127.0.0.1", description="Address the ticker listens on.")
    ticker_port: Annotated[int, Field(ge=0, le=65_535)] = Field(
        default=8000, description="Port the ticker listens on."
    )
    public_url: Annotated[str, AfterValidator(check_public_url)] = Field(
        default="",
        description="The address at which readers reach the ticker, such as"
        " `https://count.example.org`; links to it use this and never what a request says."
        " If unset, the address the ticker listens on.",
    )
    newsroom: Annotated[str, Field(max_length=80)] = Field(
        default="", description="The newsroom's name, which embeds give as their source."
    )
    trusted_proxies: Annotated[str, AfterValidator(check_networks)] = Field(
        default="",
        description="Addresses or networks of the proxies in front of intake, the ticker and entry,"
        " comma-separated. Of these only, `X-Forwarded-For` and `X-Forwarded-Proto` are believed.",
    )
    postcodes_file: Path | None = Field(
        default=None,
        description="CSV file of postcodes and their wards or councils, such as the ONS Postcode"
        " Directory, read when the ticker starts: readers can then search by postcode.",
    )
    corrections_contact: Annotated[str, Field(max_length=200, pattern=r"^[ -~]*$")] = Field(
        default="",
        description="Where readers tell of an error, an e-mail address or the address of a page: it"
        " stands on the ticker's page `/how-it-works`.",
    )
    desk_token: Token | None = Field(
        default=None,
        description="Opens the ticker's page for producers, `/desk`, to whoever gives it as the"
        " password; at least 16 characters. If unset there is no such page.",
    )

    entry_host: str = Field(default="127.0.0.1", description="Address entry listens on.")
    entry_port: Annotated[int, Field(ge=0, le=65_535)] = Field(
        default=8002, description="Port entry listens on."
    )
    entry_url: Annotated[str, AfterValidator(check_public_url)] = Field(
        default="",
        description="The address at which the desk reaches entry, such as"
        " `https://desk.example.org`: the ticker's desk page links to it, and entry takes forms of"
        " pages at it. If unset there is no link, and forms have to come from the address that a"
        " request names as its own.",
    )
    drafts_dir: Path | None = Field(
        default=None, description="A folder of templates for drafts, in place of the own ones."
    )
    night_dir: Path | None = Field(
        default=None,
        description="The folder of the night, as `livecount prepare` writes it: entry's page"
        " `/ready` says what is left to do before the polls close. If unset it can say nothing.",
    )
    entry_secret: TokenIfAny = Field(
        default=SecretStr(""),
        description="What entry signs sessions with, at least 16 characters: the same for all its"
        " processes, so that any of them serves whoever signed in at another. If unset each has a"
        " random one: run one, and after a restart everybody signs in again.",
    )
    oidc_issuer: Annotated[str, AfterValidator(check_issuer)] = Field(
        default="",
        description="The identity provider by which people sign in at entry (OpenID Connect), as it"
        " names itself, such as `https://login.example.org/realms/news`. Needs LIVECOUNT_ENTRY_URL,"
        " LIVECOUNT_OIDC_CLIENT_ID and LIVECOUNT_OIDC_CLIENT_SECRET.",
    )
    oidc_client_id: Annotated[str, Field(max_length=300)] = Field(
        default="", description="What entry is called at the identity provider."
    )
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="Entry's secret at the identity provider."
    )
    fetch_contact: Annotated[str, Field(max_length=200, pattern=r"^[ -~]*$")] = Field(
        default="",
        description="Who asks public sources, for `livecount prepare --fetch` and `livecount feed`:"
        " the newsroom, with an address at which it can be reached. It is sent as part of the user"
        " agent.",
    )
    source_every_election: str = Field(
        default="https://elections.democracyclub.org.uk/api/elections/?poll_open_date={date}",
        description="Address of EveryElection's elections of a day; blank is not fetched. Of this"
        " and the other sources `{date}` is the day of the poll; several addresses are separated by"
        " spaces.",
    )
    source_democracy_club: str = Field(
        default="https://candidates.democracyclub.org.uk/api/next/ballots/"
        "?election_date={date}&page_size=200",
        description="Address of Democracy Club's ballots of a day.",
    )
    source_roll: str = Field(
        default="https://opencouncildata.co.uk/csv2.php",
        description="Address of Open Council Data's roll of councillors.",
    )
    source_history: str = Field(
        default="https://opencouncildata.co.uk/history2016-26.csv",
        description="Address of Open Council Data's history; its name changes each year.",
    )
    source_register: str = Field(
        default="https://pages.mysociety.org/uk_local_authority_names_and_codes/data/"
        "uk_la_past_current/latest/uk_local_authorities_current.csv"
        " https://pages.mysociety.org/uk_local_authority_names_and_codes/data/"
        "uk_la_future/latest/uk_local_authorities_future.csv",
        description="Addresses of mySociety's register of councils, and of those to come.",
    )
    feed_intake_url: str = Field(
        default="http://127.0.0.1:8001",
        description="The address of intake, to which `livecount feed` posts.",
    )
    feed_token: TokenIfAny = Field(
        default=SecretStr(""),
        description="The token of a feed's key; each feed has one of its own.",
    )
    feed_every_s: Annotated[float, Field(ge=1, le=3_600)] = Field(
        default=30.0,
        description="Seconds between two times that a feed asks an address; twice as long after"
        " each failure, and as long as the answer says.",
    )
    feeds: Annotated[str, AfterValidator(check_named_addresses)] = Field(
        default="",
        description="Feeds whose health the ticker's page for producers shows, each a name and the"
        " address of its metrics and health, separated by spaces, such as"
        " `pa=http://127.0.0.1:9201`.",
    )

    notifier_channels_file: Path | None = Field(
        default=None,
        description="TOML file of the notifier's channels; only the console if unset.",
    )

    nation_file: Path | None = Field(
        default=None,
        description="TOML file of the nation: the marks of a night that are told, how often a"
        " digest is, and the list of councils that vote. If unset there are the marks that every"
        " night has, and no digest.",
    )

    worker_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,60}$")] = Field(
        default="",
        description="Name of this aggregator or notifier in its group, for static membership. If"
        " unset, the name of its machine or container; several on one machine need one each.",
    )

    metrics_host: str = Field(
        default="127.0.0.1", description="Address of /metrics, /health/live and /health/ready."
    )
    metrics_port: Annotated[int, Field(ge=0, le=65_535)] = Field(
        default=0, description="Port of metrics and health; 0 serves none. One for each service."
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log line written."
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="Format of log lines, on standard error."
    )

    @model_validator(mode="after")
    def _has_all_of_the_identity_provider(self) -> Self:
        needed = {
            "LIVECOUNT_ENTRY_URL": self.entry_url,
            "LIVECOUNT_OIDC_CLIENT_ID": self.oidc_client_id,
            "LIVECOUNT_OIDC_CLIENT_SECRET": self.oidc_client_secret.get_secret_value(),
        }
        missing = [name for name, value in needed.items() if not value]
        if self.oidc_issuer and missing:
            raise ValueError(f"oidc_issuer: set {' and '.join(missing)} as well")
        return self


class Settings(TraceSettings, PushSettings, ServerSettings, _ServiceSettings):
    """Everything a newsroom can set. Units stand last in the names."""


@lru_cache
def load_settings() -> Settings:
    """Returns the settings of this process, read once.

    A user name in them is the account for everything that the process does: `accounts_dir` is
    then left out.

    The settings file is named by LIVECOUNT_SETTINGS_FILE, else it is the one that
    `livecount stack up` writes (`services.platform.local_folder`). LIVECOUNT_SECRETS_DIR names a
    directory with one file for each secret. Raises pydantic.ValidationError naming each unusable
    setting.
    """
    file = Path(os.environ.get("LIVECOUNT_SETTINGS_FILE") or settings_file())
    secrets = os.environ.get("LIVECOUNT_SECRETS_DIR")
    found = Settings(
        _env_file=file if file.is_file() else None,
        _secrets_dir=secrets,
    )
    return found.model_copy(update={"accounts_dir": None}) if found.kafka_sasl_username else found

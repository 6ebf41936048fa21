"""`livecount draft`: a draft read from Redis, in the terminal."""

from __future__ import annotations

from pathlib import Path

from drafts.folder import load_templates
from drafts.words import DraftLanguage
from schemas.ids import check_council_id, election_of
from schemas.printable import printable
from services.platform import redis
from services.platform.accounts import load_account_settings
from services.platform.council_name import UnknownCouncilError, resolve
from services.platform.names import Keys
from services.platform.settings import Settings, load_settings
from services.ticker.drafts.drawing import Drawn, NoSuchDraftError, drawn_council, drawn_night
from services.ticker.drafts.published import CHECK_OWED, published
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.feed_read import FeedRead
from services.ticker.feed.store import ReadOnlyStore


class NoSuchNameError(ValueError):
    """No council or election of that name is counted, or it has no draft in that language."""


def checked(folder: Path | None) -> str:
    """Returns that the templates of a folder can be used; of the setting's without a folder.

    Raises UnusableTemplatesError if they cannot. Blocks while it reads them.
    """
    used = folder or load_settings().drafts_dir
    load_templates(used)
    return f"{printable(str(used)) if used else 'the own templates'}: nothing is wrong"


async def drawn(of: str, language: DraftLanguage, folder: Path | None) -> Drawn:
    """Returns the draft of a council or an election, read from the settings' Redis.

    `of` is the id of either, or a council's name such as `barnet`: then it is of the latest
    election that has it. Raises NoSuchNameError, UnusableTemplatesError and redis-py's RedisError.
    """
    if not of:
        raise NoSuchNameError("name a council or an election, or give --check")
    settings = load_account_settings("ticker")
    return await drawn_from(settings, of, language, folder)


async def drawn_from(
    settings: Settings, of: str, language: DraftLanguage, folder: Path | None
) -> Drawn:
    """Returns the draft as `drawn` does, from the Redis of some settings."""
    templates = load_templates(folder or settings.drafts_dir)
    client = redis.connect(settings)
    try:
        store = ReadOnlyStore(client, Keys(settings.namespace))
        state, council = await _found(store, of)
        read = FeedRead()
        async for entries in store.entries(state.election, state.at):
            read.add(entries)
        state.order_alerts(read.alerts)
        if not council:
            return drawn_night(templates, state, language)
        found = state.find(council)
        if found is None:
            raise NoSuchNameError(f"council: {of} is not open, or what is stored cannot be read")
        return drawn_council(templates, state, found, language)
    except NoSuchDraftError as error:
        raise NoSuchNameError(str(error)) from error
    finally:
        await client.aclose()


async def _found(store: ReadOnlyStore, of: str) -> tuple[ElectionState, str]:
    """Returns the election that a name is of or in, and the council's id if it is of one."""
    elections = await store.elections()
    if of in elections:
        return await store.election(of), ""
    wanted = _election_of(of)
    why = f"{of!r} is no council or election that is counted"
    for election in elections:
        if wanted and election != wanted:
            continue
        state = await store.election(election)
        try:
            return state, resolve(of, state.councils)
        except UnknownCouncilError as error:
            why = str(error)
    raise NoSuchNameError(why)


def _election_of(of: str) -> str:
    """Returns the election of a council's id; blank for what is none."""
    try:
        return election_of(check_council_id(of))
    except ValueError:
        return ""


def as_json(found: Drawn) -> str:
    """Returns a draft as `/v1/…/draft` serves it."""
    return published(found).model_dump_json()


def as_text(found: Drawn) -> str:
    """Returns a draft as it is read, with what is to be known before it is printed."""
    lines = [printable(paragraph) for paragraph in found.draft.text.split("\n\n")]
    if found.mode == "rehearsal":
        lines.insert(0, "REHEARSAL")
    if found.draft.language == "cy":
        lines.append(f"{CHECK_OWED} (No speaker of Welsh has checked this draft yet.)")
    version = "" if found.version is None else f", version {found.version}"
    lines.append(f"Drawn from the feed at {found.feed_id}{version}.")
    lines += [
        printable(f"Withdrawn: {each.told.text} {each.taken_back.text}") for each in found.withdrawn
    ]
    return "\n\n".join(lines)

"""Templates of a service's pages, inside the frame that all pages share."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from services.pages.assets import asset_url
from services.pages.translated import translate_templates


def element(text: str) -> str:
    """Returns an element id for a Democracy Club id."""
    return text.replace(".", "-").replace(":", "-").replace(" ", "-")


def environment(package: str) -> Environment:
    """Returns the templates of a package, which may extend `base.html`. All text is escaped."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("services.pages")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    translate_templates(made)
    made.filters["element"] = element
    made.globals["asset_url"] = asset_url
    # Whoever renders for an archive says so; see `base.html`.
    made.globals["archived"] = False
    return made

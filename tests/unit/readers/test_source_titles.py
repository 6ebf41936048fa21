from __future__ import annotations

from readers.night import load_night
from schemas.ward import WardDeclared


def test_results_name_their_source_by_its_title() -> None:
    """A reader of the page cannot know what `lds-2014` is."""
    night = load_night("barnet-2014")
    sources = {each.source for each in night.on_the_night if isinstance(each, WardDeclared)}

    assert sources == {
        (
            "London Datastore, ward results of the London borough elections 2014, by way of"
            " pipaluk5/dataVis"
        )
    }

from __future__ import annotations

from services.ticker.pages.council_map import lay_out
from tests.support.past_night import totals_after


def test_every_council_has_its_own_place_on_the_map() -> None:
    """London has its grid; a night of counties and districts has hexagons and rows below."""
    for name, squares in (("london-2014", True), ("england-2021", False), ("councils-2012", False)):
        councils = totals_after(name, 0.0)
        layout = lay_out([(totals.council_gss, totals.name) for totals in councils])
        spots = [(tile.x, tile.y) for tile in (*layout.tiles.values(), *layout.empty)]

        assert layout.squares == squares
        assert {totals.council_gss for totals in councils} == set(layout.tiles)
        assert len(spots) == len(set(spots))


def test_two_codes_of_one_place_are_both_on_the_map() -> None:
    """A council under its new code and one under the old each have a tile of their own."""
    layout = lay_out([("E07000101", "Old"), ("E07000243", "New")])

    assert set(layout.tiles) == {"E07000101", "E07000243"}
    spots = [(tile.x, tile.y) for tile in (*layout.tiles.values(), *layout.empty)]
    assert len(set(spots)) == len(spots)

import tempfile
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from readers.night import read_night
from services.rehearsal.report import alert_json, council_json
from services.rehearsal.tally import fold
from tests.support.night_files import RandomNight
from tests.support.recount import recount

RECOUNTED_KINDS = {"control", "incumbent_out", "result"}
COMPARED = ("kind", "action", "council_gss", "control", "outcome", "change", "cause", "seq")


def tallied(night: RandomNight) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        paths = night.write(Path(folder))
        read = read_night(
            paths["councils"],
            paths["standing"],
            paths["results"],
            paths["events"],
            mode="rehearsal",
        )
    counted = fold(read)
    return {
        "councils": [council_json(totals) for totals in counted.councils],
        "alerts": [alert_json(alert) for alert in counted.alerts],
    }


@settings(max_examples=400, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_tally_agrees_with_a_second_count_written_from_the_rules_alone(seed: int) -> None:
    """Every field of every council and alert is what counting anew each time gives."""
    night = RandomNight(Random(seed))
    expected = recount(night.councils, night.standing, night.results, night.events)

    found = tallied(night)

    for council, again in zip(found["councils"], expected["councils"], strict=True):
        assert {name: council[name] for name in again} == again
    alerts = [alert for alert in found["alerts"] if alert["kind"] in RECOUNTED_KINDS]
    assert [{name: alert[name] for name in COMPARED} for alert in alerts] == [
        {name: alert[name] for name in COMPARED} for alert in expected["alerts"]
    ]


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_each_retraction_names_the_alert_it_withdraws(seed: int) -> None:
    """An alert is raised once, withdrawn at most once, and no id is used twice."""
    alerts = tallied(RandomNight(Random(seed)))["alerts"]
    raised = {alert["id"] for alert in alerts if alert["action"] == "raise"}
    withdrawn = [alert["retracts"] for alert in alerts if alert["action"] == "retract"]

    assert len({alert["id"] for alert in alerts}) == len(alerts)
    assert set(withdrawn) <= raised
    assert len(set(withdrawn)) == len(withdrawn)

"""The sampling plan of the demonstration, kept on the morning before the field work begins."""

from __future__ import annotations

from datetime import datetime, time

from surveyapp.services.demonstrating.stage import ZONE, Stage
from surveyapp.services.planning import sampling


def add_sampling_plan(stage: Stage) -> None:
    """Keep the plan of the data file for all halls; a mistake in it is a ValueError."""
    stage.clock.now = datetime.combine(stage.first_day, time(8), ZONE)
    ground = sampling.ground_of(stage.platform, stage.round_id)
    given = stage.data["sampling"]
    fields = {name: str(value) for name, value in given["fields"].items()}
    for hall in stage.halls:
        shares = zip(hall.windows, given["served"], strict=True)
        layers = " ".join(f"{''.join(window.split())}={served}" for window, served in shares)
        fields[f"strata_{hall.unit_id}"] = layers
        fields[f"size_publication_{hall.unit_id}"] = str(given["published"])
    outcome = sampling.keep_plan(stage.platform, stage.people["lead"], ground, fields, "")
    if not isinstance(outcome, int):
        raise ValueError("; ".join(f"{name}: {one.sentence['en']}" for name, one in outcome.items()))
    stage.clock.now = stage.now

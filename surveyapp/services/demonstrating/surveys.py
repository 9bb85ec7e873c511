"""Citizens' answers of the demonstration, spread over its days and halls."""

from __future__ import annotations

from surveyapp.services.collecting import Submission, accept
from surveyapp.services.demonstrating.answers import from_tables
from surveyapp.services.demonstrating.stage import Stage


def add_surveys(stage: Stage) -> None:
    """Send every hall's answers through the same door as a citizen's."""
    form = stage.platform.form(stage.versions["citizen"])
    for hall in stage.halls:
        number = round(stage.data["numbers"]["survey"] * (0.8 + 0.2 * hall.quality))
        for count in range(number):
            stage.clock.now = stage.moment(count % 14, 9, 16)
            answers = from_tables(form, stage.rng, hall.quality, stage.data["survey"])
            answers["about"]["age14"] = "yes"
            if stage.rng.random() < 0.06:
                answers["opinion"]["comment"] = stage.rng.choice(stage.data["comments"])
            if hall is stage.halls[0] and count < stage.data["numbers"]["callback_numbers"]:
                phone = f"1390000{count:04}"
                answers["callback"] = {"callback_consent": "OK", "callback_phone": phone}
            accept(
                stage.platform,
                Submission(
                    submission_id=stage.new_id(),
                    version_id=stage.versions["citizen"],
                    round_id=stage.round_id,
                    unit_id=hall.unit_id,
                    site_id=hall.site_id,
                    link_id=stage.link_ids[hall.codes[count % len(hall.codes)]],
                    answers=answers,
                    paradata={"seconds": stage.rng.randint(70, 260)},
                ),
            )
        stage.say(f"  {hall.name}: {number} questionnaires")

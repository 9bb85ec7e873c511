"""`python -m bench submissions|page|forms|scores`: prints rates, CPU and ratios; --help says the options."""

from __future__ import annotations

import click

from bench import forms, page, scores, submissions


@click.group()
def main() -> None:
    """Measure against a baseline in the same run."""


REQUESTS = click.option("--requests", default=1500, show_default=True, help="Requests to each server.")
CLIENTS = click.option("--clients", default=8, show_default=True, help="Connections at once.")
DATABASE = click.option("--database", default="", help="postgresql://... for both; SQLite otherwise.")


@main.command("submissions")
@REQUESTS
@CLIENTS
@DATABASE
def submissions_command(requests: int, clients: int, database: str) -> None:
    """Durable, validated answers against the least an honest receiver does."""
    submissions.measure(requests, clients, database, click.echo)


@main.command("page")
@REQUESTS
@CLIENTS
def page_command(requests: int, clients: int) -> None:
    """The citizen's page against a Flask route that returns the same bytes."""
    page.measure(requests, clients, click.echo)


@main.command("forms")
def forms_command() -> None:
    """The form engine: validating, loading, filtering, converting, the first key in a long form."""
    forms.measure(click.echo)


@main.command("scores")
@click.option("--units", default=60, show_default=True, help="Units of the round.")
@click.option("--observations", default=1_000_000, show_default=True, help="Observations of all units.")
def scores_command(units: int, observations: int) -> None:
    """Scoring anew and after some records against one GROUP BY, the bootstrap, a unit's page."""
    scores.measure(units, observations, click.echo)


if __name__ == "__main__":
    main()

"""The worker: which job kinds there are, and how asking for one wakes somebody to do it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from surveyapp.gateways.job_queue import Queue, QueueUnavailable
from surveyapp.services import calling, filing, folding, jobs, noting, scoring, tidying
from surveyapp.services.installation import Platform

log = logging.getLogger("surveyapp")


def _fold(platform: Platform, arguments: Mapping[str, Any]) -> None:
    scoring.fold_registered(platform, int(arguments["round_id"]))


def _tidy(platform: Platform, _arguments: Mapping[str, Any]) -> None:
    tidying.sweep_files(platform, timedelta(days=1))
    tidying.orphan_attempts(platform, timedelta(hours=2))
    calling.send_closed(platform)
    filing.settle_work(platform)
    noting.settle_notes(platform)


HANDLERS: Mapping[str, jobs.Handler] = {"fold": _fold, "tidy": _tidy}


class Worker:
    """Asks for jobs and does them; many may run at once, on one database."""

    def __init__(self, platform: Platform) -> None:
        """Open the queue of the installation."""
        self.platform = platform
        self.queue = Queue(platform.settings.jobs)

    def ask(self, kind: str, key: str, arguments: Mapping[str, Any]) -> None:
        """Have a job done soon; when the queue is down, the next sweep finds it."""
        job_id = jobs.ask(self.platform, kind, key, arguments)
        try:
            self.queue.announce(job_id)
        except QueueUnavailable as error:
            log.warning("the queue is down, job %s waits for the sweep: %s", job_id, error)

    def look(self, job_id: int) -> None:
        """Do one job if nobody else has it."""
        jobs.run(self.platform, job_id, HANDLERS)

    def sweep(self) -> None:
        """Ask for what is always due, and do what waits or was left by a dead worker."""
        for round_id in folding.rounds_behind(self.platform):
            jobs.ask(self.platform, "fold", f"fold:{round_id}", {"round_id": round_id})
        jobs.ask(self.platform, "tidy", "tidy", {})
        for job_id in jobs.due(self.platform):
            self.look(job_id)

    def working(self) -> AbstractContextManager[None]:
        """Work in threads for the length of a block."""
        return self.queue.working(self.look, self.sweep)

"""The public side: a citizen opens a QR link, answers, and gets a receipt. No account, no cookie needed."""

from surveyapp.web.respond import answering, receipts, trials
from surveyapp.web.respond.blueprint import blueprint

__all__ = ["answering", "blueprint", "receipts", "trials"]

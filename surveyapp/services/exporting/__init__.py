"""Export records, call attempts and scores of a round as CSV or XLSX, as a stream, inside a scope.

What must not leave does not: no call-back number, no hash of a sender, no original of a photo, no whole
telephone number, no quotation from an interview.
"""

from surveyapp.services.exporting.making import KINDS, SUBJECTS, Order, csv_pieces, note_export, xlsx_file

__all__ = ["KINDS", "SUBJECTS", "Order", "csv_pieces", "note_export", "xlsx_file"]

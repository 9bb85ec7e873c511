"""Tables from and to the programs people use: CSV and XLSX, read within limits, written as a stream."""

from surveyapp.gateways.spreadsheets.book import Book, Oddity, read_book
from surveyapp.gateways.spreadsheets.limits import LIMITS, Limits
from surveyapp.gateways.spreadsheets.reading import Sheet, read_sheets
from surveyapp.gateways.spreadsheets.writing import Cell, Table, csv_lines, safe_text, write_workbook

__all__ = [
    "LIMITS",
    "Book",
    "Cell",
    "Limits",
    "Oddity",
    "Sheet",
    "Table",
    "csv_lines",
    "read_book",
    "read_sheets",
    "safe_text",
    "write_workbook",
]

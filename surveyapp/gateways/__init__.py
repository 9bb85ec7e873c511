"""The outside world behind small functions: telephony, pictures, spreadsheets, queue."""

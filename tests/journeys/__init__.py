"""Whole ways through the platform, in a browser, as its users go them."""

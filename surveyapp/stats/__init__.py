"""Statistics on plain numbers: numbers in, numbers out.

Every function cites its formula and source. Nothing here knows of questionnaires, databases or pages.
"""

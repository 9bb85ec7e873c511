"""Receive what ODK clients post: stored whatever it says, flagged for review, never left on the phone.

Refused is only what could never be stored: no XML, an unknown or closed form, another body under a known
id, a person who does not collect such records.
"""

from surveyapp.services.receiving.posts import Post, PostedFile, Taken, Turned, receive

__all__ = ["Post", "PostedFile", "Taken", "Turned", "receive"]

"""Decide what a start needs: nothing, one admin, or the whole demonstration."""

from __future__ import annotations

from collections.abc import Callable

from surveyapp.services import accounts, arranging
from surveyapp.services.demonstrating.access import Access, read, write
from surveyapp.services.demonstrating.building import build
from surveyapp.services.installation import Platform
from surveyapp.storage.people import has_users
from surveyapp.storage.rounds import has_demonstration


class Interrupted(Exception):
    """The folder holds something that is no whole demonstration; the message says what to do."""


def prepare(platform: Platform, demo: bool, say: Callable[[str], object]) -> Access | None:
    """Make the first start's data when it is missing; a second start keeps everything.

    Returns the sign-ins to show, None when there are none to show. Raises Interrupted.
    """
    with platform.database.reading() as session:
        has_people, has_demo = has_users(session), has_demonstration(session)
    access = read(platform)
    if has_demo and access is not None:
        write(platform, access)
        return access
    if demo and (has_demo or has_people):
        raise Interrupted(
            f"{platform.settings.data_dir} holds an installation without a whole demonstration "
            "(an earlier start may have been interrupted). Remove the folder or choose another with --data."
        )
    if demo:
        say("building the demonstration round (about a minute) ...")
        access = build(platform, say)
        write(platform, access)
        return access
    if has_people:
        return None
    arranging.ensure_root(platform)
    _user_id, password = accounts.create_user(platform, "admin", "系统管理员")
    accounts.grant(platform, "admin", "admin", arranging.ROOT_UNIT)
    return Access("", {"admin": ("admin", password)}, is_new=True)

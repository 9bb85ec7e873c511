"""Register who works and where: accounts with roles, units with sites, numbers and service items."""

from surveyapp.services.registering.accounts import (
    NewAccount,
    Opened,
    close_account,
    end_sessions,
    forget_second_factor,
    give_role,
    new_password,
    open_account,
    reopen_account,
    withdraw_role,
)
from surveyapp.services.registering.importing import LARGEST_IMPORT, Registered, add_one, import_table
from surveyapp.services.registering.kinds import KINDS, Column, Kind, template_file

__all__ = [
    "KINDS",
    "LARGEST_IMPORT",
    "Column",
    "Kind",
    "NewAccount",
    "Opened",
    "Registered",
    "add_one",
    "close_account",
    "end_sessions",
    "forget_second_factor",
    "give_role",
    "import_table",
    "new_password",
    "open_account",
    "reopen_account",
    "template_file",
    "withdraw_role",
]

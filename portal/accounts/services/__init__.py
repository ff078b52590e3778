from portal.accounts.services.agreements import (
    accept,
    accept_all,
    add_version,
    check_version,
    current,
    current_of,
    due_for,
    publish,
)
from portal.accounts.services.people import lock_person

__all__ = [
    "accept",
    "accept_all",
    "add_version",
    "check_version",
    "current",
    "current_of",
    "due_for",
    "lock_person",
    "publish",
]

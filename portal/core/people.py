from __future__ import annotations

from typing import Any, Protocol


class Person(Protocol):
    """What the portal asks of somebody who acts: a ``User`` or Django's ``AnonymousUser``.

    ``core`` stands below ``accounts``, so it can say what it needs but not import who has it.
    """

    pk: Any
    is_active: bool
    is_staff: bool
    is_superuser: bool

    @property
    def is_authenticated(self) -> bool: ...

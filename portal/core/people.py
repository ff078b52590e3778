from __future__ import annotations

from typing import Any, Protocol


class Person(Protocol):
    """What the portal asks of somebody who acts: a ``User`` or Django's ``AnonymousUser``.

    ``core`` stands below ``accounts``, so it can say what it needs but not import who has it.
    """

    @property
    def pk(self) -> Any: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def is_staff(self) -> bool: ...
    @property
    def is_superuser(self) -> bool: ...
    @property
    def is_authenticated(self) -> bool: ...


def has_its_roles(user: Person) -> bool:
    """Active, and in a session that isn't without the second factor which one of their roles asks for."""
    return user.is_active and not getattr(user, "lacks_second_factor", False)


def is_site_admin(user: Person, about: Any = None) -> bool:
    return has_its_roles(user) and user.is_superuser

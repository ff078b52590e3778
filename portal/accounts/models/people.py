from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models.tokens import revoke_all
from portal.core.addresses import normal_address, spelled_normally
from portal.core.templatetags.ui import masked_phone
from portal.core.text import validate_plain_line


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=normal_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A person with an account. What they may do follows from their teams and roles, which point here."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    full_name = models.CharField(_("name"), max_length=60, validators=[validate_plain_line])
    # In full, such as +8613812345678; everybody else sees ``masked_phone``.
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    affiliation = models.CharField(_("organization"), max_length=120, blank=True, validators=[validate_plain_line])
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now)
    # The row stays, because awards, reviews and the audit trail point here; what told who it was is gone.
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_its_case"),
            models.CheckConstraint(condition=spelled_normally("email"), name="user_email_has_its_one_spelling"),
            models.CheckConstraint(condition=Q(closed_at=None) | Q(is_active=False), name="user_closed_is_not_active"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What programs sign in with goes with the password it was made under, and with the right to sign in."""
        # Django keeps the password as typed until the new one is saved; a stronger hash of the same one is no change.
        has_new_password = self.pk is not None and getattr(self, "_password", None) is not None
        with transaction.atomic():
            super().save(*args, **kwargs)
            if has_new_password or not self.is_active:
                revoke_all(self, timezone.now())

    def clean(self) -> None:
        super().clean()
        self.email = normal_address(self.email)

    def get_full_name(self) -> str:
        return self.full_name

    get_short_name = get_full_name

    @property
    def audit_person(self) -> int:
        return self.pk

    @property
    def masked_phone(self) -> str:
        return masked_phone(self.phone)


def display_name(user: User) -> str:
    return str(user)

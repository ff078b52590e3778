from __future__ import annotations

import factory
from allauth.account.models import EmailAddress
from django.conf import settings

PASSWORD = "sunflower-quay-77"


class EmailAddressFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EmailAddress

    email = factory.SelfAttribute("user.email")
    verified = True
    primary = True


class UserFactory(factory.django.DjangoModelFactory):
    """Somebody with a verified address, who signs in with ``PASSWORD``. ``is_verified=False`` for one without."""

    class Meta:
        model = settings.AUTH_USER_MODEL
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    full_name = factory.Sequence(lambda n: f"张三{n}")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def is_verified(user, create, wanted, **kwargs):  # noqa: N805 - factory_boy's way
        if create and wanted is not False:
            EmailAddressFactory(user=user)


class SiteAdminFactory(UserFactory):
    is_staff = True
    is_superuser = True

from __future__ import annotations

from datetime import timedelta

import factory
from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone

from portal.accounts import sealing
from portal.accounts.enums import AgreementKind, DocumentKind, ExportStatus
from portal.accounts.models import Agreement, AgreementSeries, Consent, DataExport, IdentityDocument

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


class SeriesFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AgreementSeries
        django_get_or_create = ["slug"]

    kind = AgreementKind.PRIVACY_NOTICE
    slug = factory.LazyAttribute(lambda series: str(series.kind).replace("_", "-"))


class AgreementFactory(factory.django.DjangoModelFactory):
    """The privacy notice, in force since yesterday; ``series__kind=`` for another text."""

    class Meta:
        model = Agreement

    series = factory.SubFactory(SeriesFactory)
    version = factory.LazyAttribute(lambda text: text.series.versions.count() + 1)
    title = factory.LazyAttribute(lambda text: f"{text.series.slug} 文本")
    body = factory.LazyAttribute(lambda text: f"第一条 版本 {text.version} 的正文。")
    changes = factory.LazyAttribute(lambda text: f"版本 {text.version} 的变更。" if text.version > 1 else "")
    published_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))


class ConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Consent

    user = factory.SubFactory(UserFactory)
    agreement = factory.SubFactory(AgreementFactory)


class DocumentFactory(factory.django.DjangoModelFactory):
    """A document with ``number=``, sealed as the service does it."""

    class Meta:
        model = IdentityDocument

    class Params:
        number = "11010519491231002X"

    user = factory.SubFactory(UserFactory)
    kind = DocumentKind.RESIDENT_ID
    sealed = factory.LazyAttribute(lambda document: sealing.seal(document.number, owner=document.user.pk))
    consent = factory.SubFactory(
        ConsentFactory,
        user=factory.SelfAttribute("..user"),
        agreement__series__kind=AgreementKind.DOCUMENT_NUMBER,
    )
    saved_at = factory.LazyFunction(timezone.now)


class ExportFactory(factory.django.DjangoModelFactory):
    """One that is being made; ``ready=True`` for one that can be fetched (without its bytes)."""

    class Meta:
        model = DataExport

    class Params:
        ready = factory.Trait(
            status=ExportStatus.READY,
            ready_at=factory.LazyFunction(timezone.now),
            expires_at=factory.LazyFunction(lambda: timezone.now() + timedelta(hours=72)),
            has_file=True,
        )

    user = factory.SubFactory(UserFactory)
    requested_at = factory.LazyFunction(timezone.now)

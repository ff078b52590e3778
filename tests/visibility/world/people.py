"""The actors: their accounts, their roles, their sessions."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from portal.accounts.enums import AgreementKind
from portal.accounts.models import RetentionRule
from tests.factories.accounts import AgreementFactory, ConsentFactory, DocumentFactory, ExportFactory, UserFactory
from tests.factories.judging import JudgeFactory
from tests.factories.submissions import OrganizationFactory
from tests.factories.tracks import OrganizerFactory
from tests.visibility.actors import ACTORS, SITE, STAFF
from tests.visibility.world.building import World

NUMBER = "11010519491231002X"


def register(world: World) -> None:
    # Somebody whom nobody may mistake for an actor: a judge whose scores are no one's but the organizers'.
    for actor in [*ACTORS, "J2"]:
        if actor != "An":
            world.users[actor] = UserFactory(
                email=world.canaries.email(f"address.{actor}"),
                full_name=world.canaries.text(f"person.{actor}", "张{}"),
                is_staff=actor in STAFF,
                is_superuser=actor in SITE,
            )
    world.tm = world.users["TM"]
    _tell_about_tm(world)


def _tell_about_tm(world: World) -> None:
    """What the portal keeps of a person besides their name."""
    world.tm.phone = "+8613890017265"
    world.canaries.literal("phone.TM", world.tm.phone.removeprefix("+86"))
    world.tm.affiliation = world.canaries.text("affiliation.TM")
    world.tm.save(update_fields=["phone", "affiliation"])
    world.notice = AgreementFactory()
    world.document_notice = AgreementFactory(series__kind=AgreementKind.DOCUMENT_NUMBER)
    world.terms = AgreementFactory(series__kind=AgreementKind.USER_AGREEMENT)
    world.future_notice = AgreementFactory(
        series=world.notice.series,
        body=world.canaries.text("future_text.body"),
        changes=world.canaries.text("future_text.changes"),
        published_at=timezone.now() + timedelta(days=1),
    )
    # Whoever hasn't accepted what is in force is asked for that before any other page.
    for user in world.users.values():
        for text in (world.notice, world.terms):
            consent = ConsentFactory(user=user, agreement=text)
            if user == world.tm:
                world.consent = consent
    world.canaries.literal("document_number.TM", NUMBER)
    world.identity = DocumentFactory(
        user=world.tm, number=NUMBER, consent=ConsentFactory(user=world.tm, agreement=world.document_notice)
    )
    world.retention_rule = RetentionRule.objects.create(name="export", days=3)
    world.copy = ExportFactory(user=world.tm, ready=True)
    world.canaries.literal("copy_of_tm.id", world.copy.public_id)
    default_storage.save(world.copy.path, ContentFile(world.canaries.word("copy_of_tm.content").encode()))


def appoint(world: World) -> None:
    """Organizers and judges."""
    users, alpha = world.users, world.alpha
    world.role_of_or = OrganizerFactory(user=users["OR"], competition=alpha)
    for actor in ("OE", "DI"):
        OrganizerFactory(user=users[actor], competition=alpha)
    OrganizerFactory(user=users["TI"], competition=alpha, tracks=[world.track1])
    OrganizerFactory(user=users["TO"], competition=alpha, tracks=[world.track2])
    OrganizerFactory(user=users["OX"], competition=world.beta)
    OrganizerFactory(user=users["OR"], competition=world.gamma)
    OrganizerFactory(user=users["TI"], competition=world.gamma, tracks=[world.gamma_track])
    world.organization_a = _organization(world, "organization_a")
    world.judges_house = _organization(world, "judges_house")
    for actor in ("JA", "JU", "JX", "CJ", "DI", "J2"):
        setattr(
            world, f"judge_{actor}", JudgeFactory(user=users[actor], competition=alpha, organization=world.judges_house)
        )
    world.judge_JO = JudgeFactory(user=users["JO"], competition=alpha, organization=world.organization_a)
    world.judge_beta = JudgeFactory(
        user__full_name=world.canaries.text("judge_beta.name"), competition=world.beta, organization=world.judges_house
    )


def sign_in(world: World) -> None:
    for actor, user in world.users.items():
        client = Client()
        client.force_login(user)
        session = client.session
        # They have just typed their password: pages that ask for it again don't.
        record_authentication(SimpleNamespace(session=session), user, "password", reauthenticated=True)
        session.save()
        world.sessions[actor] = client.cookies[settings.SESSION_COOKIE_NAME].value
    disabled = world.users["DI"]
    disabled.is_active = False
    disabled.save(update_fields=["is_active"])


def _organization(world: World, label: str):
    made = OrganizationFactory(name=world.canaries.text(f"{label}.name", "成都{}有限公司"))
    world.canaries.literal(f"{label}.code", made.code)
    return made

"""What stands in the audit trail about the world, and who got a token for a program."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from portal.accounts.models import ApiToken
from portal.core import audit, parts
from portal.core.models import Service
from submissions.models import Upload
from tests.visibility.world.building import World

DAY = timedelta(days=1)


def add(world: World) -> None:
    users, text = world.users, world.canaries.text
    audit.record("open", world.beta_round, actor=users["OX"], reason=text("beta_opening.reason"))
    world.line_in_track1 = audit.record(
        "return_for_correction", world.returned, actor=users["OR"], reason=text("returning.reason")
    )
    world.line_in_track2 = audit.record(
        "reject", world.elsewhere, actor=users["OR"], reason=text("screening_elsewhere.reason")
    )
    for team, captain in (("team_a", "TC"), ("team_b", "OT"), ("beta_team", "")):
        audit.record("found", getattr(world, team), actor=users.get(captain))
    audit.record("invite", world.invitation, actor=users["TC"])
    audit.record("act_for", world.tm, actor=users["SU"], reason=text("acting.reason"), scope=audit.ACCESS)
    world.token_of_tm = issue(world, "TM", name=world.canaries.text("token_of_tm.name"))
    world.canaries.literal("token_of_tm.id", world.token_of_tm.public_id)
    world.upload_of_tm = sending(world, "TM")
    # While everything works nobody is told.
    world.service, _is_new = Service.objects.update_or_create(pk=1, defaults={"note": text("service.note")})


def sending(world: World, actor: str) -> Upload:
    """A file on its way, of which a part has arrived."""
    now, name = timezone.now(), f"{world.canaries.word('upload_of_tm.name')}.pdf"
    begun = Upload(user=world.users[actor], submission=world.draft, slot="proposal", name=name, size=1000)
    begun.created_at, begun.expires_at = now, now + DAY
    begun.save()
    parts.create(begun.public_id)
    world.canaries.literal("upload_of_tm.id", begun.public_id)
    return begun


def issue(world: World, actor: str, *, name: str = "程序", competition_id: int | None = None) -> ApiToken:
    """With the token itself, which no row keeps, as ``secret``."""
    token, token.secret = ApiToken.objects.issue(
        world.users[actor],
        expiry=timezone.now() + 30 * DAY,
        name=name,
        purpose="定时核对",
        competition_id=competition_id,
    )
    return token

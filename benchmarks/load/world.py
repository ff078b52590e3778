"""The contest before its deadline: teams whose drafts lack nothing, and browsers in which they are signed in."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from portal.core import files
from portal.core.catalogues import compile_catalogues
from portal.core.management.commands.serve import collect_static
from submissions.asked import definition_of
from submissions.definition import FormDefinition
from submissions.models import Answer, Attachment, Organization, Submission, Team
from tests.factories.accounts import UserFactory
from tests.factories.answers import answer_to
from tests.factories.files import pdf
from tests.factories.submissions import OrganizationFactory, TeamFactory, TeamMemberFactory, captain_of
from tracks.enums import StageKind
from tracks.models import Competition, Stage, Topic
from tracks.services import set_stage

FIXTURES = ("sichuan-2026", "sichuan-2026-form")
LONG = timedelta(days=2)


@dataclass(frozen=True)
class Browser:
    """Somebody of a team, with the cookies that a browser would have."""

    user: int
    session: str
    csrf: str


@dataclass(frozen=True)
class Entrant:
    entry: str
    draft_version: int
    revision: int
    # Of the section that is written to while the load runs.
    abstract_version: int
    captain: Browser
    member: Browser


def furnish() -> None:
    """What every deployment does before its first start."""
    for folder in settings.LOCALE_PATHS:
        compile_catalogues(folder)
    collect_static()
    call_command("migrate", verbosity=0, interactive=False)


def prepare(teams: int) -> list[dict[str, Any]]:
    """``teams`` more teams in the contest, whose submission stage is open for two days."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    competition = Competition.objects.first() or _open_contest()
    # Another process may have made teams before.
    own = ((OrganizationFactory, Organization), (UserFactory, get_user_model()), (TeamFactory, Team))
    for factory, model in own:
        factory.reset_sequence((model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1000)
    topics = list(Topic.objects.select_related("track").order_by("pk"))
    first = Submission.objects.count()
    papers = {name: files.store(ContentFile(pdf(name))) for name in ("proposal", "slides", "commitment")}
    with transaction.atomic():
        made = [_entrant(competition, topics[(first + each) % len(topics)], papers) for each in range(teams)]
    return [asdict(each) for each in made]


def close_at(seconds: float) -> None:
    """An organizer moves the end of submitting."""
    stage = _stage()
    set_stage(
        stage.competition,
        actor=None,
        kind=StageKind.SUBMISSION,
        opens_at=stage.opens_at,
        closes_at=datetime.fromtimestamp(seconds, UTC),
    )


def _stage() -> Stage:
    return Stage.objects.select_related("competition").get(kind=StageKind.SUBMISSION)


def _open_contest() -> Competition:
    call_command("loaddata", *FIXTURES, verbosity=0)
    competition = Competition.objects.get()
    open_stages(competition)
    return competition


def open_stages(competition: Competition) -> None:
    now = timezone.now()
    competition.stages.filter(kind__in=[StageKind.REGISTRATION, StageKind.SUBMISSION]).update(
        opens_at=now - LONG, closes_at=now + LONG, grace=0
    )


def _entrant(competition: Competition, topic: Topic, papers: dict[str, Any]) -> Entrant:
    team = TeamFactory(competition=competition)
    captain, member = captain_of(team), TeamMemberFactory(team=team).user
    revision = topic.revisions.latest("number")
    entry = Submission.objects.create(
        team=team, topic=topic, track=topic.track, topic_revision=revision, title=f"川西山洪短临预警{team.pk}"
    )
    _fill_in(entry, definition_of(entry), papers, captain)
    entry.refresh_from_db()
    return Entrant(
        entry=str(entry.public_id),
        draft_version=entry.draft_version,
        revision=revision.number,
        abstract_version=Answer.objects.get(submission=entry, key="abstract").version,
        captain=_browser(captain),
        member=_browser(member),
    )


def _fill_in(entry: Submission, definition: FormDefinition, papers: dict[str, Any], captain: Any) -> None:
    """Whatever is asked, without the services: a thousand teams in seconds."""
    now = timezone.now()
    said = {"title": entry.title} | {each.key: answer_to(each) for each in definition.sections[1:]}
    rows = [
        Answer(submission=entry, key=key, value=value, version=1, saved_at=now, revision_began_at=now)
        for key, value in said.items()
    ]
    Answer.objects.bulk_create(rows)
    attached = [
        Attachment(submission=entry, slot=slot, file=paper, name=f"{slot}.pdf", uploaded_by=captain)
        for slot, paper in papers.items()
    ]
    Attachment.objects.bulk_create(attached)


def _browser(user: Any) -> Browser:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return Browser(user.pk, str(session.session_key), secrets.token_hex(16))
